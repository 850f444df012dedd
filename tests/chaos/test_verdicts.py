"""Sums over runs: what is counted together, what is run again, and what the document says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import verdicts
from tests.chaos.verdicts import MARKS, Verdict

CLEAN = Verdict("1", "abc", "sqlite", "local", 0, 6.0, {"pins": 20, "photos": 10})
DIRTY = replace(CLEAN, seed="2", findings=["lost: a pin", "lost: another"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chaos" / "verdicts.jsonl"
    for one in (CLEAN, DIRTY, replace(CLEAN, seed="3", browsers=1)):
        verdicts.add(one, path)
    return path


def test_what_was_clean_on_this_code_is_not_run_again(file: Path) -> None:
    known = verdicts.read(file)
    assert verdicts.done(known, "abc", "sqlite", "local") == {"1", "3"}
    assert verdicts.done(known, "other", "sqlite", "local") == set()
    assert verdicts.done(known, "abc", "postgres", "local") == set()


def test_the_last_line_counts_what_was_found(file: Path) -> None:
    assert verdicts.total([CLEAN]) == "1 of 1 seeds clean: nothing lost, nothing doubled"
    assert verdicts.total(verdicts.read(file)) == "2 of 3 seeds clean: 2 lost"


def test_the_document_gets_the_sum_of_one_commit_and_a_seed_counts_once(tmp_path: Path, file: Path) -> None:
    verdicts.add(replace(CLEAN, commit="older", seed="9"), file)
    verdicts.add(replace(DIRTY, findings=[]), file)
    document = tmp_path / "doc.md"
    document.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n")
    verdicts.write_report(document, file)
    text = document.read_text()
    assert "At commit `abc`, 3 of 3 seeds clean" in text
    assert "| sqlite | local | 3 | 1 | 60 + 30 | 0 |" in text
    assert (text.startswith("before\n"), text.endswith("after\n"), "old\n" in text) == (True, True, False)


def test_a_document_without_a_place_for_it_is_left_alone(tmp_path: Path, file: Path) -> None:
    document = tmp_path / "doc.md"
    document.write_text("nothing here")
    with pytest.raises(SystemExit):
        verdicts.write_report(document, file)
    assert document.read_text() == "nothing here"
