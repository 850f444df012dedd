"""What in a pin's words may name or point out a person, so that a human looks before they are public.

Pure: reads its list of names once. Personal numbers are told by their check digit and date, plates,
e-mail and street addresses by their form; names by a list of those that people in Sweden have, and by
the words before them. It misses names that are not on the list, and takes some words for names: a
finding marks a place to look at, and decides nothing. Phone numbers are found elsewhere, and given in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "names.json"

KINDS = ("email", "personal_number", "phone", "address", "plate", "person")
"""Where two findings lie over each other, the earlier kind stands."""

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PERSONAL = re.compile(r"(?<![\d-])((?:18|19|20)?\d{6})[-+–]?(\d{4})(?![\d-])")
PLATE = re.compile(r"\b(?:[A-HJ-PR-UW-Z]{3} ?|[a-hj-pr-uw-z]{3})\d{2}[\dA-HJ-NPR-UW-Za-hj-npr-uw-z]\b")
NO_PLATE = frozenset(("och", "kl", "nr", "den", "ca", "max", "min", "dec", "jan", "jun", "sep", "okt", "the"))
STREET = (
    r"(?:gatan|gata|vägen|väg|gränden|gränd|stigen|stig|torget|torg|plan|backen|backe|allén|allé|leden|stråket|"
    r"kajen|platsen|esplanaden|promenaden|parken|ringen|slingan|svängen|brinken|tået)"
)
STREET_ADDRESS = re.compile(
    rf"\b[A-ZÅÄÖ][\wåäöé-]*(?:{STREET}|(?:\s[A-ZÅÄÖ]?[\wåäöé-]+){{0,2}}\s{STREET})\s+\d{{1,4}}(?:\s?[A-Za-z])?\b"
)
ENGLISH_ADDRESS = re.compile(r"\b\d{1,4}[A-Za-z]?\s[A-Z]\w+\s(?:Street|Road|Avenue|Lane|Square)\b")
INSIDE = re.compile(
    r"\b(?:port|porten|uppgång|lgh|lägenhet|apartment|flat)\.?\s(?:nr\s)?\d{1,4}\s?[A-Z]?\b", re.I
)

WORD = re.compile(r"[A-ZÅÄÖÉÜ][a-zåäöéüA-Z]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?")
CALLED = re.compile(
    r"\b(?:[Hh]eter|[Kk]allas|[Nn]amnet|[Nn]amn är|[Hh]err|[Ff]ru|[Ff]röken|[Ff]amiljen|[Nn]amed|[Cc]alled|"
    r"[Mm]y name is|Mr\.?|Mrs\.?|Ms\.?)\s$"
)
PLACE_AFTER = re.compile(
    r"\s(?:[A-ZÅÄÖ]?[\wåäö]+s?\s)?(?:gata|väg|torg|plats|park|plan|kyrka|gränd|backe|bro)\b"
)
SENTENCE = re.compile(r"(?:^|[.!?:\n–-]\s*|[\"”»]\s*)$")
MORE_NAMES = 2
ALSO_WORDS = frozenset(
    [
        "Ask",
        "Bill",
        "Bo",
        "Björn",
        "Bror",
        "Dag",
        "Dan",
        "Del",
        "Ek",
        "Elis",
        "Engla",
        "Eva",
        "Frank",
        "Gun",
        "Gunnar",
        "Hans",
        "Iris",
        "Jan",
        "Jim",
        "Kaj",
        "Karin",
        "Kent",
        "Kim",
        "Li",
        "Lilja",
        "Liv",
        "Lo",
        "Love",
        "Luna",
        "Maj",
        "Mark",
        "Max",
        "May",
        "Mina",
        "Mona",
        "Moa",
        "My",
        "Nova",
        "Ola",
        "Per",
        "Pia",
        "Rosa",
        "Rose",
        "Rune",
        "Rut",
        "Saga",
        "Said",
        "Sally",
        "Sam",
        "Satu",
        "Sisko",
        "Siv",
        "Sten",
        "Stig",
        "Tage",
        "Taru",
        "Tim",
        "Tom",
        "Tor",
        "Ture",
        "Ulf",
        "Uno",
        "Urban",
        "Vera",
        "Vide",
        "Ville",
        "Viola",
        "Virpi",
        "Åke",
        "Åse",
        "Östen",
    ]
)
"""Names that open ordinary sentences as other words; there they count only before a second name."""


@dataclass(frozen=True)
class Finding:
    """One place in a text: `kind` of KINDS, from `start` up to `end` in code points."""

    kind: str
    start: int
    end: int


@cache
def names() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return frozenset(told["given"]), frozenset(told["surnames"])


def findings(text: str, phones: Iterable[tuple[int, int]] = ()) -> list[Finding]:
    """Everything in `text` that a human should look at, in order and not over each other."""
    spans: dict[str, Iterable[tuple[int, int]]] = {
        "email": _spans(EMAIL, text),
        "personal_number": _personal_numbers(text),
        "phone": phones,
        "address": [
            *_spans(STREET_ADDRESS, text), *_spans(ENGLISH_ADDRESS, text), *_spans(INSIDE, text)
        ],
        "plate": _plates(text),
        "person": _people(text),
    }  # fmt: skip
    found: list[Finding] = []
    for kind in KINDS:
        for start, end in spans[kind]:
            if all(end <= other.start or other.end <= start for other in found):
                found.append(Finding(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def is_personal_number(day: str, last: str) -> bool:
    """Whether YYMMDD (or YYYYMMDD) and four digits are a personnummer or samordningsnummer."""
    short = day[-6:]
    month, of_month = int(short[2:4]), int(short[4:6])
    of_month -= 60 if of_month > 60 else 0
    year = int(day[:4]) if len(day) == 8 else 2000 + int(short[:2])
    try:
        date(year, month, of_month)
    except ValueError:
        return False
    return _has_check_digit(short + last)


def _has_check_digit(digits: str) -> bool:
    """Luhn's: every other digit doubled, their digits summed."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(text)]


def _personal_numbers(text: str) -> list[tuple[int, int]]:
    return [
        found.span()
        for found in PERSONAL.finditer(text)
        if is_personal_number(found.group(1), found.group(2))
    ]


def _plates(text: str) -> list[tuple[int, int]]:
    return [
        found.span() for found in PLATE.finditer(text) if found.group()[:3].strip().lower() not in NO_PLATE
    ]


def _people(text: str) -> list[tuple[int, int]]:
    words = list(WORD.finditer(text))
    spans: list[tuple[int, int]] = []
    for place, word in enumerate(words):
        if spans and word.start() < spans[-1][1]:
            continue
        following = words[place + 1 : place + 1 + MORE_NAMES]
        last = _last_of_name(text, word, following)
        if _is_person(text, word, last is not word) and not PLACE_AFTER.match(text, last.end()):
            spans.append((word.start(), last.end()))
    return spans


def _last_of_name(text: str, word: re.Match[str], following: list[re.Match[str]]) -> re.Match[str]:
    """The last of the capitalised words that stand in a row, with nothing but a space between."""
    last = word
    for other in following:
        if text[last.end() : other.start()] != " ":
            break
        last = other
    return last


def _is_person(text: str, word: re.Match[str], has_more: bool) -> bool:
    given, surnames = names()
    if CALLED.search(text[max(0, word.start() - 16) : word.start()]):
        return True
    name = word.group()
    bare = name[:-1] if name.endswith("s") and name not in given else name
    if bare in given:
        at_start = SENTENCE.search(text[: word.start()]) is not None
        return has_more or not (at_start and bare in ALSO_WORDS)
    at_start = SENTENCE.search(text[: word.start()]) is not None
    return not at_start and bare in surnames and bare.endswith(("sson", "berg", "ström", "qvist", "gren"))
