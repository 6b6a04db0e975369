"""Linear CKA, debiased and biased, with n x n kernel matrices in float64.

Usage: cka.py SOURCE TARGET ROWS COLUMNS products|sums -> prints {"seconds", "biased", "debiased"}
"""

import json
import sys
import time

import numpy as np


def debiased(k, l, form):
    n = len(k)
    last = np.sum(k @ l) if form == "products" else k.sum(axis=0) @ l.sum(axis=0)
    return (np.sum(k * l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 * last / (n - 2)) / (n * (n - 3))


def main():
    source, target = (np.fromfile(path, np.float32).reshape(int(sys.argv[3]), int(sys.argv[4])) for path in sys.argv[1:3])
    form = sys.argv[5]
    start = time.perf_counter()
    x, y = source.astype(np.float64), target.astype(np.float64)
    k, l = x @ x.T, y @ y.T
    np.fill_diagonal(k, 0)
    np.fill_diagonal(l, 0)
    value = debiased(k, l, form) / np.sqrt(debiased(k, k, form) * debiased(l, l, form))
    seconds = time.perf_counter() - start
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    biased = np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    print(json.dumps({"seconds": seconds, "biased": float(biased), "debiased": float(value)}))


main()
