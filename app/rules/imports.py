"""Rows of somebody's table as pins: which column is what, and what each row says or lacks.

Pure. A row is read whole or not at all: every fault is told, none is mended silently, and the rows beside
it are not touched by it. What cannot be guessed is left for a human to say.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.categories import KINDS, LONGEST_EXTRA, VOICES, catalogue
from app.rules.places import distance_m
from app.rules.projections import SYSTEMS, WGS84, degrees
from app.rules.tables import LAT, LON, Table, plain_cells

FIELDS = ("north", "east", "stop", "category", "kind", "text", "proposal", "address", "made_at", "number")
LONGEST = {"text": 4000, "proposal": 4000, "address": 200, "number": 120}
FARTHEST_M = 50_000.0
"""Whoever imports to a walk means places near it: one further off has its numbers wrong."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
TRIED_ROWS = 50

HEADINGS: dict[str, tuple[str, ...]] = {
    "north": (
        LAT,
        "lat",
        "latitude",
        "latitud",
        "breddgrad",
        "n",
        "north",
        "nord",
        "northing",
        "y",
        "sweref_n",
    ),
    "east": (
        LON,
        "lon",
        "lng",
        "long",
        "longitude",
        "longitud",
        "längdgrad",
        "e",
        "east",
        "öst",
        "x",
        "sweref_e",
    ),
    "stop": ("stop", "stopp", "hållplats", "stoppnummer", "stop no", "stop number"),
    "category": ("category", "kategori", "ämne", "subject", "typ", "type", "rubrik"),
    "kind": ("kind", "slag", "bra eller dåligt", "art"),
    "text": ("text", "beskrivning", "description", "kommentar", "comment", "anteckning", "note", "fritext"),
    "proposal": ("proposal", "förslag", "åtgärd", "åtgärdsförslag", "suggestion"),
    "address": ("address", "adress", "plats", "place", "gata", "street"),
    "made_at": (
        "made_at",
        "datum",
        "date",
        "tid",
        "time",
        "tidpunkt",
        "skapad",
        "created",
        "timestamp",
        "när",
    ),
    "number": ("number", "nr", "nummer", "no", "id", "löpnummer", "ref", "referens", "ärendenummer", "fid"),
}
"""Headings in use, folded; the likeliest first."""
KIND_WORDS = {
    "problem": ("problem", "negativ", "negative", "dålig", "bad", "brist", "otryggt", "-"),
    "positive": ("positiv", "positive", "bra", "good", "tryggt", "+"),
    "idea": ("idé", "ide", "idea", "förslag", "suggestion"),
}
KIND_OF = {"good_place": "positive", "idea": "idea"}
"""Categories that are of one kind by their name."""
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d")
TIMES = ("", " %H:%M", " %H.%M", " %H:%M:%S")


@dataclass(frozen=True)
class Spot:
    """A stop of the walk: its id and place."""

    id: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Surroundings:
    """What a row is read against: the walk's stops by number, its middle, its time and zone, and now.

    `extras` are the walk's extra fields: the key of each by its folded name.
    """

    stops: Mapping[str, Spot]
    middle: tuple[float, float]
    starts_at: datetime
    zone: ZoneInfo
    now: datetime
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What a human said, or we guessed: the column of each field, and what holds where a row says nothing.

    `category` may be empty: a row without a known one is then not taken.
    """

    columns: Mapping[str, int | None]
    system: str
    category: str = ""
    kind: str = "problem"
    voice: str | None = None


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a row: a code that the desk has a sentence for, and the value it is about."""

    code: str
    value: str = ""


@dataclass
class Row:
    """A row as read: `fields` of a pin when there is no fault, and the key by which it is known again."""

    number: int
    key: str
    fields: dict[str, Any] = field(default_factory=dict)
    reference: str = ""
    faults: list[Fault] = field(default_factory=list)


def folded(text: str) -> str:
    """Words without case, accents, punctuation and double spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[^\w+-]", " ", "".join(c for c in plain if not unicodedata.combining(c))).split()
    )


def guess_columns(headings: Sequence[str]) -> dict[str, int | None]:
    """The column of each field by its heading: the very word first, then one that begins with it."""
    names = [folded(heading) for heading in headings]
    found: dict[str, int | None] = dict.fromkeys(FIELDS)
    for is_same in (True, False):
        for name in FIELDS:
            if found[name] is None:
                free = [at for at in range(len(names)) if at not in found.values()]
                found[name] = _first(names, free, HEADINGS[name], is_same)
    return found


def _first(names: Sequence[str], free: Iterable[int], words: Iterable[str], is_same: bool) -> int | None:
    places = list(free)
    for word in map(folded, words):
        for at in places:
            if names[at] == word or (not is_same and len(word) > 2 and names[at].startswith(word)):
                return at
    return None


def guess_system(table: Table, columns: Mapping[str, int | None], middle: tuple[float, float]) -> str:
    """The system that puts the first rows nearest to the walk; what the file itself says comes first."""
    if f"epsg{table.epsg}" in SYSTEMS:
        return f"epsg{table.epsg}"
    north, east = columns["north"], columns["east"]
    if north is None or east is None:
        return WGS84
    pairs = [_pair(row[north], row[east]) for row in table.rows[:TRIED_ROWS]]

    def furthest(system: str) -> float:
        placed = [_place(system, *pair) for pair in pairs if pair]
        away = [distance_m(*place, *middle) for place in placed if place]
        return sorted(away)[len(away) // 2] if away else float("inf")

    return min((WGS84, *SYSTEMS), key=furthest)


def _pair(north: str, east: str) -> tuple[float, float] | None:
    up, right = number(north), number(east)
    return None if up is None or right is None else (up, right)


def _place(system: str, north: float, east: float) -> tuple[float, float] | None:
    """In metres the greater number is the northing, whichever column it stands in: so it is in all Sweden."""
    if system != WGS84 and east > north:
        north, east = east, north
    return degrees(system, north, east)


def rows(table: Table, said: Choices, around: Surroundings) -> Iterator[Row]:
    """Every row of the table, read. A row that stands there twice is two."""
    times: Counter[str] = Counter()
    for at, cells in enumerate(table.rows, 1):
        key = _key(table, cells)
        times[key] += 1
        row = Row(at, f"{key}-{times[key]}")
        _fill(row, table, cells, said, around)
        yield row


def _key(table: Table, cells: Sequence[str]) -> str:
    text = json.dumps(plain_cells(table.headings, cells), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _fill(row: Row, table: Table, cells: Sequence[str], said: Choices, around: Surroundings) -> None:
    texts = {name: _told(cells, said.columns.get(name)) for name in FIELDS}
    row.reference = texts["number"]
    stop = _stop(row, texts["stop"], around)
    place = _where(row, texts, said.system, stop, around)
    category, is_good = _category(row, texts["category"], said.category)
    fields: dict[str, Any] = {
        "made_at": _made_at(row, texts["made_at"], around).isoformat(),
        "kind": _kind(row, texts["kind"], KIND_OF.get(category, "positive" if is_good else said.kind)),
        "category": category,
        "there": {"lat": place[0], "lon": place[1]},
        "stop_id": stop.id if stop else None,
        "voice": said.voice if said.voice in VOICES else None,
        **{name: texts[name] for name in ("text", "proposal")},
        "address": texts["address"] or None,
        "extra": _extra(table, cells, around),
    }
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            row.faults.append(Fault("too_long", name))
    if any(len(words) > LONGEST_EXTRA for words in fields["extra"].values()):
        row.faults.append(Fault("too_long", "extra"))
    if not row.faults:
        row.fields = fields


def _extra(table: Table, cells: Sequence[str], around: Surroundings) -> dict[str, str]:
    """What stands in columns with the names of extra fields."""
    keys = [around.extras.get(folded(heading)) for heading in table.headings]
    return {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell}


def _told(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and 0 <= column < len(cells) else ""


def _stop(row: Row, text: str, around: Surroundings) -> Spot | None:
    if not text:
        return None
    found = around.stops.get(text.strip(" .").removesuffix(".0"))
    if found is None:
        row.faults.append(Fault("stop", text))
    return found


def _where(
    row: Row, texts: Mapping[str, str], system: str, stop: Spot | None, around: Surroundings
) -> tuple[float, float]:
    """By coordinates, else at the stop; a place that is none, or far from the walk, is a fault."""
    if not texts["north"] and not texts["east"]:
        if stop is None and not texts["stop"]:
            row.faults.append(Fault("no_place"))
        return (stop.lat, stop.lon) if stop else (0.0, 0.0)
    pair = _pair(texts["north"], texts["east"])
    place = _place(system, *pair) if pair else None
    if place is None:
        row.faults.append(Fault("place", f"{texts['north']} · {texts['east']}"[:60]))
        return 0.0, 0.0
    away = distance_m(*place, *around.middle)
    if away > FARTHEST_M:
        row.faults.append(Fault("far", f"{away / 1000:.0f}"))
    return place


def _category(row: Row, text: str, otherwise: str) -> tuple[str, bool]:
    """A code, or a name of a category in any language we have; whether the name means that it is good."""
    found = _category_names().get(folded(text)) if text else None
    if found:
        return found
    if not otherwise:
        row.faults.append(Fault("category", text) if text else Fault("no_category"))
    return otherwise, False


@cache
def _category_names() -> dict[str, tuple[str, bool]]:
    names: dict[str, tuple[str, bool]] = {}
    for one in catalogue()["categories"]:
        for key, text in one.items():
            if key.endswith(("sv", "en", "_positive")) and isinstance(text, str) and "hint" not in key:
                names.setdefault(folded(text), (one["code"], key.endswith("_positive")))
    for one in catalogue()["categories"]:
        names[folded(one["code"])] = one["code"], False
    return names


def _kind(row: Row, text: str, otherwise: str) -> str:
    if not text:
        return otherwise
    words = {one["code"]: (one["sv"], one["en"]) for one in catalogue()["kinds"]}
    for code in KINDS:
        if folded(text) in map(folded, (code, *words[code], *KIND_WORDS[code])):
            return code
    row.faults.append(Fault("kind", text))
    return otherwise


def _made_at(row: Row, text: str, around: Surroundings) -> datetime:
    """In the walk's zone unless the text has its own; where there is none, when the walk began."""
    if not text:
        return min(around.starts_at, around.now)
    moment = read_time(text, around.zone)
    if moment is None or moment < EARLIEST:
        row.faults.append(Fault("past" if moment else "time", text[:40]))
        return around.starts_at
    if moment > around.now + timedelta(days=1):
        row.faults.append(Fault("future", text[:40]))
    return moment


def read_time(text: str, zone: ZoneInfo) -> datetime | None:
    """A day or a time as spreadsheets write them; a day alone is noon."""
    text = " ".join(text.split())
    found: datetime | None = None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in (date + clock for date in DATES for clock in TIMES):
            try:
                found = datetime.strptime(text, form)
                break
            except ValueError:
                continue
    if found is None:
        return None
    if ":" not in text and "." not in text[10:] and found.time() == time():
        found = found.replace(hour=12)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None


def number(text: str) -> float | None:
    """A number with a decimal point or comma, and with or without spaces between thousands."""
    plain = re.sub(r"[\s'°]", "", text)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "." if comma > point else ","
        plain = plain.replace(thousands, "")
    elif plain.count(",") > 1 or plain.count(".") > 1:
        plain = plain.replace(",", "").replace(".", "")
    plain = plain.replace(",", ".")
    return float(plain) if re.fullmatch(r"[-+]?\d{1,12}(\.\d{0,15})?", plain) else None
