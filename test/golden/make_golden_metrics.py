"""Writes metrics.json: ROC, AUC and interval values of reference implementations on seeded scores.

Needs numpy, scikit-learn and scipy. Run from the repository root: python3 test/golden/make_golden_metrics.py
"""

import json
import pathlib
from fractions import Fraction

import numpy
import scipy
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
    return {
        "name": name,
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
    golden = {
        "versions": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "evaluations": evaluations,
        "wilson": wilson,
        "student": student,
    }
    path = pathlib.Path(__file__).with_name("metrics.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
