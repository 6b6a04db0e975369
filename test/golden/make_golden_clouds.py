"""Write clouds.json: geometry and similarity of clouds by NumPy, SciPy, scikit-learn and scikit-dimension, by the plain n x n ways.

Rows come from a congruential generator whose values are multiples of 2**-16, so that float32 holds them exactly and the file needs
only the seeds. Needs numpy, scipy, scikit-learn and scikit-dimension. Run from the repository root: python3 test/golden/make_golden_clouds.py
"""

import importlib.metadata
import json
from pathlib import Path

import numpy
import scipy
import sklearn
from scipy.linalg import orthogonal_procrustes, qr, svd, svdvals
from scipy.stats import skew
from skdim.id import TwoNN
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LinearRegression
from sklearn.metrics import pairwise_distances, r2_score, silhouette_samples, silhouette_score
from sklearn.metrics.pairwise import cosine_similarity

SEED = 20260701
NEIGHBOURS = 5


def rows(seed: int, count: int, width: int) -> numpy.ndarray:
    state = seed
    values = numpy.empty(count * width)
    for i in range(values.size):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = (state >> 16) / 65536 - 0.5
    return values.reshape(count, width)


def centred(matrix: numpy.ndarray) -> numpy.ndarray:
    return matrix - matrix.mean(axis=0)


def hsic_biased(k: numpy.ndarray, l: numpy.ndarray) -> float:
    n = len(k)
    h = numpy.eye(n) - 1 / n
    return float(numpy.trace(h @ k @ h @ h @ l @ h))


def hsic_debiased(k: numpy.ndarray, l: numpy.ndarray) -> float:
    """The U-statistic of Song et al. 2012 with every sum over n x n matrices written out."""
    n = len(k)
    k, l = k - numpy.diag(numpy.diag(k)), l - numpy.diag(numpy.diag(l))
    one = numpy.ones(n)
    last = 2 / (n - 2) * (one @ (k @ l) @ one)
    return float((numpy.trace(k @ l) + (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2)) - last) / (n * (n - 3)))


def ratio(hsic, x: numpy.ndarray, y: numpy.ndarray) -> float:
    k, l = x @ x.T, y @ y.T
    return hsic(k, l) / numpy.sqrt(hsic(k, k) * hsic(l, l))


def correlations(x: numpy.ndarray, y: numpy.ndarray) -> numpy.ndarray:
    """Bjorck and Golub 1973: singular values of the product of orthonormal bases."""
    return svdvals(qr(centred(x), mode="economic")[0].T @ qr(centred(y), mode="economic")[0])


def main_part(x: numpy.ndarray) -> numpy.ndarray:
    fitted = PCA().fit(x)
    kept = int(numpy.searchsorted(numpy.cumsum(fitted.explained_variance_ratio_), 0.99) + 1)
    return fitted.transform(x)[:, :kept]


def pwcca(x: numpy.ndarray, y: numpy.ndarray) -> float:
    """By canonical variates from orthonormal bases; scikit-learn's, which are iterated, must agree to 1e-6."""
    bases = [qr(centred(m), mode="economic")[0] for m in (x, y)]
    left, values, _ = svd(bases[0].T @ bases[1], full_matrices=False)
    weights = numpy.abs((bases[0] @ left).T @ centred(x)).sum(axis=1)
    fitted = CCA(n_components=len(values), scale=False, max_iter=100_000, tol=1e-15).fit(x, y)
    variates, others = fitted.transform(x, y)
    iterated = numpy.abs((variates / numpy.linalg.norm(variates, axis=0)).T @ centred(x)).sum(axis=1)
    numpy.testing.assert_allclose(iterated, weights, rtol=1e-6)
    numpy.testing.assert_allclose([numpy.corrcoef(variates[:, k], others[:, k])[0, 1] for k in range(len(values))], values, rtol=1e-6)
    return float(weights @ values / weights.sum())


def nearest(matrix: numpy.ndarray, allowed: numpy.ndarray, count: int) -> list[list[int]]:
    """By cosine; of equal ones the smaller index, since the sort is stable."""
    lists = []
    for i, row in enumerate(cosine_similarity(matrix)):
        order = [int(j) for j in numpy.argsort(-numpy.round(row, 12), kind="stable") if allowed[i, j]]
        lists.append(order[:count])
    return lists


def mutual(x: numpy.ndarray, y: numpy.ndarray, allowed: numpy.ndarray, count: int) -> float:
    pairs = zip(nearest(x, allowed, count), nearest(y, allowed, count))
    shared = [len(set(a) & set(b)) / count for a, b in pairs if len(a) >= count]
    return float(numpy.mean(shared))


def similarity(name: str, seed: int, count: int, p: int, q: int, repeated: int = 0, stretched: bool = False) -> dict:
    """Column j of the target carries half of the source's column j; the last `repeated` rows repeat the first ones.

    `stretched`: column j is 2**-j times as wide, so that the last ones hold less than 1 % of the variance.
    """
    x = rows(seed, count, p)
    y = rows(seed + 1, count, q)
    y[:, : min(p, q)] += 0.5 * x[:, : min(p, q)]
    if repeated:
        x[-repeated:], y[-repeated:] = x[:repeated], y[:repeated]
    if stretched:
        x, y = x * 2.0 ** -numpy.arange(p), y * 2.0 ** -numpy.arange(q)
    labels = numpy.arange(count) // 4
    other = ~numpy.eye(count, dtype=bool)
    same = labels[:, None] == labels[None, :]
    width = max(p, q)
    padded = [numpy.pad(centred(m), ((0, 0), (0, width - m.shape[1]))) for m in (x, y)]
    rotation, nuclear = orthogonal_procrustes(*padded)
    norms = [numpy.linalg.norm(m) for m in padded]
    angles = nuclear / (norms[0] * norms[1])
    half = count // 2
    fitted = LinearRegression().fit(x[:half], y[:half])
    held_out = 1 - ((y[half:] - fitted.predict(x[half:])) ** 2).sum() / ((y[half:] - y[:half].mean(axis=0)) ** 2).sum()
    return {
        "name": name,
        "seed": seed,
        "count": count,
        "source": p,
        "target": q,
        "repeated": repeated,
        "stretched": stretched,
        "ckaBiased": ratio(hsic_biased, x, y),
        "ckaDebiased": ratio(hsic_debiased, x, y),
        "procrustes": float(numpy.linalg.norm(padded[0] @ rotation - padded[1])),
        "unitProcrustes": float(numpy.linalg.norm(padded[0] @ rotation / norms[0] - padded[1] / norms[1])),
        "angle": float(numpy.arccos(angles)),
        "cca": float(correlations(x, y).mean()),
        "svcca": float(correlations(main_part(x), main_part(y)).mean()),
        "pwcca": pwcca(x, y),
        "r2": float(r2_score(y, LinearRegression().fit(x, y).predict(x), multioutput="variance_weighted")),
        "r2HeldOut": float(held_out),
        "neighbours": NEIGHBOURS,
        "mutual": mutual(x, y, other, NEIGHBOURS),
        "mutualAcross": mutual(x, y, ~same, NEIGHBOURS),
        "mutualWithin": mutual(x, y, same & other, 1),
    }


def geometry(name: str, seed: int, count: int, width: int, per_identity: int) -> dict:
    """Rows about identity centres; the last identity has one row."""
    labels = numpy.arange(count) // per_identity
    labels[-1] = count
    codes = numpy.unique(labels, return_inverse=True)[1]
    x = rows(seed, count, width) + 2 * rows(seed + 1, codes.max() + 1, width)[codes]
    values = PCA().fit(x).explained_variance_
    shares = numpy.cumsum(values) / values.sum()
    scaled = values / values.sum()
    unit = x / numpy.linalg.norm(x, axis=1, keepdims=True)
    cosines = cosine_similarity(x)
    lists = nearest(x, ~numpy.eye(count, dtype=bool), NEIGHBOURS)
    occurrences = numpy.bincount(numpy.concatenate(lists), minlength=count)
    analysis = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0, store_covariance=True).fit(x, codes)
    total = numpy.cov(x.T, bias=True)
    distances = numpy.sort(pairwise_distances(x), axis=1)[:, 1:3]
    return {
        "name": name,
        "seed": seed,
        "count": count,
        "width": width,
        "perIdentity": per_identity,
        "variances": values.tolist(),
        "participationRatio": float(values.sum() ** 2 / (values**2).sum()),
        "effectiveRank": float(numpy.exp(-(scaled * numpy.log(scaled)).sum())),
        "pcaDimensions": [int(numpy.searchsorted(shares, share) + 1) for share in (0.9, 0.95, 0.99)],
        "meanDirectionNorm": float(numpy.linalg.norm(unit.mean(axis=0))),
        "meanCosine": float((cosines.sum() - numpy.trace(cosines)) / (count * (count - 1))),
        "neighbours": NEIGHBOURS,
        "neighbourIndices": numpy.concatenate(lists).tolist(),
        "hubness": float(skew(occurrences)),
        "silhouette": float(silhouette_score(x, codes, metric="cosine")),
        "silhouettes": silhouette_samples(x, codes, metric="cosine").tolist(),
        "within": analysis.covariance_.ravel().tolist(),
        "between": (total - analysis.covariance_).ravel().tolist(),
        "fisherRatio": float(numpy.trace(total - analysis.covariance_) / numpy.trace(analysis.covariance_)),
        "dimensionLikelihood": float(TwoNN(method="mle", discard_fraction=0, dist=True).fit(distances).dimension_),
        "dimensionRegression": float(TwoNN(method="linear", discard_fraction=0.1, dist=True).fit(distances).dimension_),
    }


def main() -> None:
    out = {
        "versions": {
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
            "scikit-dimension": importlib.metadata.version("scikit-dimension"),
        },
        "seed": SEED,
        "similarity": [
            similarity("equal widths", SEED, 48, 6, 6),
            similarity("source narrower", SEED + 10, 60, 3, 8),
            similarity("source wider, repeated rows", SEED + 20, 40, 9, 4, repeated=12),
            similarity("columns of falling width", SEED + 50, 64, 7, 6, stretched=True),
        ],
        "geometry": [
            geometry("four rows an identity", SEED + 30, 61, 6, 4),
            geometry("wide", SEED + 40, 40, 12, 3),
        ],
    }
    path = Path(__file__).with_name("clouds.json")
    path.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
