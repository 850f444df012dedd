"""Looks for faces in one of our own encodings, as a small process of its own.

Owns the model's numbers: how a picture is laid before it, and how its answer becomes boxes. Given to
by `app.adapters.faces` through a pipe; imports nothing of the app, writes no file, and goes home when
nothing has been asked for a while, so that the model's memory is held only while there is work.
"""

from __future__ import annotations

import io
import os
import resource
import select
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnxruntime
from PIL import Image

MODEL = Path(__file__).resolve().parents[1] / "data/faces/centerface.onnx"
SIDE = 1120
"""The long edge of what the model sees: time and memory grow with its square, and what is found
below it would be a face of some twenty pixels, which nobody recognises."""
STRIDE = 4
CELL = 32
THRESHOLD = 0.35
OVERLAP = 0.3
MOST = 50
NICENESS = 5
IDLE_SECONDS = 5
CPU_SECONDS = 30

REQUEST = struct.Struct("<I")
ANSWER = struct.Struct("<I")
BOX = struct.Struct("<ffff")

Floats = np.ndarray[Any, np.dtype[np.float32]]


def session() -> onnxruntime.InferenceSession:
    """The model, on one core: the web server has the others."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


def laid_out(picture: Image.Image) -> tuple[Floats, float]:
    """The picture as the model wants it, on a canvas of whole cells, and how much it was shrunk."""
    scale = min(1.0, SIDE / max(picture.size))
    width, height = (max(1, round(edge * scale)) for edge in picture.size)
    small = picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    canvas = np.zeros((-(-height // CELL) * CELL, -(-width // CELL) * CELL, 3), dtype=np.float32)
    canvas[:height, :width] = np.asarray(small)
    return canvas.transpose(2, 0, 1)[None], scale


def decoded(heat: Floats, size: Floats, offset: Floats, threshold: float = THRESHOLD) -> Floats:
    """Rows of x, y, width, height and score, surest first: one for each cell where a face's middle may be."""
    rows, columns = np.nonzero(heat > threshold)
    tall, wide = (np.exp(size[axis, rows, columns]) * STRIDE for axis in (0, 1))
    middle_y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    scores = heat[rows, columns]
    boxes = np.stack((middle_x - wide / 2, middle_y - tall / 2, wide, tall, scores), axis=1)
    return boxes[np.argsort(-scores, kind="stable")]


def apart(boxes: Floats, overlap: float = OVERLAP) -> Floats:
    """The surest of those that lie over each other, judged by shared area over joint area."""
    kept: list[Floats] = []
    while len(boxes) and len(kept) < MOST:
        best, boxes = boxes[0], boxes[1:]
        kept.append(best)
        left, top = np.maximum(boxes[:, 0], best[0]), np.maximum(boxes[:, 1], best[1])
        right = np.minimum(boxes[:, 0] + boxes[:, 2], best[0] + best[2])
        bottom = np.minimum(boxes[:, 1] + boxes[:, 3], best[1] + best[3])
        shared = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
        joint = boxes[:, 2] * boxes[:, 3] + best[2] * best[3] - shared
        boxes = boxes[shared <= overlap * joint]
    return np.array(kept, dtype=np.float32).reshape(-1, 5)


def find(model: onnxruntime.InferenceSession, data: bytes) -> Floats:
    """Faces in a JPEG: rows of x, y, width, height in its own pixels, and score."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        pixels, scale = laid_out(picture)
    heat, size, offset, _landmarks = model.run(None, {"input.1": pixels})
    boxes = apart(decoded(heat[0, 0], size[0], offset[0]))
    boxes[:, :4] /= scale
    return boxes


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until the other end closes or has been silent for a while."""
    model = session()
    sink.write(b"+")  # ready, as app.adapters.children waits to hear
    sink.flush()
    while select.select([source], [], [], IDLE_SECONDS)[0]:
        head = source.read(REQUEST.size)
        if len(head) < REQUEST.size:
            return
        (length,) = REQUEST.unpack(head)
        data = source.read(length)
        if len(data) < length:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit_cpu(int(used.ru_utime + used.ru_stime) + CPU_SECONDS)
        boxes = find(model, data)
        sink.write(ANSWER.pack(len(boxes)) + b"".join(BOX.pack(*box[:4]) for box in boxes))
        sink.flush()


def _limit_cpu(seconds: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def confine() -> None:
    """Be first to go when memory ends and last to run when others want to; write nothing."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


if __name__ == "__main__":
    confine()
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)
