"""Writes pictures.json: joint probabilities and gradients of t-SNE by their definitions, and scikit-learn's trustworthiness.

Needs numpy, scikit-learn and scipy. Run from the repository root: python3 test/golden/make_golden_pictures.py
"""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.optimize import brentq
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

SEED = 20260502
PERPLEXITY = 5
NEIGHBOURS = 16


def joint_probabilities(points):
    """p_ij of t-SNE over the nearest rows, each row's width found as the root of its entropy."""
    count = len(points)
    squares = cdist(points, points, "sqeuclidean")
    conditional = numpy.zeros((count, count))
    for i in range(count):
        nearest = numpy.argsort(numpy.where(numpy.arange(count) == i, numpy.inf, squares[i]), kind="stable")[:NEIGHBOURS]

        def shares(log_beta):
            raw = numpy.exp(-numpy.exp(log_beta) * (squares[i, nearest] - squares[i, nearest].min()))
            return raw / raw.sum()

        def surplus(log_beta):
            p = shares(log_beta)
            return -(p[p > 0] * numpy.log(p[p > 0])).sum() - numpy.log(PERPLEXITY)

        conditional[i, nearest] = shares(brentq(surplus, -20, 20, xtol=1e-14, rtol=1e-14))
    return (conditional + conditional.T) / (2 * count)


def gradient(p, picture, exaggeration):
    """Of KL(P || Q) by places, over all pairs."""
    q = 1 / (1 + cdist(picture, picture, "sqeuclidean"))
    numpy.fill_diagonal(q, 0)
    weights = (exaggeration * p - q / q.sum()) * q
    return 4 * (weights.sum(axis=1)[:, None] * picture - weights @ picture)


def as_float32(values):
    return values.astype(numpy.float32).astype(float)


def main():
    random = numpy.random.default_rng(SEED)
    centres = random.normal(size=(4, 8))
    points = as_float32(numpy.repeat(centres, 15, axis=0) + 0.5 * random.normal(size=(60, 8)))
    pictures = {"plane": as_float32(random.normal(size=(60, 2))), "space": as_float32(points[:, :3] + 0.25)}
    p = joint_probabilities(points)
    golden = {
        "versions": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "perplexity": PERPLEXITY,
        "neighbours": NEIGHBOURS,
        "points": points.ravel().tolist(),
        "affinities": p[numpy.triu_indices(60, 1)].tolist(),
        "pictures": {
            name: {
                "dimensions": picture.shape[1],
                "places": picture.ravel().tolist(),
                "gradient": gradient(p, picture, 12).ravel().tolist(),
                "quality": [
                    {
                        "neighbours": k,
                        "trustworthiness": trustworthiness(points, picture, n_neighbors=k),
                        "continuity": trustworthiness(picture, points, n_neighbors=k),
                    }
                    for k in (1, 5, 12, 29)
                ],
            }
            for name, picture in pictures.items()
        },
    }
    path = pathlib.Path(__file__).with_name("pictures.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
