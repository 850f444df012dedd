"""Vendored files are what their packages published, named and licensed; every icon asked for exists."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.contract.tree import ROOT, files, text_of

VENDOR = ROOT / "app/static/vendor"
LISTED: list[dict[str, str]] = json.loads((VENDOR / "VENDOR.json").read_text())
COPIED = [entry for entry in LISTED if "*" not in entry["source"]]
OWN = {"VENDOR.json", "LICENSES.txt"}
SPRITE_USE = re.compile(r"""(?:icon|iconButton|badge|glyph)\(\s*['"]([a-z0-9-]+)['"]""")


def name(entry: dict[str, str]) -> str:
    return entry["file"]


def path_of(entry: dict[str, str]) -> Path:
    return (VENDOR / entry["file"]).resolve()


@pytest.mark.parametrize("entry", LISTED, ids=name)
def test_the_file_is_unchanged(entry: dict[str, str]) -> None:
    assert hashlib.sha256(path_of(entry).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", COPIED, ids=name)
def test_the_file_is_the_package_s_own(entry: dict[str, str]) -> None:
    published = ROOT / "node_modules" / entry["package"] / entry["source"]
    if published.parent.is_dir():  # Node is a developer's tool; without it the recorded hash must do
        assert path_of(entry).read_bytes() == published.read_bytes()


@pytest.mark.parametrize("entry", LISTED, ids=name)
def test_the_version_is_the_one_that_package_json_asks_for(entry: dict[str, str]) -> None:
    wanted = json.loads(text_of("package.json"))["devDependencies"]
    assert wanted[entry["package"]] == entry["version"]


@pytest.mark.parametrize("entry", LISTED, ids=name)
def test_the_licence_is_told(entry: dict[str, str]) -> None:
    heading = f"{entry['package']} {entry['version']} ({entry['licence']})"
    assert heading in text_of("app/static/vendor/LICENSES.txt")


def test_nothing_lies_in_vendor_that_is_not_listed() -> None:
    listed = {entry["file"] for entry in LISTED}
    strangers = [
        path.name
        for path in VENDOR.iterdir()
        if path.name not in listed | OWN and not path.name.endswith(".d.ts")
    ]
    assert not strangers


def test_versions_are_exact() -> None:
    package = json.loads(text_of("package.json"))
    loose = {
        name: version
        for name, version in package["devDependencies"].items()
        if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    }
    assert not loose
    assert "dependencies" not in package, "the running app needs no Node"


def test_the_lock_names_no_registry() -> None:
    packages = json.loads(text_of("package-lock.json"))["packages"]
    assert not [name for name, entry in packages.items() if "resolved" in entry]


def sprite() -> set[str]:
    return set(re.findall(r'<symbol[^>]* id="([a-z0-9-]+)"', text_of("app/static/icons/sprite.svg")))


def test_every_category_has_its_icon() -> None:
    categories = json.loads(text_of("app/data/categories.json"))["categories"]
    drawn = {one.get(name, one["icon"]) for one in categories for name in ("icon", "icon_positive")}
    assert not drawn - sprite()


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    asked = {
        (icon, name)
        for name in files("app", kinds=(".js", ".html"))
        for icon in SPRITE_USE.findall(text_of(name))
    }
    assert not {(icon, name) for icon, name in asked if icon not in sprite()}
