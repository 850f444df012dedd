"""The outer wall: headers, hosts, cross-site requests, cookies, logs and guessing."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, request
from werkzeug.test import Client, TestResponse

from app.build import STATIC
from app.db import db
from app.logs import JsonLines
from app.operations.facilitators import invite, login_link
from app.web.assets import served
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import Cast, make_cast
from tests.contract.disasters import at_once, everything
from tests.databases import Database
from tests.servers import ServerFactory
from tests.wire import ask

OWN_STYLES = base64.b64encode(hashlib.sha256((STATIC / "css/dist/page.css").read_bytes()).digest()).decode()
CSP = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{OWN_STYLES}'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WALL = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "credentialless",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
HSTS = "Strict-Transport-Security"
AnApp = Callable[..., Flask]
Header = dict[str, str]


def lacking(answer: TestResponse, wall: Header = WALL) -> Header:
    return {name: str(answer.headers.get(name)) for name in wall if answer.headers.get(name) != wall[name]}


def addresses(app: Flask, cast: Cast) -> dict[str, tuple[str, dict[str, Any]]]:
    """One answer of each kind: pages, data, errors of every making, redirects and static files."""
    static = f"/static/{app.config['BUILD']}"
    return {
        "a page": ("/", {}),
        "the shell": (f"/app/{uuid4()}", {}),
        "the worker": ("/sw.js", {}),
        "data": ("/api/openapi.json", {}),
        "health": ("/healthz", {}),
        "unknown page": ("/no/such/page", {}),
        "unknown data": ("/api/no/such", {}),
        "not joined": (f"/api/walks/{uuid4()}", {}),
        "not logged in": (f"/api/desk/walks/{uuid4()}/changes", {}),
        "a redirect": ("/desk/", {}),
        "a wrong method": ("/api/join", {}),
        "a wrong body": ("/api/join", {"method": "POST", "json": {}}),
        "a wrong host": ("/", {"headers": {"Host": "evil.example"}}),
        "cross-site": ("/api/join", {"method": "POST", "headers": {"Sec-Fetch-Site": "cross-site"}}),
        "too large": ("/api/join", {"method": "POST", "data": bytes(300_000)}),
        "a join page": (f"/v/{cast.a.code}", {}),
        "a script": (f"{static}/js/phone/main.js", {}),
        "a style": (f"{static}/css/base.css", {}),
        "no script": (f"{static}/js/none.js", {}),
    }


def in_front(app: Flask, compressed: Path) -> Client:
    """A client of the app with its static files in front, as gunicorn serves it."""
    (app.config["SETTINGS"].data_dir / "static").symlink_to(compressed.parent)
    return Client(served(app), TestResponse, use_cookies=False)


def test_the_styles_in_a_page_are_those_that_the_policy_names(app: Flask, cast: Cast) -> None:
    answer = app.test_client().get(f"/v/{cast.a.code}")
    [styles] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in answer.text


@pytest.mark.sqlite_is_enough
def test_every_answer_carries_the_wall(cast: Cast, compressed: Path) -> None:
    browser = in_front(cast.app, compressed)
    wrong = {}
    for name, (path, options) in addresses(cast.app, cast).items():
        answer = browser.open(path, **options)
        if missing := lacking(answer):
            wrong[name] = missing
        assert HSTS not in answer.headers, name
        answer.close()
    assert wrong == {}


def test_a_picture_may_do_even_less(cast: Cast) -> None:
    photo = a_photo(1)
    cast.amina.put_pin(photos=[{"sha256": sha256(photo)}])
    cast.amina.put_photo(photo)
    cast.encode_photos()
    shown = cast.amina.feed()[-1]["photos"][0]["id"]
    answer = cast.amina.client.get(cast.amina.url("photos", shown, "full"))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.sqlite_is_enough
def test_only_https_promises_https(app_factory: AnApp, compressed: Path) -> None:
    app = app_factory(PUBLIC_URL="https://trygg.example.org")
    browser = in_front(app, compressed)
    for path in ("/", "/api/none", f"/static/{app.config['BUILD']}/css/base.css"):
        answer = browser.get(path, headers={"Host": "trygg.example.org"})
        assert answer.headers[HSTS].startswith("max-age=31536000")
        answer.close()


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "", "evil.example:80", "[::2]"),
        *("[::1", "[", "evil]example", "evil\u2100example"),  # no addresses at all
    ],
)
def test_an_unknown_host_is_misdirected(cast: Cast, host: str) -> None:
    answer = cast.nobody.get("/api/openapi.json", headers={"Host": host})
    assert (answer.status_code, answer.json["code"]) == (421, "unknown_host")
    assert "evil" not in answer.text


@pytest.mark.sqlite_is_enough
def test_links_come_from_public_url_whatever_the_host_says(app_factory: AnApp) -> None:
    cast = make_cast(app_factory(PUBLIC_URL="https://trygg.example.org", ALLOWED_HOSTS="localhost"))
    with cast.app.app_context():
        link = login_link("fatima@example.org", datetime.now(UTC))
        db.session.commit()
    assert link.startswith("https://trygg.example.org/desk/link/")
    calendar = cast.nobody.get(f"/v/{cast.a.code}/walk.ics").text
    assert "https://trygg.example.org/v/" in calendar.replace("\r\n ", "")


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Origin": "http://evil]example"}, 403),
        ({"Origin": "http://evil\u2100example"}, 403),
        ({}, 201),
    ],
)
def test_writes_come_from_ones_own_site(cast: Cast, headers: Header, status: int) -> None:
    pin_url = cast.amina.url("pins", uuid4())
    answer = cast.amina.client.put(pin_url, json=a_pin(), headers=headers)
    assert answer.status_code == status
    assert (status == 201) or answer.json["code"] == "cross_site"


@pytest.mark.sqlite_is_enough
def test_every_writing_route_refuses_other_sites(cast: Cast) -> None:
    """Before anything else is asked, so that nobody can forget it."""
    let_through = []
    for rule in cast.app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            path = re.sub(r"<[^>]*>", str(uuid4()), rule.rule)
            answer = cast.nobody.open(path, method=method, headers={"Sec-Fetch-Site": "cross-site"})
            if answer.status_code not in (403, 404):
                let_through.append((method, rule.rule, answer.status_code))
    assert let_through == []


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("hops", "address"), [("0", "10.0.0.9"), ("1", "203.0.113.5"), ("2", "198.51.100.7")]
)
def test_as_many_proxies_are_believed_as_the_setting_says(
    app_factory: AnApp, hops: str, address: str
) -> None:

    app = app_factory(PROXY_COUNT=hops)
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.5", "X-Forwarded-Proto": "https, https"}
    app.test_client().get("/healthz", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert seen == [address]


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("url", "secure"), [("https://localhost", True), ("http://localhost", False)])
def test_a_participants_cookie_goes_to_its_walk_alone_and_no_script_reads_it(
    app_factory: AnApp, url: str, secure: bool
) -> None:
    cast = make_cast(app_factory(PUBLIC_URL=url))
    answer = cast.nobody.post("/api/join", json={"code": cast.a.code})
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "trygg_walk"
    assert {"httponly", "samesite=lax", f"path=/api/walks/{cast.a.id}"} <= parts
    assert ("secure" in parts) is secure
    assert not any(part.startswith("domain") for part in parts)


@pytest.mark.sqlite_is_enough
def test_the_desks_cookie_is_bound_to_the_host(app_factory: AnApp) -> None:
    cast = make_cast(app_factory(PUBLIC_URL="https://localhost"))
    with cast.app.app_context():
        link = login_link("fatima@example.org", datetime.now(UTC))
        db.session.commit()
    answer = cast.nobody.post(link.removeprefix("https://localhost"), base_url="https://localhost")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-desk="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_tokens_are_stored_as_hashes_alone(cast: Cast) -> None:
    joined = cast.nobody.post("/api/join", json={"code": cast.a.code})
    token = re.search(r"trygg_walk=([^;]+)", joined.headers["Set-Cookie"])[1]
    with cast.app.app_context():
        link = invite("new@example.org", "New", "Staden", datetime.now(UTC)).rsplit("/", 1)[1]
        db.session.commit()
    stored = json.dumps(everything(cast))
    code = cast.a.code
    assert str(cast.a.id) in stored or cast.a.id.hex in stored
    for secret in (token, joined.json["rejoin"], link, code, code.replace("-", "")):
        assert secret not in stored


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """What our log writes, as it would stand in the file."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines().format(record))

    handler, log = Kept(), logging.getLogger("trygga_steg")
    log.addHandler(handler)
    yield lines
    log.removeHandler(handler)


def test_logs_tell_no_secret_no_words_and_no_place(cast: Cast, log_lines: list[str]) -> None:
    note, lat, lon = "Hemlig anteckning", 60.171234, 24.951234
    browser = cast.app.test_client()
    joined = browser.post("/api/join", json={"code": cast.a.code})
    token = re.search(r"trygg_walk=([^;]+)", joined.headers["Set-Cookie"])[1]
    for path in ("", "/info", "/walk.ics", "/resultat"):
        browser.get(f"/v/{cast.a.code}{path}").close()
    browser.post(f"/v/{cast.a.code}/join", data={})
    browser.post("/", data={"code": cast.a.code})
    pin = a_pin(text=note, there={"lat": lat, "lon": lon}, address="Kajvägen 5")
    browser.put(f"/api/walks/{cast.a.id}/pins/{uuid4()}", data=encoded(pin), content_type="application/json")
    browser.post(f"/api/walks/{cast.a.id}/rejoin", json={"rejoin": joined.json["rejoin"]})
    browser.get(f"/api/walks/{cast.a.id}/changes?epoch={cast.a.epoch}&after=0&lat={lat}")
    with cast.app.app_context():
        link = login_link("fatima@example.org", datetime.now(UTC))
        db.session.commit()
    browser.get(link.removeprefix("http://localhost"))
    browser.post(link.removeprefix("http://localhost"))
    browser.get('/v/x\r\n{"level":"error"}')
    written = "\n".join(log_lines)
    assert len(log_lines) >= 10
    assert all(json.loads(line)["event"] for line in log_lines)
    for secret in (
        *(cast.a.code, cast.a.code.replace("-", ""), token, joined.json["rejoin"], link.rsplit("/", 1)[1]),
        *(note, "Kajvägen", str(lat), str(lon), "60.171", "24.951"),
    ):
        assert secret not in written, secret
    assert "/v/\\u2026" in written


def test_wrong_codes_are_capped_and_right_ones_never_count(app_factory: AnApp) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3", ATTEMPTS_IN_ALL="100"))
    right = {"json": {"code": cast.a.code}}
    assert {cast.nobody.post("/api/join", **right).status_code for _ in range(10)} == {201}
    wrong = [cast.nobody.post("/api/join", json={"code": "0000-0000"}) for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [404, 404, 404, 429, 429]
    assert wrong[-1].json["code"] == "too_many_attempts"
    assert int(wrong[-1].headers["Retry-After"]) > 0
    page = cast.nobody.get("/v/0000-0000")
    assert page.status_code == 429
    elsewhere = {"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}
    assert cast.nobody.post("/api/join", json={"code": "0000-0000"}, **elsewhere).status_code == 404
    assert cast.amina.put_pin().status_code == 201


def test_neighbours_mistyping_lock_nobody_out_but_a_guesser_is_stopped(app_factory: AnApp) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3", ATTEMPTS_IN_ALL="100"))
    right, wrong = {"json": {"code": cast.a.code}}, {"json": {"code": "0000-0000"}}
    for _ in range(8):
        cast.nobody.post("/api/join", **wrong)
    assert cast.nobody.post("/api/join", **right).status_code == 201
    cast.nobody.post("/api/join", **wrong)
    assert cast.nobody.post("/api/join", **right).status_code == 429


def test_wrong_codes_from_everywhere_are_capped_in_all(app_factory: AnApp) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3", ATTEMPTS_IN_ALL="5"))
    answers = [
        cast.nobody.post("/api/join", json={"code": "0000-0000"}, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
        for n in range(8)
    ]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 3


def test_the_count_is_shared_between_processes(
    cast: Cast, database: Database, server_factory: ServerFactory
) -> None:
    server = server_factory(database, ATTEMPTS_PER_ADDRESS="6", WEB_WORKERS="2", PHOTO_WORKER="off")
    body, headers = encoded({"code": "0000-0000"}), {"Content-Type": "application/json"}

    def guess() -> int:
        return ask(server.port, "POST", "/api/join", body, headers).status

    first = [status for _ in range(5) for status in at_once([guess] * 4)]
    assert set(first) == {404, 429}
    assert 6 <= first.count(404) <= 6 + 4  # those that were asked at the same moment
    assert set(at_once([guess] * 8)) == {429}
