"""Write wide-maps.json: maps of up to 1,280 columns by NumPy, SciPy and scikit-learn, as projections.

A matrix of 512 by 512 would fill megabytes, so of each map W only L W R is kept, L and R from the generator that makes the rows, with
its Frobenius norm: an entry that is wrong anywhere moves all of them. Thirteen digits, so that the same versions give the same file.
Run with numpy, scipy and scikit-learn installed; the versions are stored in the file.
"""

import json
from pathlib import Path

import numpy
import scipy
import sklearn
from make_golden_maps import centred, leave_one_out, live_basis, padded, partial_isometry, rows, spoiled
from scipy.linalg import orthogonal_procrustes, svd
from sklearn.linear_model import LinearRegression, Ridge

SEED = 20260501
RATIO = 1e-2
LEFT, RIGHT = 24, 2


def digits(values: numpy.ndarray) -> list[float]:
    return [float(f"{value:.12e}") for value in numpy.ravel(values)]


def projected(weights: numpy.ndarray, seed: int) -> dict:
    p, q = weights.shape
    kept = rows(seed + 2, LEFT, p) @ weights @ rows(seed + 3, q, RIGHT)
    return {"kept": digits(kept), "norm": digits(numpy.linalg.norm(weights))[0]}


def case(name: str, count: int, p: int, q: int, kind: str = "plain") -> dict:
    seed = SEED + 1000 * count + p + q
    source = spoiled(rows(seed, count, p), kind)
    target = rows(seed + 1, count, q) + 0.5 * padded(source, max(p, q))[:, :q]
    if kind == "duplicated":
        half = count // 2
        source[half:], target[half:] = source[:half], target[:half]
    x, y = centred(source), centred(target)
    out: dict = {"name": name, "seed": seed, "count": count, "source": p, "target": q, "kind": kind}
    full_rank = kind == "plain" and count > p
    fitted, _, rank, _ = numpy.linalg.lstsq(x, y, rcond=1e-6)
    if full_rank:
        fitted = LinearRegression().fit(source, target).coef_.T
    out["rank"] = int(rank)
    out["leastSquares"] = projected(fitted, seed)
    alpha = RATIO * (x * x).sum() / p
    out["ridge"] = projected(Ridge(alpha=alpha, solver="cholesky").fit(source, target).coef_.T, seed)
    alpha = RATIO * (source * source).sum() / p
    out["ridgeWithoutIntercept"] = projected(Ridge(alpha=alpha, fit_intercept=False, solver="cholesky").fit(source, target).coef_.T, seed)
    one_out = leave_one_out(source, target)
    out["leaveOneOut"] = {"errors": digits(one_out["errors"]), "ratio": one_out["ratio"]}
    if full_rank and count > q:
        width = max(p, q)
        rotation, nuclear = orthogonal_procrustes(padded(x, width), padded(y, width))
        rotation = rotation[:p, :q]
    else:
        rotation, nuclear = partial_isometry(x.T @ y)
    out["procrustes"] = projected(rotation, seed)
    out["nuclearNorm"] = digits(nuclear)[0]
    correlations = numpy.minimum(svd(live_basis(x).T @ live_basis(y), compute_uv=False), 1)
    out["correlations"] = {"count": len(correlations), "ends": digits([*correlations[:4], *correlations[-4:]]), "sum": digits(correlations.sum())[0]}
    return out


def main() -> None:
    cases = [
        case("8 columns", 60, 8, 8),
        case("64 columns", 300, 64, 64),
        case("64 columns, fewer rows", 40, 64, 48),
        case("64 columns, two of them constant", 200, 64, 32, "constant"),
        case("64 columns, half of them repeated", 200, 64, 48, "repeated"),
        case("64 columns, rows twice", 100, 64, 16, "duplicated"),
        case("512 columns", 700, 512, 512),
        case("512 columns, fewer rows", 300, 512, 128),
        case("512 columns, nearly as many rows", 500, 512, 64),
        case("512 columns from 128", 700, 128, 512),
        case("512 columns to 256, half of them repeated", 700, 512, 256, "repeated"),
        case("1280 columns", 1500, 1280, 512),
        case("1280 columns, fewer rows", 400, 1280, 1024),
    ]
    versions = {module.__name__: module.__version__ for module in (numpy, scipy, sklearn)}
    text = json.dumps({"versions": versions, "seed": SEED, "cases": cases}, indent=1)
    Path(__file__).with_name("wide-maps.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
