"""The files of the repository, as git knows them: committed ones and new ones, not ignored ones."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = "app/static/vendor/"
BUNDLE = ("app/static/js/dist/", "app/static/css/dist/")


@cache
def _all() -> tuple[str, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def files(*tops: str, kinds: tuple[str, ...] = (), vendor: bool = False) -> list[str]:
    """Paths below `tops` (all without one) that end in one of `kinds`; vendored ones only when asked, the
    bundle never."""
    return [
        name
        for name in _all()
        if (not tops or name.split("/")[0] in tops)
        and (not kinds or name.endswith(kinds))
        and not name.startswith(BUNDLE)
        and (vendor or not name.startswith(VENDOR))
    ]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
