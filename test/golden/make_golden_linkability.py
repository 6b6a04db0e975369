"""Writes linkability.json: D_sys by its definition.

Of two normals by adaptive quadrature, and of seeded scores by NumPy's histogram.
Needs numpy and scipy. Run from the repository root: python3 test/golden/make_golden_linkability.py
"""

import json
import pathlib

import numpy
import scipy
from scipy.integrate import quad
from scipy.stats import norm

SEED = 20260801


def of_normals(shift, spread, omega):
    """Mated scores are normal about `shift` with standard deviation `spread`, non-mated ones standard normal."""

    def integrand(score):
        h, g = norm.pdf(score, shift, spread), norm.pdf(score)
        return h * (2 * omega * h / (omega * h + g) - 1) if omega * h > g else 0.0

    points = numpy.linspace(min(-9, shift - 9 * spread), max(9, shift + 9 * spread), 73)
    value = sum(quad(integrand, a, b, limit=200)[0] for a, b in zip(points, points[1:]))
    return {"shift": shift, "spread": spread, "omega": omega, "dSys": value}


def of_scores(mated, non_mated, bins, omega):
    mated, non_mated = mated.astype(float), non_mated.astype(float)
    edges = numpy.histogram_bin_edges(numpy.concatenate([mated, non_mated]), bins)
    h = numpy.histogram(mated, edges)[0] / len(mated)
    g = numpy.histogram(non_mated, edges)[0] / len(non_mated)
    local = numpy.where(omega * h > g, 2 * omega * h / numpy.where(h + g > 0, omega * h + g, 1) - 1, 0)
    return {"bins": bins, "omega": omega, "dSys": float(numpy.sum(h * local)), "local": local.tolist()}


random = numpy.random.default_rng(SEED)
mated = random.normal(1, 0.8, 40).astype(numpy.float32)
non_mated = random.normal(0, 1, 40 * 7).astype(numpy.float32)
golden = {
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
    "seed": SEED,
    "normals": [of_normals(*case) for case in [(0.5, 1, 1), (1, 1, 1), (2, 1, 1), (4, 1, 1), (1, 0.5, 1), (0, 2, 1), (2, 1, 0.1)]],
    "mated": mated.tolist(),
    "nonMated": non_mated.tolist(),
    "scores": [of_scores(mated, non_mated, bins, omega) for bins, omega in [(10, 1), (16, 0.5)]],
}
path = pathlib.Path(__file__).with_name("linkability.json")
path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
