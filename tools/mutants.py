"""`make mutants`: seed each known defect in a copy of the tree and see its test fail.

    python -m tools.mutants [words of a defect …]

Promises to leave the tree alone, and to end with a failure when a defect goes unseen, when a test does
not pass before its defect is there, or when a defect's words are no longer in the code. It shows that
the tests can fail; it does not look for defects that nobody has thought of. What a browser test must see is
bundled as it would be shipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.defects import DEFECTS, Defect
from tools.defects_of_phone import FAULTS
from tools.defects_of_trials import TRIALS

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("app", "migrations", "tests", "tools", "pyproject.toml", "package.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".pytest_cache")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--no-header")
BROWSER = "tests/e2e/"
SECONDS = 300


def main(words: list[str]) -> int:
    """Run all defects, or those whose promise, name, file and test hold all `words`; the exit status."""
    told = {
        f"{each.promise} {each.name} {each.file} {each.test}": each for each in [*DEFECTS, *FAULTS, *TRIALS]
    }
    chosen = [each for text, each in told.items() if all(word in text for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        tree = copied(Path(directory) / "tree")
        missed = [name for name in sorted({each.test for each in chosen}) if failed(tree, name)]
        for name in missed:
            print(f"NOT GREEN  {name}: it fails without any defect")
        missed += [defect.name for defect in chosen if not seen(tree, defect)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} defects seen")
    return 1 if missed or not chosen else 0


def copied(tree: Path) -> Path:
    """The tree as it lies here, with the installed JavaScript packages linked."""
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=LEFT_OUT)
        else:
            shutil.copyfile(source, tree / name)
    (tree / "node_modules").symlink_to(ROOT / "node_modules")
    return tree


def seen(tree: Path, defect: Defect) -> bool:
    """Whether the defect's test fails with it; says so."""
    started = time.monotonic()
    with seeded(tree, defect) as is_there:
        word = "STALE " if not is_there else "caught" if failed(tree, defect.test) else "MISSED"
    took = time.monotonic() - started
    print(f"{word}  {defect.promise:<3} {defect.name}  ({defect.file}, {took:.0f} s)", flush=True)
    return word == "caught"


@contextmanager
def seeded(tree: Path, defect: Defect) -> Iterator[bool]:
    """The defect in its file, for as long as the block runs; False when its words are not there once."""
    path = tree / defect.file
    whole = text = path.read_text(encoding="utf-8")
    is_there = all(text.count(old) >= 1 for old, _new in defect.edits)
    for old, new in defect.edits:
        text = text.replace(old, new, 1)
    try:
        path.write_text(text, encoding="utf-8")
        if defect.test.startswith(BROWSER):
            run(tree, sys.executable, "-m", "tools.bundle").check_returncode()
        yield is_there and text != whole
    finally:
        path.write_text(whole, encoding="utf-8")


def failed(tree: Path, test: str) -> bool:
    """Whether exactly the named test ran and failed; what breaks before it is no such failure."""
    if ".test.js: " in test:
        return failed_in_node(tree, *test.split(": ", 1))
    done = run(tree, *PYTEST, test)
    return done.returncode == 1 and re.search(rf"^FAILED {re.escape(test)}", done.stdout, re.M) is not None


def failed_in_node(tree: Path, file: str, name: str) -> bool:
    pattern = "^" + re.escape(name) + "$"
    done = run(tree, "node", "--test", "--test-reporter=tap", f"--test-name-pattern={pattern}", file)
    quoted = re.escape(name.replace("\\", "\\\\").replace("#", "\\#"))
    result = re.search(rf"^\s*(not )?ok \d+ - {quoted}\s*$", done.stdout, re.M)
    if result is None:
        raise SystemExit(f"there is no test {name!r} in {file}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return result[1] is not None


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(ROOT / ".venv/bin"), os.environ.get("PATH", "")))
    environment = os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    return subprocess.run(
        command,
        check=False,
        cwd=tree,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
