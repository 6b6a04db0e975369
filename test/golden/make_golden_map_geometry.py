"""Writes map-geometry.json: shapes of matrices, principal angles and residual shares by NumPy and SciPy.

Needs numpy and scipy. Run from the repository root: python3 test/golden/make_golden_map_geometry.py
"""

import json
import pathlib

import numpy
import scipy
from scipy.linalg import norm, orthogonal_procrustes, polar, subspace_angles, svdvals

SEED = 20260503


def explained(matrix, model):
    """Share of the energy of `matrix` that the best non-negative multiple of `model` explains."""
    scale = max(0, (matrix * model).sum() / (model**2).sum())
    return 1 - norm(matrix - scale * model) ** 2 / norm(matrix) ** 2


def shape(matrix):
    p, q = matrix.shape
    size = min(p, q)
    values = svdvals(matrix)
    shares = values**2 / (values**2).sum()
    if p >= q:
        rotation, stretch = polar(matrix)
    else:
        left, sigma, right = numpy.linalg.svd(matrix, full_matrices=False)
        rotation, stretch = left @ right, right.T @ (sigma[:, None] * right)
    product = matrix.T @ matrix if p >= q else matrix @ matrix.T
    c = numpy.trace(product) / size
    if p == q:
        nearest, _ = orthogonal_procrustes(numpy.eye(p), matrix)
        assert norm(nearest - rotation) < 1e-12
    return {
        "rows": p,
        "columns": q,
        "weights": matrix.ravel().tolist(),
        "singularValues": values.tolist(),
        "effectiveRank": float(numpy.exp(-(shares * numpy.log(shares)).sum())),
        "orthogonalityDefect": float(norm(product / c - numpy.eye(size)) / numpy.sqrt(size)),
        "rotationError": float(norm(matrix - numpy.sqrt(c) * rotation) ** 2 / norm(matrix) ** 2),
        "scaledIdentity": float(explained(matrix, numpy.eye(p, q))),
        "rotation": float(1 - norm(matrix - rotation) ** 2 / norm(matrix) ** 2),
        "scaledRotation": float(explained(matrix, rotation)),
        "rotationMatrix": rotation.ravel().tolist(),
        "stretchMatrix": stretch.ravel().tolist(),
    }


def angles(first, second):
    return {
        "rows": first.shape[0],
        "first": first.ravel().tolist(),
        "second": second.ravel().tolist(),
        "angles": subspace_angles(first, second)[::-1].tolist(),
    }


def identity(random):
    """Two clouds of 30 people with 1 to 4 images in 8 dimensions: top-3 identity subspaces, and shares of their difference."""
    counts = random.integers(1, 5, 30)
    owners = numpy.repeat(numpy.arange(30), counts)
    clouds = []
    for _ in range(2):
        people = random.normal(size=(30, 8)) * numpy.array([4, 3, 2.5, 1, 1, 1, 0.5, 0.5])
        clouds.append((people[owners] + 0.7 * random.normal(size=(len(owners), 8)) + 2).astype(numpy.float32).astype(float))

    def subspace(rows):
        scatter = sum(
            (owners == s).sum() * numpy.outer(d, d) for s in range(30) for d in [rows[owners == s].mean(axis=0) - rows.mean(axis=0)]
        )
        return numpy.linalg.eigh(scatter)[1][:, ::-1][:, :3]

    residual = clouds[1] - clouds[0]
    deviation = residual - residual.mean(axis=0)
    between = sum((owners == s).sum() * norm(deviation[owners == s].mean(axis=0)) ** 2 for s in range(30))
    return {
        "owners": owners.tolist(),
        "source": clouds[0].ravel().tolist(),
        "target": clouds[1].ravel().tolist(),
        "angles": subspace_angles(subspace(clouds[0]), subspace(clouds[1]))[::-1].tolist(),
        "meanShare": float(len(owners) * norm(residual.mean(axis=0)) ** 2 / norm(residual) ** 2),
        "betweenShare": float(between / norm(deviation) ** 2),
        "shares": [float(norm(residual[owners == s]) ** 2 / norm(residual) ** 2) for s in range(30)],
    }


def main():
    random = numpy.random.default_rng(SEED)
    base = random.normal(size=(9, 4))
    golden = {
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "shapes": [shape(numpy.eye(p, q) + 0.6 * random.normal(size=(p, q))) for p, q in [(5, 5), (6, 4), (4, 6)]],
        "angles": [
            angles(random.normal(size=(9, 3)), random.normal(size=(9, 3))),
            angles(random.normal(size=(9, 2)), random.normal(size=(9, 5))),
            angles(base, base + 1e-9 * random.normal(size=(9, 4))),
        ],
        "identity": identity(random),
    }
    path = pathlib.Path(__file__).with_name("map-geometry.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
