"""docs/RELIABILITY.md's tables of faults: a row a fault, and every test that a row names is there.

P32 is a checklist for a real phone and names no test.
"""

from __future__ import annotations

import re
from collections import Counter

from tests.contract.tree import files, text_of

DOC = "docs/RELIABILITY.md"
ROW = re.compile(r"^\| \**([PS]\d+)\** \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
LIKE_A_ROW = re.compile(r"^\|\W*[PS]\d+\b.*$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")
TEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
BY_HAND = {"P32"}
LATER = {21}
"""The story that comes with exports."""


def rows() -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in row) for row in ROW.findall(text_of(DOC))]


def all_tests() -> set[str]:
    return {name for path in files("tests", kinds=(".py",)) for name in TEST.findall(text_of(path))}


def test_every_row_has_its_five_cells() -> None:
    found = rows()
    assert len(found) == len(LIKE_A_ROW.findall(text_of(DOC)))
    assert [row[0] for row in found if not all(row)] == []


def test_every_test_that_a_row_names_is_there() -> None:
    known = all_tests()
    assert len(known) > 500
    without = {number for number, _, named, *_ in rows() if not NAMED.findall(named)} - BY_HAND
    assert without == set()
    assert {name for row in rows() for name in NAMED.findall(row[2])} - known == set()


def test_no_fault_is_told_twice() -> None:
    assert [number for number, times in Counter(row[0] for row in rows()).items() if times > 1] == []


def test_no_fault_is_left_out() -> None:
    wanted = {f"P{number}" for number in range(1, 33)} | {f"S{number}" for number in range(1, 18)}
    assert wanted - {row[0] for row in rows()} == set()


def test_every_story_of_failure_has_a_test_of_its_name() -> None:
    told = {int(number) for number in re.findall(r"\btest_f(\d\d)_", " ".join(all_tests()))}
    assert set(range(1, 31)) - told - LATER == set()
