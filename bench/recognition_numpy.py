"""The peer of the recognition bench: CMC, ROC, AUC, EER and TMR at FMR from a job file, by NumPy and scikit-learn.

Scores are one float32 product; ranks are counted, not sorted; the ROC is scikit-learn's, and the AUC is read from it. A second time
is with roc_auc_score, which sorts everything once more.
"""

import json
import resource
import sys
import time

import numpy
from sklearn.metrics import auc, roc_auc_score, roc_curve


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    n, m, d = job["probes"], job["templates"], job["width"]
    probes = numpy.fromfile(job["probeFile"], dtype=numpy.float32).reshape(n, d)
    gallery = numpy.fromfile(job["galleryFile"], dtype=numpy.float32).reshape(m, d)
    probe_subjects = numpy.array(job["probeSubjects"], dtype=numpy.int32)
    gallery_subjects = numpy.array(job["gallerySubjects"], dtype=numpy.int32)

    start = time.perf_counter()
    processor = time.process_time()
    scores = unit(probes) @ unit(gallery).T
    mated = probe_subjects[:, None] == gallery_subjects[None, :]

    # Rank of a subject: one, and the other subjects whose best template scores as high as the best mate or higher.
    order = numpy.argsort(gallery_subjects, kind="stable")
    begins = numpy.flatnonzero(numpy.r_[True, numpy.diff(gallery_subjects[order]) != 0])
    best = numpy.maximum.reduceat(scores[:, order], begins, axis=1)
    column = numpy.searchsorted(gallery_subjects[order][begins], probe_subjects)
    mate = best[numpy.arange(n), column]
    ranks = (best >= mate[:, None]).sum(axis=1)
    cmc = numpy.bincount(ranks, minlength=best.shape[1] + 1)[1:].cumsum() / n
    del best

    fmr, tmr, _ = roc_curve(mated.ravel(), scores.ravel(), drop_intermediate=True)
    area = auc(fmr, tmr)
    at = [float(tmr[numpy.searchsorted(fmr, rate * (1 + 1e-12), side="right") - 1]) for rate in job["fmrs"]]
    past = int(numpy.argmax(fmr >= 1 - tmr))
    gap, next_gap = (1 - tmr - fmr)[past - 1], (fmr + tmr - 1)[past]
    eer = fmr[past - 1] + gap / (gap + next_gap) * (fmr[past] - fmr[past - 1])
    seconds = time.perf_counter() - start
    processor = time.process_time() - processor
    start = time.perf_counter()
    if abs(roc_auc_score(mated.ravel(), scores.ravel()) - area) > 1e-9:
        raise ValueError("roc_auc_score and the area under roc_curve disagree")
    with_score = seconds + time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = (probes.nbytes + gallery.nbytes) / 2**20
    found = {"rank1": float(cmc[0]), "rank10": float(cmc[9]), "auc": float(area), "eer": float(eer), "tmr": at}
    times = {"seconds": seconds, "secondsWithScore": with_score, "processorSeconds": processor}
    print(json.dumps({**times, "peakMiB": peak, "rowsMiB": rows, **found}))


main()
