"""TwoNN by scikit-dimension, or by its regression on the distances of scikit-learn's NearestNeighbors.

Usage: two_nn.py FILE ROWS COLUMNS skdim|neighbours -> prints {"seconds", "dimension"}
"""

import json
import sys
import time

import numpy as np
from skdim.id import TwoNN
from sklearn.neighbors import NearestNeighbors


def main():
    rows = np.fromfile(sys.argv[1], np.float32).reshape(int(sys.argv[2]), int(sys.argv[3]))
    start = time.perf_counter()
    if sys.argv[4] == "skdim":
        fitted = TwoNN().fit(rows)
    else:
        distances = NearestNeighbors(n_neighbors=3, n_jobs=-1).fit(rows).kneighbors(rows)[0][:, 1:]
        fitted = TwoNN(dist=True).fit(distances)
    print(json.dumps({"seconds": time.perf_counter() - start, "dimension": float(fitted.dimension_)}))


main()
