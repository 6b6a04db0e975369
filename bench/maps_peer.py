"""The same maps in Python: maps_peer.py JOB.json -> weights in files, one line of JSON.

"script" is what a competent script does, pair by pair: scikit-learn's LinearRegression and RidgeCV (its efficient leave-one-out), SciPy's
orthogonal_procrustes, scikit-learn's ROC. "spectral" is NumPy by hand: Grams, one eigendecomposition a source, one SVD for both directions of a
pair, leverages once a source, leave-one-out residuals of each penalty from the spectral form, in place. "shared" is the same with our own way to
the residuals' sums of squares, whose part that does not see the target is summed once a source.
"""

import json
import resource
import sys
import time

import numpy as np
import scipy.linalg
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.metrics import roc_auc_score, roc_curve

JOB = json.load(open(sys.argv[1]))
RATIOS = np.array(JOB.get("ratios", []))
RESULTS = []
SECONDS = []


def read(network):
    return np.fromfile(network["file"], np.float32).reshape(-1, network["width"])


def timed(work):
    """Writing is not timed: `work` gives what is to be kept, and this keeps it."""
    start = time.perf_counter()
    kept = work()
    SECONDS.append(time.perf_counter() - start)
    for name, weights, rest in kept:
        np.ascontiguousarray(weights, np.float64).tofile(f"{JOB['out']}/{name}.f64")
        RESULTS.append({"name": name, **rest})


# The competent script


def script_maps(source, target):
    x, y = source.astype(np.float64), target.astype(np.float64)
    centred = x - x.mean(0)
    alphas = RATIOS * (centred**2).sum() / x.shape[1]
    least = LinearRegression().fit(x, y)
    ridge = RidgeCV(alphas=alphas).fit(x, y)
    rotation, _ = scipy.linalg.orthogonal_procrustes(centred, y - y.mean(0))
    return [("least-squares", least.coef_.T, None), ("ridge-leave-one-out", ridge.coef_.T, float(ridge.alpha_)), ("procrustes", rotation, None)]


def script_test(mapped, gallery, same, _):
    mapped = mapped / np.linalg.norm(mapped, axis=1, keepdims=True)
    gallery = gallery / np.linalg.norm(gallery, axis=1, keepdims=True)
    scores = mapped @ gallery.T
    mates = np.where(same, scores, -np.inf).max(1)
    ranks = 1 + ((scores >= mates[:, None]) & ~same).sum(1)
    curve = np.array([(ranks <= k).mean() for k in range(1, gallery.shape[0] + 1)])
    fmr, _, _ = roc_curve(same.ravel(), scores.ravel())
    return {"rank1": float(curve[0]), "auc": float(roc_auc_score(same.ravel(), scores.ravel())), "vertices": len(fmr)}


# NumPy by hand


class Source:
    """What a cloud of rows, once centred, has to give to all its targets and penalties."""

    def __init__(self, rows):
        self.mean = rows.mean(0, dtype=np.float64)
        self.rows = rows - self.mean  # float64
        self.energy = float(np.einsum("ij,ij->", self.rows, self.rows))
        n, p = self.rows.shape
        if n < p:
            values, left = np.linalg.eigh(self.rows @ self.rows.T)
            keep = values > 1e-12 * values[-1]
            self.values, self.left = values[keep], left[:, keep]
            self.vectors = self.rows.T @ self.left / np.sqrt(self.values)
        else:
            self.values, self.vectors = np.linalg.eigh(self.rows.T @ self.rows)
            self.left = None
        self.held_out = None

    def leave_one_out(self):
        """(alphas, shares f = a / (L + a), weights (1 - h)^-2, left directions U, U' diag(weights) U), computed once."""
        if self.held_out is None:
            n, p = self.rows.shape
            alphas = RATIOS * self.energy / p
            shares = alphas / (self.values[:, None] + alphas)
            if self.left is None:
                self.left = self.rows @ (self.vectors / np.sqrt(self.values))
            squares = self.left**2
            full = self.left.shape[1] == n - 1
            unreached = 0 if full else np.maximum(0, 1 - 1 / n - squares.sum(1))[:, None]
            weights = (unreached + squares @ shares) ** -2
            spreads = []
            scaled = np.empty_like(self.left)
            for weight in weights.T if JOB["peer"] == "shared" else []:
                np.multiply(self.left, np.sqrt(weight)[:, None], out=scaled)
                spreads.append(scaled.T @ scaled)  # syrk
            self.held_out = alphas, shares, weights, spreads, full
        return self.held_out


def spectral_errors(source, target, along):
    _, shares, weights, _, _ = source.leave_one_out()
    rest = target.rows - source.left @ along
    shrunk, residuals = np.empty_like(source.left), np.empty_like(rest)
    errors = []
    for share, weight in zip(shares.T, weights.T):
        np.multiply(source.left, share, out=shrunk)
        np.matmul(shrunk, along, out=residuals)
        residuals += rest
        errors.append(weight @ np.einsum("ij,ij->i", residuals, residuals))
    return np.array(errors)


def shared_errors(source, target, along):
    _, shares, weights, spreads, full = source.leave_one_out()
    kernel = along @ along.T
    errors = np.array([f @ (kernel * spread) @ f for f, spread in zip(shares.T, spreads)])
    if not full:
        rest = source.left @ along
        np.subtract(target.rows, rest, out=rest)
        crossed = rest @ along.T
        crossed *= source.left
        energy = np.einsum("ij,ij->i", rest, rest)
        errors += np.einsum("il,il->l", weights, energy[:, None] + 2 * (crossed @ shares))
    return errors


def shared_ridge(source, target, projected):
    errors_of = spectral_errors if JOB["peer"] == "spectral" else shared_errors
    errors = errors_of(source, target, projected / np.sqrt(source.values)[:, None])
    alpha = source.leave_one_out()[0][errors.argmin()]
    return source.vectors @ (projected / (source.values + alpha)[:, None]), float(alpha)


def shared_maps(source, target, cross, rotation):
    projected = source.vectors.T @ cross
    least = source.vectors @ (projected / source.values[:, None])
    ridge, alpha = shared_ridge(source, target, projected)
    return [("least-squares", least, None), ("ridge-leave-one-out", ridge, alpha), ("procrustes", rotation, None)]


def polar(cross):
    left, _, right = np.linalg.svd(cross, full_matrices=False)
    return left @ right


def shared_test(mapped, gallery, same, mates):
    mapped, gallery = mapped.astype(np.float32), gallery.astype(np.float32)
    mapped /= np.sqrt(np.einsum("ij,ij->i", mapped, mapped))[:, None]
    gallery = gallery / np.sqrt(np.einsum("ij,ij->i", gallery, gallery))[:, None]
    scores = mapped @ gallery.T
    mated = scores[np.arange(len(mates)), mates]
    curve = np.cumsum(np.bincount((scores >= mated[:, None]).sum(1) - 1, minlength=gallery.shape[0])) / len(mates)
    genuine, impostors = np.sort(mated), np.sort(scores[~same])
    below = np.searchsorted(impostors, genuine, "left")
    upto = np.searchsorted(impostors, genuine, "right")
    auc = (below.sum() + upto.sum()) / 2 / len(genuine) / len(impostors)
    fmr = 1 - below / len(impostors)
    return {"rank1": float(curve[0]), "auc": float(auc), "vertices": len(np.unique(fmr))}


# The parts


def pairs():
    clouds = [read(network) for network in JOB["networks"]]
    count, images = JOB["train"], JOB["imagesPerPerson"]
    rows = np.arange(count, len(clouds[0]))
    is_gallery = rows % images == 0
    gallery_rows, probe_rows = rows[is_gallery], rows[~is_gallery]
    same = (probe_rows // images)[:, None] == (gallery_rows // images)[None, :]
    mates = same.argmax(1)
    train = [cloud[:count] for cloud in clouds]
    chosen = [tuple(pair) for pair in JOB["pairs"]]
    by_script = JOB["peer"] == "script"
    sources = []

    def prepare():
        sources.extend(Source(rows) for rows in train)
        return []

    if not by_script:
        timed(prepare)
    crosses, rotations = {}, {}
    for source, target in chosen:

        def work(source=source, target=target):
            if by_script:
                maps, test = script_maps(train[source], train[target]), script_test
                means = [train[k].mean(0, dtype=np.float64) for k in (source, target)]
            else:
                if (source, target) not in crosses:
                    cross = sources[source].rows.T @ sources[target].rows
                    factor = polar(cross)
                    crosses[target, source], rotations[target, source] = cross.T, factor.T
                else:
                    cross, factor = crosses.pop((source, target)), rotations.pop((source, target))
                maps, test = shared_maps(sources[source], sources[target], cross, factor), shared_test
                means = [sources[k].mean for k in (source, target)]
            probes, gallery = clouds[source][probe_rows] - means[0], clouds[target][gallery_rows] - means[1]
            return [
                (f"{source}-{target}-{name}", weights, {"lambda": alpha, **test(probes @ weights, gallery, same, mates)})
                for name, weights, alpha in maps
            ]

        timed(work)


def sweep():
    source, target = (read(network) for network in JOB["networks"])
    for seed, order in enumerate(JOB["orders"]):
        for count in JOB["counts"]:

            def work(seed=seed, order=order, count=count):
                x, y = source[order[:count]], target[order[:count]]
                if JOB["peer"] == "script":
                    maps = script_maps(x, y)
                else:
                    a, b = Source(x), Source(y)
                    cross = a.rows.T @ b.rows
                    if count < cross.shape[0]:
                        inner = a.vectors.T @ cross @ b.vectors
                        rotation = a.vectors @ polar(inner) @ b.vectors.T
                    else:
                        rotation = polar(cross)
                    maps = shared_maps(a, b, cross, rotation)
                return [(f"sweep-{seed}-{count}-{name}", weights, {"lambda": alpha}) for name, weights, alpha in maps]

            timed(work)


{"pairs": pairs, "sweep": sweep}[JOB["part"]]()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": SECONDS, "results": RESULTS, "peakMiB": peak}))
