"""Sets one sheet of paper, as a small process of its own: data in as JSON, a PDF out.

The typesetter works without letting other threads run, so it has its own process, with an empty
environment and a limit on memory and time. It reads its templates and fonts below one folder and
nothing else, and what people typed reaches it as data, never as its language. Imports nothing of the app.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Final, Literal

import typst

CPU_SECONDS = 10
MEMORY_BYTES = 1_500_000_000
STANDARD: Final = "ua-1"
NO_GLYPH = "could not be displayed with font"


def set_sheet(folder: Path, template: str, data: str) -> bytes:
    """The PDF of `template` filled with `data`; tagged, and the same bytes every time.

    PDF/UA forbids a letter that no font has (an emoji in a title, say): such a sheet is tagged all the same.
    """
    try:
        return _compile(folder, template, data, STANDARD)
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
        return _compile(folder, template, data, None)


def _compile(folder: Path, template: str, data: str, standard: Literal["ua-1"] | None) -> bytes:
    made: bytes = typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=standard,
        timestamp=0,
        package_path=str(folder),
        package_cache_path=str(folder),
    )
    return made


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    data = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(set_sheet(Path(sys.argv[1]), sys.argv[2], data))


if __name__ == "__main__":
    main()
