"""Draws a picture of float32 rows by the reference implementation; prints the seconds that it took."""

import sys
import time

import numpy
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

method, source, count, destination = sys.argv[1:]
points = numpy.fromfile(source, numpy.float32).reshape(int(count), -1)
if method == "UMAP":
    import umap

    umap.UMAP(random_state=0).fit_transform(points[:200])  # compiles
start = time.perf_counter()
components = PCA(min(50, points.shape[1]), random_state=0).fit_transform(points)
if method == "t-SNE":
    picture = TSNE(random_state=0, n_jobs=-1).fit_transform(components)
else:
    picture = umap.UMAP(random_state=0).fit_transform(components)
print(time.perf_counter() - start)
picture.astype(numpy.float32).tofile(destination)
