"""The plain loop: read, detect, crop, embed, one image after the other, with onnxruntime and OpenCV.

Usage: embed_loop.py JOB.json   with {images, imageFolder, dataFolder, threads, detector, encoders} -> prints {"seconds", "images"}
"""

import json
import sys
import time

import cv2
import numpy as np
import onnxruntime as ort

JOB = json.load(open(sys.argv[1]))
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32)
CROPS = {"arcface-112": (112, TEMPLATE), "context-224": (224, (TEMPLATE - 56) * 1.6 + 112)}
cv2.setNumThreads(JOB["threads"])


def session(network):
    options = ort.SessionOptions()
    options.intra_op_num_threads = JOB["threads"]
    options.log_severity_level = 3
    return ort.InferenceSession(f"{JOB['dataFolder']}/encoders/{network['weights'][0]['path']}", options, providers=["CPUExecutionProvider"])


def blob(image, spec):
    if spec["channels"] == "GRAY":
        image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None]
    elif spec["channels"] == "RGB":
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    values = (image.astype(np.float32) - np.float32(spec["mean"])) * np.float32(spec["scale"])
    return np.ascontiguousarray(values.transpose(2, 0, 1))[None]


def detect(image, detector, run):
    size = detector["input"]["width"]
    scale = min(size / image.shape[1], size / image.shape[0])
    resized = cv2.resize(image, (round(image.shape[1] * scale), round(image.shape[0] * scale)))
    padded = np.zeros((size, size, 3), np.uint8)
    padded[: resized.shape[0], : resized.shape[1]] = resized
    outputs = detector["outputs"]
    values = run.run(outputs["scores"] + outputs["landmarks"], {detector["input"]["name"]: blob(padded, detector["input"])})
    best, points = -1.0, None
    for level, stride in enumerate((8, 16, 32)):
        scores = values[level].ravel()
        i = int(scores.argmax())
        if scores[i] > best:
            columns = size // stride
            best = scores[i]
            points = values[level + 3].reshape(-1, 5, 2)[i] * stride + np.array([(i // 2) % columns, (i // 2) // columns]) * stride
    return (points / scale).astype(np.float32)


def main():
    detector, encoders = JOB["detector"], JOB["encoders"]
    finder = session(detector)
    networks = [(e, session(e)) for e in encoders]
    rows = {e["id"]: [] for e in encoders}
    start = time.perf_counter()
    for name in JOB["images"]:
        image = cv2.imread(f"{JOB['imageFolder']}/{name}")
        landmarks = detect(image, detector, finder)
        crops = {}
        for encoder, network in networks:
            if encoder["crop"] not in crops:
                size, template = CROPS[encoder["crop"]]
                crops[encoder["crop"]] = cv2.warpAffine(image, cv2.estimateAffinePartial2D(landmarks, template, method=cv2.LMEDS)[0], (size, size))
            spec = encoder["input"]
            crop = cv2.resize(crops[encoder["crop"]], (spec["width"], spec["height"]))
            rows[encoder["id"]].append(network.run([encoder["output"]["name"]], {spec["name"]: blob(crop, spec)})[0].ravel())
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "images": len(JOB["images"]), "finite": bool(all(np.isfinite(r).all() for v in rows.values() for r in v))}))


main()
