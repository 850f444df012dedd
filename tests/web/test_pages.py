"""Pages for anyone: whole in both languages, and reachable without a script."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from app.problems import CATALOGUE
from tests.cast import Cast

pytestmark = pytest.mark.sqlite_is_enough
PAGES = ("/", "/integritet", "/tillganglighet", "/om", "/offline-help", "/problems", "/telefon", "/app/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("tag", "direction"), [("sv", "ltr"), ("en", "ltr")])
def test_each_page_speaks_the_language_of_the_reader(cast: Cast, path: str, tag: str, direction: str) -> None:
    answer = cast.nobody.get(path, headers={"Accept-Language": tag})
    assert answer.status_code == 200
    assert re.search(rf'<html[^>]* lang="{tag}"', answer.text)
    assert f'dir="{direction}"' in answer.text
    assert " style=" not in answer.text
    assert answer.text.count("<style") == (path != "/app/")
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", answer.text) == []
    assert re.findall(r"\son[a-z]+=", answer.text) == []


def test_the_language_is_remembered_and_leads_back(cast: Cast) -> None:
    browser = cast.app.test_client()
    answer = browser.post("/lang", data={"lang": "en", "next": "/om"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/om")
    assert 'lang="en"' in browser.get("/om", headers={"Accept-Language": "sv"}).text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_nobody_is_led_away_by_the_language_switch(cast: Cast, target: str) -> None:
    answer = cast.nobody.post("/lang", data={"lang": "en", "next": target})
    assert answer.headers["Location"] == "/"


def test_every_problem_stands_on_the_problems_page(cast: Cast) -> None:
    page = cast.nobody.get("/problems").text
    assert [code for code in CATALOGUE if f'id="{code}"' not in page] == []


def test_an_error_is_a_page_for_people_and_json_for_programs(cast: Cast) -> None:
    page, data = cast.nobody.get("/nothing"), cast.nobody.get("/api/nothing")
    assert (page.mimetype, data.mimetype) == ("text/html", "application/problem+json")
    assert page.status_code == data.status_code == 404
    assert data.json["type"] == "/problems#not_found"
    assert page.headers["Cache-Control"] == data.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_says_which_are_right(cast: Cast) -> None:
    answer = cast.nobody.get("/api/join")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_the_worker_names_files_that_exist_with_their_hashes(cast: Cast) -> None:
    script = cast.nobody.get("/sw.js").text
    files = json.loads(re.search(r"PRECACHE = (\{.*?\});", script, re.S)[1])
    assert any(path.endswith(".js") for path in files)
    for path, sha256 in files.items():
        answer = cast.nobody.get(path)
        assert answer.status_code == 200, path
        assert hashlib.sha256(answer.get_data()).hexdigest() == sha256
        answer.close()


def test_the_manifest_names_icons_that_exist(cast: Cast) -> None:
    manifest = json.loads(cast.nobody.get("/manifest.webmanifest").text)
    assert {icon["purpose"] for icon in manifest["icons"]} >= {"any", "maskable"}
    for icon in manifest["icons"]:
        answer = cast.nobody.get(icon["src"])
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        answer.close()
    assert len(manifest["shortcuts"]) == 2


def test_the_shell_holds_nobodys_data(cast: Cast) -> None:
    known, unknown = (cast.nobody.get(f"/app/{walk}").text for walk in (cast.a.id, cast.b.id))
    assert known == unknown
    assert str(cast.a.id) not in known


def test_health_needs_no_host_and_touches_nothing(cast: Cast) -> None:
    answer = cast.nobody.get("/healthz", headers={"Host": "10.1.2.3"})
    assert (answer.status_code, answer.json["ok"]) == (200, True)
