"""Golden values of detection, crop, preprocessing and every encoder, by onnxruntime, NumPy, SciPy and Pillow.

Usage: make_golden_encoders.py DATA_FOLDER   (the folder that holds encoders/ and faces/)
Needs: pip install numpy scipy pillow onnxruntime
Writes encoders.json beside this file: the image's sha256, its landmarks and crops' checksums of pixels, one vector an encoder.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import PIL
import scipy
from PIL import Image
from scipy.ndimage import map_coordinates

HERE = Path(__file__).parent
DATA = Path(sys.argv[1])
MANIFESTS = HERE.parent.parent / "data-manifests" / "encoders"
IMAGE = "lfw/images/Arlen_Specter/Arlen_Specter_0001.jpg"
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
TEMPLATES = {"arcface-112": (112, TEMPLATE), "context-224": (224, (TEMPLATE - 56) * 1.6 + 112)}


def has_weights(manifest):
    return all((DATA / "encoders" / weight["path"]).exists() for weight in manifest["weights"]) and manifest["weights"]


def session(manifest):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(DATA / "encoders" / manifest["weights"][0]["path"]), options, providers=["CPUExecutionProvider"])


def sample(image, x, y, mode):
    """Bilinear, rounded half up to 8 bits."""
    planes = [map_coordinates(image[..., c].astype(np.float64), [y, x], order=1, mode=mode, cval=0) for c in range(3)]
    return np.floor(np.stack(planes, -1) + 0.5).astype(np.uint8)


def resize(image, width, height):
    if image.shape[:2] == (height, width):
        return image
    x = (np.arange(width) + 0.5) * image.shape[1] / width - 0.5
    y = (np.arange(height) + 0.5) * image.shape[0] / height - 0.5
    return sample(image, *np.meshgrid(x, y), "nearest")


def similarity(source, target):
    """Least squares over a, b, tx, ty of [a -b; b a] p + t."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target):
        rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        values += [u, v]
    return np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0]


def warp(image, parameters, width, height):
    a, b, tx, ty = parameters
    u, v = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    x, y = np.einsum("ij,j...->i...", np.linalg.inv([[a, -b], [b, a]]), np.stack([u - tx, v - ty]))
    return sample(image, x, y, "grid-constant")


def tensor(crop, spec):
    crop = resize(crop, spec["width"], spec["height"]).astype(np.float64)
    if spec["channels"] == "GRAY":
        crop = np.floor(crop @ [0.299, 0.587, 0.114] + 0.5)[..., None]
    elif spec["channels"] == "BGR":
        crop = crop[..., ::-1]
    values = ((crop - np.array(spec["mean"])) * np.array(spec["scale"])).astype(np.float32)
    return (values.transpose(2, 0, 1) if spec["layout"] == "NCHW" else values)[None]


def detect(image, manifest):
    """The highest score's landmarks (one face is in the picture)."""
    size = manifest["input"]["width"]
    scale = min(size / image.shape[1], size / image.shape[0])
    shift = scale / 2 - 0.5
    outputs = manifest["outputs"]
    names = outputs["scores"] + outputs["landmarks"]
    values = session(manifest).run(names, {manifest["input"]["name"]: tensor(warp(image, (scale, 0, shift, shift), size, size), manifest["input"])})
    best = (-1.0, None)
    for level, stride in enumerate((8, 16, 32)):
        scores = values[level].ravel()
        i = int(scores.argmax())
        if scores[i] > best[0]:
            columns = size // stride
            centre = np.array([(i // 2) % columns, (i // 2) // columns]) * stride
            points = values[level + 3].reshape(-1, 5, 2)[i] * stride + centre
            best = (float(scores[i]), (points - shift) / scale)
    return best


def main():
    path = DATA / "faces" / IMAGE
    image = np.array(Image.open(path).convert("RGB"))
    manifests = [json.loads(f.read_text()) for f in sorted(MANIFESTS.glob("*.json"))]
    score, landmarks = detect(image, next(m for m in manifests if m.get("architecture") == "scrfd"))
    landmarks = landmarks.round(4)
    crops = {name: warp(image, similarity(landmarks, template), size, size) for name, (size, template) in TEMPLATES.items()}
    golden = {
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "pillow": PIL.__version__, "onnxruntime": ort.__version__},
        "image": IMAGE,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "score": round(score, 6),
        "landmarks": [float(v) for v in landmarks.ravel()],
        "similarity": {name: [float(v) for v in similarity(landmarks, t)] for name, (_, t) in TEMPLATES.items()},
        "cropMeans": {name: [round(float(v), 4) for v in crop.reshape(-1, 3).mean(0)] for name, crop in crops.items()},
        "tensors": {},
        "embeddings": {},
    }
    for manifest in manifests:
        if manifest["kind"] == "detector" or manifest["format"] != "onnx" or not has_weights(manifest):
            continue
        values = tensor(crops[manifest["crop"]], manifest["input"])
        (vector,) = session(manifest).run([manifest["output"]["name"]], {manifest["input"]["name"]: values})
        vector = vector.ravel() / np.linalg.norm(vector)
        golden["tensors"][manifest["id"]] = {"mean": float(values.mean(dtype=np.float64)), "sd": float(values.std(dtype=np.float64))}
        golden["embeddings"][manifest["id"]] = [float(f"{v:.6g}") for v in vector]
    (HERE / "encoders.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
