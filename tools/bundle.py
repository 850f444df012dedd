"""Writes the phone's bundle: its scripts and style sheets, minified, each with what it needs.

Owns app/static/js/dist and app/static/css/dist, which are committed so that running the app needs no Node.
Promises: the same sources give the same bytes, with the esbuild version of package-lock.json. Touches no
source and no vendored file. Of Leaflet and protomaps-leaflet the phone gets what it uses, from the packages
that package-lock.json names (tools/phone-*.js say what); the desk has them as published, from vendor/.
`python tools/bundle.py` writes; with `check` it only says whether what is committed is stale.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app.build import SCRIPTS, SHEETS, STATIC

ROOT = STATIC.parent.parent
ESBUILD, TERSER = "esbuild/bin/esbuild", "terser/bin/terser"
MODULES = {"phone": SCRIPTS["phone"], "capture-worker": "js/phone/capture-worker.js"}
CLASSIC = {name: SCRIPTS[name] for name in ("early", "ahead", "sw")}
TOOLS = ROOT / "tools"
LIBRARIES = {"leaflet": TOOLS / "phone-leaflet.js", "protomaps-leaflet": TOOLS / "phone-protomaps.js"}
UNUSED = ("@protomaps/basemaps", "color2k")
DIST = ("js/dist", "css/dist")


def build(target: Path) -> None:
    """Write both dist folders below `target`."""
    scripts, styles = target / "js/dist", target / "css/dist"
    entries = [f"{name}={STATIC / source}" for name, source in MODULES.items()]
    _esbuild(
        *entries, "--bundle", "--format=esm", "--splitting", "--chunk-names=shared", f"--outdir={scripts}"
    )
    parts = (f"{name}={source}" for name, source in LIBRARIES.items())
    nothing = (f"--alias:{package}={TOOLS / 'phone-nothing.js'}" for package in UNUSED)
    _esbuild(*parts, *nothing, "--bundle", "--format=iife", f"--outdir={scripts}")
    for script in sorted(scripts.iterdir()):
        _node(TERSER, str(script), "--module", "--ecma", "2022", "-c", "passes=2", "-m", "-o", str(script))
    _esbuild(*(f"{name}={STATIC / source}" for name, source in CLASSIC.items()), f"--outdir={scripts}")
    for name, sources in SHEETS.items():
        imports = "".join(f'@import "./{source}.css";\n' for source in sources)
        out = f"--outfile={styles / f'{name}.css'}"
        _esbuild("--bundle", "--loader=css", "--external:*.png", out, given=imports)


def _esbuild(*words: str, given: str | None = None) -> None:
    options = ("--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning")
    _node(ESBUILD, *words, *options, given=given)


def _node(tool: str, *words: str, given: str | None = None) -> None:
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    program = ROOT / "node_modules" / tool
    if node is None or not program.exists():
        raise SystemExit(f"bundle: Node or {tool} is missing; `make bundle` brings them")
    subprocess.run([node, program, *words], cwd=STATIC, input=given, text=True, check=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Path below static/ → bytes, of everything in the dist folders."""
    found = [path for part in DIST for path in sorted((folder / part).rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def stale() -> list[str]:
    """The files of the committed bundle that are not what the sources give."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        wanted, present = contents(Path(folder)), contents(STATIC)
    return sorted(name for name in wanted | present if wanted.get(name) != present.get(name))


def write() -> None:
    """Replace file by file, so that a running server always finds each of them."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        wanted = contents(Path(folder))
    for name in contents(STATIC).keys() - wanted.keys():
        (STATIC / name).unlink()
    for name, data in wanted.items():
        (STATIC / name).parent.mkdir(exist_ok=True)
        (STATIC / name).write_bytes(data)


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        if old := stale():
            raise SystemExit(f"stale, run `make bundle`: {', '.join(old)}")
    else:
        write()
