"""Write maps.json: what NumPy, SciPy and scikit-learn fit to rows that both sides can generate.

Rows come from a congruential generator whose values are multiples of 2**-16, so that float32 holds them exactly and the file
needs only the seeds. Run with numpy, scipy and scikit-learn installed; the versions are stored in the file.
"""

import hashlib
import json
from pathlib import Path

import numpy
import scipy
import sklearn
from scipy.linalg import orthogonal_procrustes, polar, sqrtm, svd
from scipy.spatial.transform import Rotation
from sklearn.cross_decomposition import CCA
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV

SEED = 20260401
# Singular values below this share of the largest are left out.
RANK_TOLERANCE = 1e-6
LOW_RANK = 2
ALPHA = 0.25
RATIOS = (1e-4, 1e-2, 1.0, 100.0)
FOLDS = 5


def rows(seed: int, count: int, width: int) -> numpy.ndarray:
    state = seed
    values = numpy.empty(count * width)
    for i in range(values.size):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = (state >> 16) / 65536 - 0.5
    return values.reshape(count, width)


def spoiled(source: numpy.ndarray, kind: str) -> numpy.ndarray:
    """`constant`: columns 1 and 3 are constant. `repeated`: the last columns repeat the first ones."""
    source = source.copy()
    if kind == "constant":
        source[:, 1] = 0.25
        source[:, 3] = -1
    if kind == "repeated":
        half = source.shape[1] // 2
        source[:, half : 2 * half] = source[:, :half]
    return source


def centred(matrix: numpy.ndarray) -> numpy.ndarray:
    return matrix - matrix.mean(axis=0)


def partial_isometry(cross: numpy.ndarray) -> tuple[numpy.ndarray, float]:
    left, values, right = svd(cross, full_matrices=False)
    rank = int((values > 1e-9 * values[0]).sum())
    return left[:, :rank] @ right[:rank], float(values[:rank].sum())


def padded(matrix: numpy.ndarray, width: int) -> numpy.ndarray:
    return numpy.pad(matrix, ((0, 0), (0, width - matrix.shape[1])))


def live_basis(matrix: numpy.ndarray) -> numpy.ndarray:
    left, values, _ = svd(matrix, full_matrices=False)
    return left[:, values >= RANK_TOLERANCE * values[0]]


def low_rank(x: numpy.ndarray, y: numpy.ndarray) -> numpy.ndarray:
    """Reduced-rank regression by its formula: least squares, projected on what explains most of its fitted values."""
    weights = numpy.linalg.lstsq(x, y, rcond=RANK_TOLERANCE)[0]
    right = svd(x @ weights, full_matrices=False)[2][:LOW_RANK]
    return weights @ right.T @ right


def partly_white(gram: numpy.ndarray, alpha: float) -> numpy.ndarray:
    size = len(gram)
    return alpha * numpy.eye(size) + (1 - alpha) * numpy.sqrt(numpy.trace(gram) / size) * numpy.linalg.inv(sqrtm(gram))


def whitened_map(x: numpy.ndarray, y: numpy.ndarray, alpha: float) -> numpy.ndarray:
    source, target = partly_white(x.T @ x, alpha), partly_white(y.T @ y, alpha)
    return source @ polar(source @ x.T @ y @ target)[0] @ numpy.linalg.inv(target)


def cca_map(x: numpy.ndarray, y: numpy.ndarray) -> numpy.ndarray:
    source, target = sqrtm(x.T @ x), sqrtm(y.T @ y)
    whitening = numpy.linalg.inv(source)
    return whitening @ polar(whitening @ x.T @ y @ numpy.linalg.inv(target))[0] @ target


def scikit_correlations(source: numpy.ndarray, target: numpy.ndarray) -> list[float]:
    count = min(source.shape[1], target.shape[1])
    scores = CCA(n_components=count, scale=False, max_iter=100_000, tol=1e-15).fit(source, target).transform(source, target)
    return [float(numpy.corrcoef(scores[0][:, k], scores[1][:, k])[0, 1]) for k in range(count)]


def leave_one_out(source: numpy.ndarray, target: numpy.ndarray) -> dict:
    trace = float((centred(source) ** 2).sum())
    alphas = [ratio * trace / source.shape[1] for ratio in RATIOS]
    fitted = RidgeCV(alphas=alphas, store_cv_results=True).fit(source, target)
    squares = fitted.cv_results_.reshape(-1, len(alphas)).sum(axis=0)
    errors = squares / (centred(target) ** 2).sum()
    return {"errors": errors.tolist(), "ratio": RATIOS[alphas.index(fitted.alpha_)]}


def folds(source: numpy.ndarray, target: numpy.ndarray) -> list[float]:
    """Row i is person i; people are dealt out by their hashes."""
    count, width = source.shape
    order = sorted(range(count), key=lambda i: hashlib.sha256(f"fold/made/{i}".encode()).hexdigest())
    fold = numpy.empty(count, dtype=int)
    fold[order] = numpy.arange(count) % FOLDS
    errors = numpy.zeros(len(RATIOS))
    for held in range(FOLDS):
        rest = fold != held
        trace = float((centred(source[rest]) ** 2).sum())
        for k, ratio in enumerate(RATIOS):
            fitted = Ridge(alpha=ratio * trace / width, solver="svd").fit(source[rest], target[rest])
            errors[k] += ((fitted.predict(source[~rest]) - target[~rest]) ** 2).sum()
    return (errors / (centred(target) ** 2).sum()).tolist()


def further(source: numpy.ndarray, target: numpy.ndarray, full_rank: bool) -> dict:
    x, y = centred(source), centred(target)
    correlations = svd(live_basis(x).T @ live_basis(y), compute_uv=False)
    out: dict = {"correlations": numpy.minimum(correlations, 1).tolist()}
    if source.shape[1] * target.shape[1] > 100:
        return out
    out["linear"] = numpy.linalg.lstsq(source, target, rcond=RANK_TOLERANCE)[0].ravel().tolist()
    out["lowRank"] = low_rank(x, y).ravel().tolist()
    if full_rank:
        out["linear"] = LinearRegression(fit_intercept=False).fit(source, target).coef_.T.ravel().tolist()
        out["scikitCorrelations"] = scikit_correlations(source, target)
        out["cca"] = cca_map(x, y).ravel().tolist()
        out["partialWhitening"] = whitened_map(x, y, ALPHA).ravel().tolist()
    return out


def case(name: str, seed: int, count: int, p: int, q: int, kind: str = "plain") -> dict:
    source = spoiled(rows(seed, count, p), kind)
    target = rows(seed + 1, count, q) + 0.5 * padded(source, max(p, q))[:, :q]
    if kind == "mirrored":
        target[:, 0] -= 2 * source[:, 0]
    x, y = centred(source), centred(target)
    out: dict = {"name": name, "seed": seed, "count": count, "source": p, "target": q, "kind": kind}
    full_rank = kind in ("plain", "mirrored") and count > p
    if full_rank:
        fitted = LinearRegression().fit(source, target)
        out["leastSquares"] = fitted.coef_.T.ravel().tolist()
        out["leastSquaresIntercept"] = fitted.intercept_.tolist()
    else:
        weights, _, rank, _ = numpy.linalg.lstsq(x, y, rcond=1e-6)
        out["leastSquares"] = weights.ravel().tolist()
        out["rank"] = int(rank)
    trace = float((x * x).sum())
    out["ridge"] = []
    for ratio in (1e-2, 1.0, 100.0):
        fitted = Ridge(alpha=ratio * trace / p, fit_intercept=True, solver="svd").fit(source, target)
        out["ridge"].append({"ratio": ratio, "alpha": ratio * trace / p, "weights": fitted.coef_.T.ravel().tolist()})
    out["leaveOneOut"] = leave_one_out(source, target)
    out["folds"] = folds(source, target)
    if full_rank and count > q:
        width = max(p, q)
        rotation, nuclear = orthogonal_procrustes(padded(x, width), padded(y, width))
        out["procrustes"] = rotation[:p, :q].ravel().tolist()
        out["nuclearNorm"] = float(nuclear)
    else:
        isometry, nuclear = partial_isometry(x.T @ y)
        out["procrustes"] = isometry.ravel().tolist()
        out["nuclearNorm"] = nuclear
    if p == q == 3:
        out["rotation"] = Rotation.align_vectors(y, x)[0].as_matrix().T.ravel().tolist()
    out.update(further(source, target, full_rank and count > q))
    return out


def main() -> None:
    cases = [
        case("equal widths", SEED, 40, 6, 6),
        case("source narrower", SEED + 10, 40, 4, 7),
        case("source wider", SEED + 20, 40, 7, 4),
        case("fewer rows than columns", SEED + 30, 12, 20, 3),
        case("fewer rows than 256 columns", SEED + 40, 90, 256, 2),
        case("constant columns", SEED + 50, 30, 6, 4, "constant"),
        case("repeated columns", SEED + 60, 30, 8, 5, "repeated"),
        case("mirrored", SEED + 80, 30, 3, 3, "mirrored"),
        case("64 columns", SEED + 70, 300, 64, 8),
        case("8 columns", SEED + 90, 60, 8, 8),
    ]
    versions = {module.__name__: module.__version__ for module in (numpy, scipy, sklearn)}
    text = json.dumps({"versions": versions, "seed": SEED, "cases": cases}, indent=1)
    Path(__file__).with_name("maps.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
