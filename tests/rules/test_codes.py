"""Join codes, and how people type them."""

from __future__ import annotations

import random

import pytest

from app.rules.codes import ALPHABET, grouped, make_code, normal_code


@pytest.mark.parametrize(
    "typed",
    ["7KQ2-M9TX", "7kq2m9tx", " 7kq2 m9tx ", "7KQ2–M9TX", "7kq2_m9tx", "7.K.Q.2.M.9.T.X", "7KQ2\u200bM9TX"],
)
def test_it_forgives_how_a_code_is_written(typed: str) -> None:
    assert normal_code(typed) == "7KQ2M9TX"


def test_it_forgives_look_alikes() -> None:
    assert normal_code("OIlu-0000") == "011V0000"


@pytest.mark.parametrize(
    "typed", ["", "7KQ2", "7KQ2-M9TXX", "7KQ2-M9T*", "ÅÄÖ-12345", "\x00" * 8, "\ud800" * 8, "7" * 10_000]
)
def test_it_knows_what_cannot_be_a_code(typed: str) -> None:
    assert normal_code(typed) is None


def test_a_made_code_is_its_own_normal_form() -> None:
    code = make_code(random.Random(7).choice)
    assert grouped(normal_code(code) or "") == code
    assert set(code) - {"-"} <= set(ALPHABET)
