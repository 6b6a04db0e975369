"""Starts kernels in turns and times, as a front-end sees it, their first result and trivial cells.

Reads {"rounds", "cells", "kernels": [{"name", "argv", "prepare"}]} from the file named first; prints one line of JSON.
"""

import json
import sys
import tempfile
import time

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec


def run(client, code):
    """Seconds from a cell's request to its idle state."""
    start = time.perf_counter()
    sent = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != sent:
            continue
        if message["header"]["msg_type"] == "error":
            raise RuntimeError(message["content"]["evalue"])
        if message["content"].get("execution_state") == "idle":
            return time.perf_counter() - start


def measure(kernel, cells):
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(argv=kernel["argv"], display_name=kernel["name"], language="typescript")
    start = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    run(client, "1 + 1")
    first = time.perf_counter() - start
    for code in kernel["prepare"]:
        run(client, code)
    times = [run(client, f"{i} + 1") for i in range(cells)]
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return {"name": kernel["name"], "first": first, "cells": times[10:]}


with open(sys.argv[1], encoding="utf8") as file:
    job = json.load(file)
print(json.dumps([measure(kernel, job["cells"]) for _ in range(job["rounds"]) for kernel in job["kernels"]]))
