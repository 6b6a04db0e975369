"""Writes metrics.json: ROC, AUC and interval values of reference implementations on seeded scores.

Needs numpy, scikit-learn and scipy. Run from the repository root: python3 test/golden/make_golden_metrics.py
"""

import json
import pathlib
from fractions import Fraction

import numpy
import scipy
import scipy.optimize
import scipy.spatial
import scipy.stats
import sklearn
from sklearn.metrics import roc_auc_score, roc_curve

SEED = 20260501


def turning_points(fmr_counts, tmr_counts):
    """Vertices of a ROC in counts, without those on a straight line between their neighbours that is level or upright."""
    points = []
    for point in zip(fmr_counts, tmr_counts):
        while len(points) > 1 and any(points[-2][axis] == points[-1][axis] == point[axis] for axis in (0, 1)):
            points.pop()
        points.append(point)
    return points


def d_prime(mated, non_mated):
    m, n = mated.astype(float), non_mated.astype(float)
    return float(abs(m.mean() - n.mean()) / numpy.sqrt((m.var() + n.var()) / 2))


def crossing(fpr, tpr):
    """The root of FMR - FNMR along the curve's segments."""
    past = numpy.flatnonzero(fpr >= 1 - tpr)[0]
    x = scipy.optimize.brentq(
        lambda s: (1 - s) * (fpr + tpr - 1)[past - 1] + s * (fpr + tpr - 1)[past], 0, 1, xtol=1e-15, rtol=1e-14
    )
    return float((1 - x) * fpr[past - 1] + x * fpr[past])


def hull(fpr, tpr):
    """The upper convex hull from Qhull, left to right."""
    points = numpy.unique(numpy.r_[numpy.c_[fpr, tpr], [[1.0, 0.0]]], axis=0)
    corners = points[scipy.spatial.ConvexHull(points).vertices]
    upper = corners[corners[:, 0] - corners[:, 1] < 1 - 1e-12]
    upper = upper[numpy.lexsort((upper[:, 1], upper[:, 0]))]
    return upper[:, 0], upper[:, 1]


def open_set(random):
    """Searches of 9 enrolled people and 6 strangers, counted one by one as the definitions say."""
    people, strangers, each = 9, 6, 4
    scores = random.normal(0, 1, ((people + strangers) * each, people)).astype(numpy.float32)
    subjects = numpy.repeat(numpy.arange(people + strangers), each)
    for row, subject in enumerate(subjects):
        if subject < people:
            scores[row, subject] += 2
    values = []
    for threshold in (-9.0, 0.5, 1.25, 2.0, 9.0):
        for rank in (1, 2, people):
            missed = false = returned = 0
            for row, subject in enumerate(subjects):
                if subject < people:
                    mate = scores[row, subject]
                    place = 1 + sum(1 for j in range(people) if j != subject and scores[row, j] >= mate)
                    missed += place > rank or mate < threshold
                else:
                    false += any(scores[row, j] >= threshold for j in range(people))
                    returned += sum(scores[row, j] >= threshold for j in range(people))
            values.append(
                {
                    "threshold": threshold,
                    "rank": rank,
                    "fnir": missed / (people * each),
                    "fpir": false / (strangers * each),
                    "selectivity": int(returned) / (strangers * each),
                }
            )
    return {"subjects": [int(s) for s in subjects], "people": people, "scores": [float(s) for s in scores.ravel()], "values": values}


def csls(random):
    """2 cos - r(x) - r(y) and distances in float64."""
    probes, gallery, source, target = (random.normal(0.3, 1, (n, 6)).astype(numpy.float32) for n in (5, 4, 12, 15))
    unit = lambda rows: rows.astype(float) / numpy.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    near = lambda rows, cohort: numpy.sort(unit(rows) @ unit(cohort).T, axis=1)[:, -10:].mean(axis=1)
    scores = 2 * unit(probes) @ unit(gallery).T - near(probes, target)[:, None] - near(gallery, source)[None, :]
    flat = lambda rows: [float(v) for v in rows.ravel()]
    return {
        "probes": flat(probes),
        "gallery": flat(gallery),
        "source": flat(source),
        "target": flat(target),
        "csls": flat(scores),
        "euclidean": flat(-scipy.spatial.distance.cdist(probes.astype(float), gallery.astype(float))),
    }


def evaluation(name, mated, non_mated, fmrs):
    mated = mated.astype(numpy.float32)
    non_mated = non_mated.astype(numpy.float32)
    truth = numpy.r_[numpy.ones(mated.size), numpy.zeros(non_mated.size)]
    scores = numpy.r_[mated, non_mated]
    fpr, tpr, thresholds = roc_curve(truth, scores, drop_intermediate=False)
    points = turning_points(numpy.rint(fpr * non_mated.size).astype(int), numpy.rint(tpr * mated.size).astype(int))
    operating = []
    for numerator, denominator in fmrs:
        # The counts are whole numbers, so the comparison with the asked rate is exact.
        counts = [int(c) for c in numpy.rint(fpr * non_mated.size)]
        allowed = Fraction(numerator, denominator) * non_mated.size
        best = max(i for i, c in enumerate(counts) if c <= allowed)
        operating.append(
            {
                "fmr": numerator / denominator,
                "tmr": float(tpr[best]),
                "achievedFmr": float(fpr[best]),
                "threshold": None if numpy.isinf(thresholds[best]) else float(thresholds[best]),
                "allowedCount": int(allowed),
            }
        )
    interpolated = [float(numpy.interp(n / d, fpr, tpr)) for n, d in fmrs]
    nearest = []
    for numerator, denominator in fmrs:
        # Distances in whole numbers; of two vertices as near, the more permissive, and of those at one rate the highest.
        away = [abs(Fraction(int(c), 1) - Fraction(numerator, denominator) * non_mated.size) for c in numpy.rint(fpr * non_mated.size)]
        best = max(i for i, value in enumerate(away) if value == min(away))
        nearest.append([float(fpr[best]), float(tpr[best])])
    return {
        "name": name,
        "interpolated": interpolated,
        "nearest": nearest,
        "dPrime": d_prime(mated, non_mated) if mated.size > 1 else None,
        "eer": {"linear": crossing(fpr, tpr), "convex hull": crossing(*hull(fpr, tpr))},
        "mated": [float(s) for s in mated],
        "nonMated": [float(s) for s in non_mated],
        "auc": float(roc_auc_score(truth, scores)),
        "roc": [[a / non_mated.size, b / mated.size] for a, b in points],
        "operating": operating,
    }


def main():
    random = numpy.random.default_rng(SEED)
    fmrs = [(0, 1), (1, 1000), (1, 100), (1, 10), (29, 100), (1, 2)]
    evaluations = [
        evaluation("overlapping normals", random.normal(1.2, 1, 80), random.normal(0, 1, 900), fmrs),
        evaluation("coarse scores, many ties", random.integers(3, 9, 60) / 8, random.integers(0, 7, 400) / 8, fmrs),
        evaluation("worse than chance", random.normal(-1, 1, 40), random.normal(0, 1, 300), fmrs),
        evaluation("one mated score", random.normal(0, 1, 1), random.normal(0, 1, 100), fmrs),
    ]
    wilson = []
    for hits, trials in [(0, 20), (20, 20), (7, 20), (1, 271), (1180, 1195)]:
        interval = scipy.stats.binomtest(hits, trials).proportion_ci(method="wilson")
        wilson.append({"hits": hits, "trials": trials, "low": float(interval.low), "high": float(interval.high)})
    student = [{"degreesOfFreedom": n, "quantile": float(scipy.stats.t.ppf(0.975, n))} for n in (1, 2, 3, 4, 5, 9, 10, 29, 200)]
    probabilities = [1e-300, 1e-20, 1e-9, 1e-5, 0.001, 0.02425, 0.1, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9]
    golden = {
        "versions": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "evaluations": evaluations,
        "wilson": wilson,
        "student": student,
        "probit": [[p, float(scipy.stats.norm.ppf(p))] for p in probabilities],
        "openSet": open_set(random),
        "similarities": csls(random),
    }
    path = pathlib.Path(__file__).with_name("metrics.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
