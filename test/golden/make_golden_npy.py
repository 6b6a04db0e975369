"""Write npy.json: the bytes of small arrays as numpy.save writes them, in base64, and their values in row order."""

import base64
import io
import json
from pathlib import Path

import numpy

VALUES = [[0.0, -1.5, 2.25], [1e300, 5e-324, 1 / 3]]


def saved(name: str, array: numpy.ndarray, version: tuple[int, int] = (1, 0)) -> dict:
    buffer = io.BytesIO()
    numpy.lib.format.write_array(buffer, array, version=version)
    return {
        "name": name,
        "shape": list(array.shape),
        "values": array.astype(float).ravel().tolist(),
        "plain": bool(array.dtype == float and array.flags.c_contiguous and version == (1, 0)),
        "file": base64.b64encode(buffer.getvalue()).decode(),
    }


def main() -> None:
    matrix = numpy.array(VALUES)
    small = numpy.array([[0.5, -1.5], [2.25, 3.0], [4.0, 0.0]])
    files = [
        saved("a matrix", matrix),
        saved("a vector", matrix[0]),
        saved("one number", matrix[:1, 1:2].copy()),
        saved("a long vector", numpy.arange(100) / 8),
        saved("a transposed matrix", small.T),
        saved("a column-major matrix", numpy.asfortranarray(matrix)),
        saved("float32", small.astype(numpy.float32)),
        saved("version 2", matrix, (2, 0)),
        saved("version 3", matrix, (3, 0)),
    ]
    versions = {numpy.__name__: numpy.__version__}
    text = json.dumps({"versions": versions, "files": files}, indent=1)
    Path(__file__).with_name("npy.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
