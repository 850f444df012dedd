"""Passphrases, devices in words, and colours that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.passphrases import is_easy
from app.rules.colours import DARK, LEAST, WHITE, contrast, for_dark, is_readable, normal_colour
from app.rules.devices import device_of
from app.rules.passphrases import fault_of, words_of

OWN = words_of(["sara.larsson@example.org", "Sara Larsson", "Staden"])
HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("passphrase", "fault"),
    [
        ("", "short"),
        ("elva tecken", "short"),
        ("x" * 1001, "long"),
        ("sara larsson 1982", "own_words"),
        ("SaraLarssonStaden!", "own_words"),
        ("sara äter gröna äpplen", None),
        ("häst batteri klammer åska", None),
    ],
)
def test_what_is_refused_without_a_list(passphrase: str, fault: str | None) -> None:
    assert fault_of(passphrase, OWN) == fault


@pytest.mark.parametrize(
    "passphrase", ["Password1234!", "passwordpassword", "qwertyuiop123", "123456789012", "iloveyou1234"]
)
def test_leaked_and_patterned_ones_are_easy(passphrase: str) -> None:
    assert is_easy(passphrase, OWN)


@pytest.mark.parametrize(
    "passphrase", ["häst batteri klammer åska", "korrekt häst batteri", "å" * 3 + "x7 grön bro" * 9]
)
def test_unlikely_words_together_are_not(passphrase: str) -> None:
    assert not is_easy(passphrase, OWN)


def test_the_own_words_count_as_known() -> None:
    assert is_easy("larsson2024!", words_of(["Larsson"]))


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_words_of_ours(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("typed", "colour"),
    [
        ("#00526A", "#00526a"),
        (" 00526a ", "#00526a"),
        ("#05a", "#0055aa"),
        ("red", None),
        ("#12345", None),
        ("", None),
    ],
)
def test_a_colour_is_read_as_it_is_typed(typed: str, colour: str | None) -> None:
    assert normal_colour(typed) == colour


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("#000000", WHITE), 2) == 21
    assert round(contrast("#767676", WHITE), 2) == 4.54
    assert is_readable("#767676")
    assert not is_readable("#777777")
    assert not is_readable("#ffc400")


@given(HEX)
def test_every_colour_has_a_tint_for_the_dark(colour: str) -> None:
    assert contrast(for_dark(colour), DARK) >= LEAST
    if contrast(colour, DARK) >= LEAST:
        assert for_dark(colour) == colour
