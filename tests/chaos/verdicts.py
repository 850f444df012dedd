"""What all runs came to: one line a seed in a file outside git, summed by the commit they were made on.

Owns that file and the paragraph of docs/RELIABILITY.md that tells the sum. Promises that a run can be
broken off anywhere and goes on where it was, and that seeds of different code are never added up.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.contract.tree import ROOT

FOLDER = ROOT / ".chaos"
FILE = FOLDER / "verdicts.jsonl"
DOCUMENT = ROOT / "docs/RELIABILITY.md"
JUDGED = ("app", "migrations", "tests/chaos")
"""What a verdict is about: a commit that changes nothing of it changes no verdict."""
MARKS = ("<!-- chaos: begin -->", "<!-- chaos: end -->")


@dataclass(frozen=True)
class Verdict:
    """One seed's outcome."""

    seed: str
    commit: str
    database: str
    store: str
    browsers: int
    seconds: float
    stored: dict[str, int]
    findings: list[str] = field(default_factory=list)


def commit() -> str:
    """The commit of what is judged, with + for changes that are in none."""
    newest = _git("log", "-1", "--format=%h", "--", *JUDGED)
    return newest + ("+" if _git("status", "--porcelain", "--", *JUDGED) else "")


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def add(verdict: Verdict, file: Path = FILE) -> None:
    """One more line, on the disk before the next seed begins."""
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def read(file: Path = FILE) -> list[Verdict]:
    if not file.exists():
        return []
    return [Verdict(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def done(verdicts: Iterable[Verdict], at: str, database: str, store: str) -> set[str]:
    """Seeds that were clean on this very code and need not be run again."""
    same = (one for one in verdicts if (one.commit, one.database, one.store) == (at, database, store))
    return {one.seed for one in same if not one.findings}


def total(verdicts: list[Verdict]) -> str:
    """The last line of a run."""
    dirty = [one for one in verdicts if one.findings]
    kinds = Counter(words.partition(":")[0] for one in dirty for words in one.findings)
    told = (
        ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        or "nothing lost, nothing doubled"
    )
    return f"{len(verdicts) - len(dirty)} of {len(verdicts)} seeds clean: {told}"


def paragraph(verdicts: list[Verdict], at: str) -> str:
    """The sum over the seeds run at one commit, for the document; of a seed run twice, the last verdict."""
    newest = {(one.database, one.store, one.seed): one for one in verdicts if one.commit == at}
    rows = [
        "| database | photos | seeds | with a real phone | pins and photos stored | findings |",
        "|---|---|---|---|---|---|",
    ]
    for database, store in sorted({key[:2] for key in newest}):
        own = [one for key, one in newest.items() if key[:2] == (database, store)]
        stored = (
            sum(one.stored.get("pins", 0) for one in own),
            sum(one.stored.get("photos", 0) for one in own),
        )
        real = sum(one.browsers > 0 for one in own)
        findings = sum(len(one.findings) for one in own)
        cells = (database, store, len(own), real, f"{stored[0]} + {stored[1]}", findings)
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    head = f"At commit `{at}`, {total(list(newest.values()))}."
    return "\n".join([head, "", *rows])


def write_report(document: Path = DOCUMENT, file: Path = FILE) -> str:
    """Put the sum of the commit that was run last into the document; what was written."""
    verdicts = read(file)
    if not verdicts:
        raise SystemExit("there is no verdict yet: make chaos SEEDS=10")
    words = paragraph(verdicts, verdicts[-1].commit)
    text = document.read_text(encoding="utf-8")
    begin, end = (re.escape(mark) for mark in MARKS)
    told = f"{MARKS[0]}\n{words}\n{MARKS[1]}"
    changed, count = re.subn(f"{begin}.*{end}", lambda _match: told, text, flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"{document.name} lacks the marks {MARKS}")
    document.write_text(changed, encoding="utf-8")
    return words
