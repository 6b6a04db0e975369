"""Writes compatibility.json: hierarchies of SciPy, source and target effects by least squares, exact permutation tests.

Needs numpy and scipy. Run from the repository root: python3 test/golden/make_golden_compatibility.py
"""

import itertools
import json
import pathlib

import numpy
import scipy
from scipy.cluster.hierarchy import cophenet, dendrogram, linkage
from scipy.spatial.distance import pdist, squareform

SEED = 20260504


def hierarchy(name, distances):
    condensed = squareform(distances)
    merges = linkage(condensed, name)
    correlation, heights = cophenet(merges, condensed)
    drawing = dendrogram(merges, no_plot=True)
    return {
        "linkage": name,
        "distances": distances.ravel().tolist(),
        "merges": merges.tolist(),
        "correlation": float(correlation),
        "cophenetic": squareform(heights).ravel().tolist(),
        "order": drawing["leaves"],
        # SciPy puts leaf i at 10 i + 5, and lists arms in an order of its own.
        "arms": sorted([[y[1], *[(v - 5) / 10 for v in (x[0], x[2])], y[0], y[3]] for x, y in zip(drawing["icoord"], drawing["dcoord"])]),
    }


def effects(values):
    count = len(values)
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
    scores = numpy.array([values[i, j] for i, j in pairs])
    side = [numpy.array([[float(pair[k] == n) for n in range(count)] for pair in pairs]) for k in (0, 1)]
    ones = numpy.ones((len(pairs), 1))

    def explained(*parts):
        design = numpy.hstack([ones, *parts])
        fitted = design @ numpy.linalg.lstsq(design, scores, rcond=None)[0]
        return ((fitted - scores.mean()) ** 2).sum() / ((scores - scores.mean()) ** 2).sum()

    # Sum-to-zero contrasts: the last network's effect is minus the sum of the others.
    contrasts = numpy.vstack([numpy.eye(count - 1), -numpy.ones(count - 1)])
    fitted = numpy.linalg.lstsq(numpy.hstack([ones, side[0] @ contrasts, side[1] @ contrasts]), scores, rcond=None)[0]
    source, target, both = explained(side[0]), explained(side[1]), explained(*side)
    return {
        "values": values.ravel().tolist(),
        "mean": float(fitted[0]),
        "source": (contrasts @ fitted[1:count]).tolist(),
        "target": (contrasts @ fitted[count:]).tolist(),
        "shares": [float((source + both - target) / 2), float((target + both - source) / 2), float(1 - both)],
    }


def separation(values, numbers):
    count = len(values)
    means = (values.sum(axis=0) - values.diagonal()) / (count - 1)
    found = [abs(numpy.corrcoef(numbers[list(order)], means)[0, 1]) for order in itertools.permutations(range(count))]
    return {
        "numbers": numbers.tolist(),
        "correlation": float(numpy.corrcoef(numbers, means)[0, 1]),
        "p": float(numpy.mean(numpy.array(found) >= found[0] - 1e-12)),
    }


def main():
    random = numpy.random.default_rng(SEED)
    loose = random.uniform(0.1, 1, size=(9, 9))
    loose = numpy.triu(loose, 1) + numpy.triu(loose, 1).T
    values = random.uniform(0.2, 0.9, size=(6, 6)) + numpy.linspace(0, 0.4, 6)
    numpy.fill_diagonal(values, 0)
    golden = {
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "hierarchies": [
            hierarchy("average", loose),
            hierarchy("complete", loose),
            hierarchy("ward", squareform(pdist(random.normal(size=(9, 4))))),
        ],
        "effects": effects(values),
        "separation": separation(values, random.uniform(size=6) + numpy.linspace(0, 1, 6)),
    }
    path = pathlib.Path(__file__).with_name("compatibility.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
