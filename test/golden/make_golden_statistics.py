"""Writes statistics.json: significance tests of reference implementations on seeded differences.

Needs numpy, scipy and statsmodels. Run from the repository root: python3 test/golden/make_golden_statistics.py
"""

import itertools
import json
import pathlib

import numpy
import scipy
import scipy.stats
import statsmodels
from statsmodels.stats.multitest import multipletests

SEED = 20260601


def signed_rank(name, differences):
    differences = numpy.asarray(differences, dtype=float)

    def p(method, **options):
        return float(scipy.stats.wilcoxon(differences, zero_method="pratt", method=method, **options).pvalue)

    # SciPy's "exact" takes the distribution of untied ranks whatever the ties, so signs are permuted where there are ties or zeros.
    few = differences.size <= 16
    walsh = [(differences[i] + differences[j]) / 2 for i in range(differences.size) for j in range(i + 1)]
    untied = numpy.unique(abs(differences)).size == differences.size and (differences != 0).all()
    return {
        "name": name,
        "differences": differences.tolist(),
        "untied": bool(untied),
        "statistic": float(scipy.stats.wilcoxon(differences, zero_method="pratt", method="asymptotic", correction=False).statistic),
        "normal": p("asymptotic", correction=False),
        "exact": p("exact") if untied else p(scipy.stats.PermutationMethod(n_resamples=numpy.inf)) if few else None,
        "hodgesLehmann": float(numpy.median(walsh)),
    }


def mantel(name, one, other):
    size = len(one)
    off = ~numpy.eye(size, dtype=bool)
    correlation = lambda order: numpy.corrcoef(one[off], other[numpy.ix_(order, order)][off])[0, 1]
    observed = correlation(range(size))
    found = [abs(correlation(order)) >= abs(observed) - 1e-12 for order in itertools.permutations(range(size))]
    return {"name": name, "one": one.tolist(), "other": other.tolist(), "correlation": float(observed), "p": float(numpy.mean(found))}


def bca(values, count, random):
    """SciPy's BCa interval of a mean; it ranks the estimate among the replicates as we do and interpolates as numpy.quantile does."""
    found = scipy.stats.bootstrap((values,), numpy.mean, n_resamples=count, method="BCa", confidence_level=0.95, rng=random)
    return {
        "values": values.tolist(),
        "replicates": found.bootstrap_distribution.tolist(),
        "low": float(found.confidence_interval.low),
        "high": float(found.confidence_interval.high),
    }


def main():
    random = numpy.random.default_rng(SEED)
    ranks = [
        signed_rank("six pairs, all better", [0.1, 0.2, 0.3, 0.45, 0.5, 0.7]),
        signed_rank("ten pairs", random.normal(0.4, 1, 10)),
        signed_rank("twenty-five pairs", random.normal(0.3, 1, 25)),
        signed_rank("sixty pairs", random.normal(0.2, 1, 60)),
        signed_rank("ties", numpy.round(random.normal(0.5, 1, 14) * 2) / 2 + 0.25),
        signed_rank("zeros and ties", numpy.round(random.normal(0.5, 1, 15) * 2) / 2),
        signed_rank("zeros alone beside one", [0, 0, 0, 1]),
        signed_rank("many zeros and ties", numpy.round(random.normal(0.3, 1, 80) * 2) / 2),
    ]
    families = [[0.01, 0.04, 0.03], [0.2], [0.5, 0.5, 0.9, 0.001], random.uniform(0, 0.2, 12).tolist()]
    symmetric = random.normal(0, 1, (5, 5))
    symmetric = symmetric + symmetric.T
    ordered = random.normal(0, 1, (6, 6))
    splits = random.normal(0.02, 0.05, 15)
    error = numpy.sqrt((1 / splits.size + 0.5) * splits.var(ddof=1))
    reach = scipy.stats.t.ppf(0.975, splits.size - 1) * error
    points = [0, 1e-9, 0.1, 0.5, 1, 1.96, 2.9999, 3, 3.5, 5, 8, 20, 37]
    golden = {
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "seed": SEED,
        "signedRank": ranks,
        "holm": [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in families],
        "mantel": [
            mantel("symmetric", symmetric, symmetric + random.normal(0, 1, (5, 5))),
            mantel("ordered", ordered, -ordered + random.normal(0, 2, (6, 6))),
            mantel("unrelated", random.normal(0, 1, (4, 4)), random.normal(0, 1, (4, 4))),
        ],
        "splits": {
            "values": splits.tolist(),
            "testShare": 0.5,
            "mean": float(splits.mean()),
            "standardError": float(error),
            "p": float(2 * scipy.stats.t.sf(abs(splits.mean() / error), splits.size - 1)),
            "low": float(splits.mean() - reach),
            "high": float(splits.mean() + reach),
        },
        "bca": bca(numpy.exp(random.normal(0, 1, 20)), 99, random),
        "normalTail": [[z, float(scipy.stats.norm.sf(z))] for z in points],
        "student": [[t, n, float(2 * scipy.stats.t.sf(t, n))] for t in (0.1, 1, 2.5, 12) for n in (1, 2, 5, 14)],
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
