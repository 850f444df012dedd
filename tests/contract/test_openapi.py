"""The API's description: valid, complete, and read inside our own wall."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.problems import CATALOGUE
from tests.cast import Cast

pytestmark = pytest.mark.sqlite_is_enough
METHODS = {"get", "post", "put", "patch", "delete"}
OUTSIDE = {"/api/docs", "/api/openapi.json"}


@pytest.fixture
def spec(cast: Cast) -> dict[str, Any]:
    return cast.nobody.get("/api/openapi.json").json


def calls(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, item[method])
        for path, item in spec["paths"].items()
        for method in METHODS & item.keys()
    ]


def test_it_is_valid_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(spec).validate()


def test_every_route_under_api_is_described(app: Flask, spec: dict[str, Any]) -> None:
    routes = {
        (method.lower(), re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule not in OUTSIDE
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _call in calls(spec)} == routes


def test_every_call_says_what_it_does_and_how_it_can_fail(spec: dict[str, Any]) -> None:
    bare = [
        f"{method} {path}"
        for method, path, call in calls(spec)
        if not call.get("summary") or not ({"default", "400", "401", "404", "422"} & call["responses"].keys())
    ]
    assert bare == []


def test_problems_are_described_with_all_their_codes(spec: dict[str, Any]) -> None:
    problem = spec["components"]["schemas"]["Problem"]
    assert set(problem["properties"]["code"]["enum"]) == set(CATALOGUE)
    assert {"type", "title", "status", "code", "retry"} <= set(problem["required"])


def test_the_readable_page_tells_every_call_and_loads_nothing_from_elsewhere(
    cast: Cast, spec: dict[str, Any]
) -> None:
    page = cast.nobody.get("/api/docs").text
    for _method, path, _call in calls(spec):
        assert path in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []
    assert "<script" not in re.sub(r'<script[^>]* src="/static/[^"]*"[^>]*></script>', "", page)


def test_the_document_is_the_same_every_time(cast: Cast) -> None:
    first, second = (json.dumps(cast.nobody.get("/api/openapi.json").json) for _ in range(2))
    assert first == second
