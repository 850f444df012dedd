"""Bad input: each has its code and its sentence in both languages, and nothing is lost or half done.

A row of a table is a case: what is sent, and the status and code of the answer. The app runs as in
production but for one thing: what no handler foresaw is raised here, so that no 500 goes unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.models import Change, Photo, Pin, PinRevision, Rating
from app.problems import CATALOGUE
from tests.apps import AppFactory
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import JSON, Cast, make_cast

Expected = tuple[int, str]
Send = Callable[[Cast, Mapping[str, str]], TestResponse]

DEEP = 100_000
HUGE = 10**30
LONG_NUMBER = "1" * 5000


def body(text: str | bytes, kind: str = JSON) -> Send:
    """PUT a pin whose message is exactly `text`."""
    data = text if isinstance(text, bytes) else text.encode()

    def send(cast: Cast, headers: Mapping[str, str]) -> TestResponse:
        url = cast.amina.url("pins", uuid4())
        return cast.amina.client.put(url, data=data, content_type=kind, headers=headers)

    return send


def pin(**fields: object) -> Send:
    return body(encoded(a_pin(**fields)))


def raw_field(name: str, value: str) -> Send:
    """A pin with one field written by hand, where json.dumps would not."""
    return body(json.dumps(a_pin(**{name: "@"})).replace('"@"', value))


def photo(data: bytes, name: str | None = None, kind: str = "image/jpeg") -> Send:
    def send(cast: Cast, headers: Mapping[str, str]) -> TestResponse:
        url = cast.amina.url("photos", name or sha256(data))
        return cast.amina.client.put(url, data=data, content_type=kind, headers=headers)

    return send


def join(code: object) -> Send:
    return lambda cast, headers: cast.nobody.post("/api/join", json={"code": code}, headers=headers)


def get(path: str) -> Send:
    def send(cast: Cast, headers: Mapping[str, str]) -> TestResponse:
        return cast.amina.client.get(cast.amina.url() + path, headers=headers)

    return send


def png(width: int, height: int) -> bytes:
    """A real PNG whose header claims another size."""
    made = a_photo(1, kind="PNG")
    return made[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + made[24:]


MALFORMED = (400, "malformed_json")
INVALID = (422, "invalid")
NOT_IMAGE = (415, "photo_not_image")
TOO_LARGE = (413, "too_large")

MESSAGES: dict[str, tuple[Send, Expected]] = {
    "nothing": (body(""), INVALID),
    "half an object": (body('{"rev": 1'), MALFORMED),
    "not JSON": (body("rev=1"), MALFORMED),
    "not UTF-8": (body(b'{"text": "\xff\xfe"}'), MALFORMED),
    "UTF-16": (body(json.dumps(a_pin()).encode("utf-16")), MALFORMED),
    "a surrogate as bytes": (body(b'{"text": "\xed\xa0\x80"}'), MALFORMED),
    "a raw NUL": (body(b'{"text": "a\x00b"}'), MALFORMED),
    "deep lists": (body("[" * DEEP), MALFORMED),
    "deep objects": (body('{"a":' * 40_000), MALFORMED),
    "deep but whole": (body("[" * DEEP + "]" * DEEP), MALFORMED),
    "a list": (body("[]"), INVALID),
    "a word": (body('"pin"'), INVALID),
    "null": (body("null"), INVALID),
    "an empty object": (body("{}"), INVALID),
    "a number of 5000 digits": (raw_field("severity", LONG_NUMBER), MALFORMED),
    "a form": (body("rev=1", "application/x-www-form-urlencoded"), (415, "unsupported_type")),
    "JSON as plain text": (body("{}", "text/plain"), (415, "unsupported_type")),
    "JSON as a picture": (body("{}", "image/jpeg"), (415, "unsupported_type")),
    "257 kB": (pin(text="x" * 257 * 1024), TOO_LARGE),
}

FIELDS: dict[str, tuple[Send, Expected]] = {
    "a lone surrogate": (raw_field("text", '"a\\ud800b"'), INVALID),
    "NaN": (raw_field("there", '{"lat": NaN, "lon": 24}'), MALFORMED),
    "infinity": (raw_field("there", '{"lat": 1e400, "lon": 24}'), INVALID),
    "minus infinity": (raw_field("there", '{"lat": -Infinity, "lon": 24}'), MALFORMED),
    "beyond the pole": (pin(there={"lat": 90.1, "lon": 24}), INVALID),
    "round the globe": (pin(there={"lat": 60, "lon": 180.5}), INVALID),
    "a huge coordinate": (raw_field("there", f'{{"lat": {HUGE}, "lon": 24}}'), INVALID),
    "a coordinate of 400 digits": (raw_field("there", f'{{"lat": {"9" * 400}, "lon": 24}}'), INVALID),
    "a coordinate in words": (pin(there={"lat": "60", "lon": 24}), INVALID),
    "no place": (pin(there=None), INVALID),
    "a huge severity": (pin(severity=HUGE), INVALID),
    "severity 4": (pin(severity=4), INVALID),
    "severity 1.5": (pin(severity=1.5), INVALID),
    "severity true": (pin(severity=True), INVALID),
    "rev 0": (pin(rev=0), INVALID),
    "a huge rev": (pin(rev=HUGE), INVALID),
    "rev 2^63": (pin(rev=2**63), INVALID),
    "a negative base": (pin(base_rev=-1), INVALID),
    "acute as a word": (pin(acute="yes"), INVALID),
    "acute as null": (pin(acute=None), INVALID),
    "year 1": (pin(made_at="0001-01-01T00:00:00+14:00"), INVALID),
    "year 9999": (pin(made_at="9999-12-31T23:59:59-14:00"), INVALID),
    "no zone": (pin(made_at="2026-06-01T18:30:00"), INVALID),
    "a long time": (pin(made_at="2026-06-01T18:30:00+00:00" + " " * 100), INVALID),
    "a time in numbers": (pin(made_at=1_780_000_000), INVALID),
    "an unknown kind": (pin(kind="rumour"), INVALID),
    "a category with a space": (pin(category="no eyes"), INVALID),
    "a category of 41 letters": (pin(category="a" * 41), INVALID),
    "4001 letters": (pin(text="å" * 4001), INVALID),
    "13 photos": (pin(photos=[{"sha256": f"{n:064x}"} for n in range(13)]), INVALID),
    "a photo without hash": (pin(photos=[{"alt": "x"}]), INVALID),
    "a photo's hash in capitals": (pin(photos=[{"sha256": "A" * 64}]), INVALID),
    "a stop that is no id": (pin(stop_id="bridge"), INVALID),
    "an unknown time of day": (pin(when=["noon"]), INVALID),
    "when as a word": (pin(when="night"), INVALID),
}

PHOTOS: dict[str, tuple[Send, Expected]] = {
    "another hash": (photo(a_photo(1), sha256(b"other")), (422, "hash_mismatch")),
    "nothing": (photo(b""), NOT_IMAGE),
    "text": (photo(b"hello" * 100), NOT_IMAGE),
    "HTML that says it is JPEG": (photo(b"<html><script>alert(1)</script></html>"), NOT_IMAGE),
    "SVG": (photo(b'<svg xmlns="http://www.w3.org/2000/svg"/>', kind="image/svg+xml"), NOT_IMAGE),
    "PDF": (photo(b"%PDF-1.7\n" + b"x" * 100), NOT_IMAGE),
    "GIF": (photo(a_photo(1, kind="GIF"), kind="image/gif"), NOT_IMAGE),
    "BMP": (photo(a_photo(1, kind="BMP")), NOT_IMAGE),
    "a JPEG of three bytes": (photo(b"\xff\xd8\xff"), NOT_IMAGE),
    "a bomb of 900 Mpx": (photo(png(30_000, 30_000), kind="image/png"), TOO_LARGE),
    "a bomb of one long line": (photo(png(2**31 - 1, 1), kind="image/png"), TOO_LARGE),
    "8 MB and a bit": (photo(b"\xff\xd8\xff" + bytes(8 * 1024 * 1024)), TOO_LARGE),
    "a hash in capitals": (photo(a_photo(1), "A" * 64), (404, "not_found")),
    "a hash too short": (photo(a_photo(1), "abc"), (404, "not_found")),
}

CODES: dict[str, tuple[Send, Expected]] = {
    "wrong": (join("0000-0000"), (404, "code_unknown")),
    "empty": (join(""), (404, "code_unknown")),
    "no code at all": (join("*" * 64), (404, "code_unknown")),
    "NUL": (join("\x00" * 8), (404, "code_unknown")),
    "a lone surrogate": (join("\ud800"), INVALID),
    "65 characters": (join("7" * 65), INVALID),
    "a number": (join(77777777), INVALID),
    "null": (join(None), INVALID),
}

QUERIES: dict[str, tuple[Send, Expected]] = {
    "before the beginning": (get("/changes?after=-1"), INVALID),
    "a huge cursor": (get(f"/changes?after={HUGE}"), INVALID),
    "a cursor of 5000 digits": (get(f"/changes?after={'1' * 3000}"), INVALID),
    "a cursor in words": (get("/changes?after=now"), INVALID),
    "a page of nothing": (get("/changes?limit=0"), INVALID),
    "a page of all": (get("/changes?limit=100000"), INVALID),
    "a long epoch": (get("/changes?epoch=" + "a" * 33), INVALID),
}

ROWS = (Pin, PinRevision, Photo, Rating, Change)


def unexpected(cast: Cast, cases: Mapping[str, tuple[Send, Expected]]) -> dict[str, object]:
    """Cases whose answer is another than expected, or has no sentence of its own in both languages."""
    wrong: dict[str, object] = {}
    for name, (send, expected) in cases.items():
        swedish, english = (send(cast, {"Accept-Language": tag}) for tag in ("sv", "en"))
        got = {(answer.status_code, (answer.json or {}).get("code")) for answer in (swedish, english)}
        if got != {expected}:
            wrong[name] = got
        elif swedish.json["title"] == english.json["title"]:
            wrong[name] = f"one sentence in two languages: {english.json['title']}"
        elif english.json["retry"] is not CATALOGUE[expected[1]].retry:
            wrong[name] = "another retry flag than the catalogue's"
    return wrong


@pytest.mark.parametrize(
    "cases", [MESSAGES, FIELDS, PHOTOS, QUERIES], ids=["messages", "fields", "photos", "queries"]
)
def test_each_has_its_code_and_leaves_no_trace(
    cast: Cast, cases: Mapping[str, tuple[Send, Expected]]
) -> None:
    assert unexpected(cast, cases) == {}
    assert [cast.count(model) for model in ROWS] == [0] * len(ROWS)
    assert cast.amina.put_pin().status_code == 201


STRANGE_JSON = {
    "257 kB": b'{"a": "' + b"x" * 257 * 1024 + b'"}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * 50_000,
    "a list": b"[1, 2]",
    "a number": b"7",
    "half an object": b"{",
    "a log-in": b'{"email": "fatima@example.org", "password": null}',
}


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("body", STRANGE_JSON.values(), ids=STRANGE_JSON)
def test_json_where_none_is_read_is_no_fault_of_ours(app_factory: AppFactory, body: bytes) -> None:
    """At every address that takes something, from a stranger and from who is logged in."""
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="1000", ATTEMPTS_IN_ALL="1000"))
    rules = sorted(cast.app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "security.logout")
    answers = {
        (rule.rule, who): answer.status_code
        for rule in rules
        for method in {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
        for who, client in (("nobody", cast.nobody), ("fatima", cast.fatima))
        for answer in [client.open(filled(rule.rule), method=method, data=body, content_type=JSON)]
    }
    assert {case: status for case, status in answers.items() if status >= 500} == {}
    assert answers["/desk/login", "nobody"] == (413 if len(body) > 256 * 1024 else 415)


def filled(rule: str) -> str:
    return re.sub(r"<[^>]*>", str(uuid4()), rule)


def test_each_wrong_code_has_its_answer(app_factory: AppFactory) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="1000", ATTEMPTS_IN_ALL="1000"))
    assert unexpected(cast, CODES) == {}


def test_every_problem_has_a_sentence_in_both_languages(cast: Cast) -> None:
    from flask_babel import force_locale

    with cast.app.test_request_context("/"):
        told = {}
        for tag in ("sv", "en"):
            with force_locale(tag):
                told[tag] = {code: str(kind.title) for code, kind in CATALOGUE.items()}
    assert [code for code in CATALOGUE if told["sv"][code] == told["en"][code]] == []
