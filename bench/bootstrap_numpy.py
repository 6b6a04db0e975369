"""TMR at an FMR by subject bootstrap in vectorised NumPy: over all scores, and over the largest only; prints seconds and the interval.

Over all scores a twentieth of the replicates is timed, and the rest reckoned from it.
"""

import json
import pathlib
import sys
import time

import numpy

folder, fmr, replicates = pathlib.Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
load = lambda name, kind: numpy.fromfile(folder / name, kind)
mated, non_mated = load("mated", numpy.float32), load("nonMated", numpy.float32)
mated_subjects, probes, gallery = (load(name, numpy.int32) for name in ("matedSubjects", "probes", "gallery"))
count = int(max(probes.max(), gallery.max())) + 1


def bootstrap(share, replicates):
    random = numpy.random.default_rng(1)
    start = time.perf_counter()
    first, second = numpy.meshgrid(probes, gallery, indexing="ij")
    other = first != second
    first, second = first[other], second[other]
    kept = min(non_mated.size, int(share * non_mated.size))
    top = numpy.argpartition(-non_mated, kept - 1)[:kept] if kept < non_mated.size else numpy.arange(non_mated.size)
    top = top[numpy.argsort(-non_mated[top], kind="stable")]
    scores, first, second = non_mated[top], first[top], second[top]
    order = numpy.argsort(mated)
    mated_scores, subjects = mated[order], mated_subjects[order]
    probe_counts, gallery_counts = numpy.bincount(probes, minlength=count), numpy.bincount(gallery, minlength=count)

    def tmr(weights):
        total = (weights @ probe_counts) * (weights @ gallery_counts) - (weights**2) @ (probe_counts * gallery_counts)
        allowed = numpy.floor(fmr * total * (1 + 1e-12))
        passed = numpy.cumsum(weights[first] * weights[second])
        refused = scores[numpy.searchsorted(passed, allowed, side="right")]
        sums = numpy.cumsum(weights[subjects])
        below = numpy.searchsorted(mated_scores, refused, side="right")
        return (sums[-1] - (sums[below - 1] if below else 0)) / sums[-1]

    values = [tmr(numpy.bincount(random.integers(0, count, count), minlength=count)) for _ in range(replicates)]
    return tmr(numpy.ones(count, dtype=numpy.int64)), values, time.perf_counter() - start


few = max(2, replicates // 20)
_, _, all_seconds = bootstrap(1, few)
_, _, once = bootstrap(1, 1)
estimate, values, walk_seconds = bootstrap(3 * fmr, replicates)
low, high = numpy.quantile(values, [0.025, 0.975])
print(
    json.dumps(
        {
            "allSeconds": once + (all_seconds - once) / (few - 1) * (replicates - 1),
            "walkSeconds": walk_seconds,
            "estimate": estimate,
            "low": low,
            "high": high,
        }
    )
)
