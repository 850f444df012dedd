"""A disk that is full, and has room again: a file system in memory whose size is changed under the app.

Mounting needs root. Where that is not allowed, `mounted` says so with None, and a test falls back on
limits of its own process or its database.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOMY = "512m"


@dataclass(frozen=True)
class Disk:
    """One mounted file system."""

    path: Path

    def fill(self) -> None:
        """Not one page more than is used now."""
        use = os.statvfs(self.path)
        self._resize(str((use.f_blocks - use.f_bfree) * use.f_frsize))

    def make_room(self) -> None:
        self._resize(ROOMY)

    def _resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True, capture_output=True)


@contextmanager
def mounted(path: Path) -> Iterator[Disk | None]:
    """A roomy disk at `path`, which is gone afterwards; None where mounting is not allowed."""
    path.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOMY},mode=0777", "tmpfs", path]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        yield None
        return
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
