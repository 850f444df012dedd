"""Who may import whom in the browser's modules; Python's layers are import-linter's (`make lint`).

One door per danger: Leaflet behind shared/map.js, IndexedDB behind the phone's store, the network
behind shared/api.js (the catalogue and the map pack, plain files of ours, are read directly).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.contract.tree import ROOT, VENDOR, files, text_of

JS = "app/static/js/"
MODULES = [name for name in files("app", kinds=(".js",)) if name.startswith(JS)]
COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`])//[^\n]*", re.DOTALL)
IMPORT = re.compile(r"""(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+\sfrom\s*)?\(?\s*['"]([^'"]+)['"]""")


def code(name: str) -> str:
    """The module without comments: a type in JSDoc is no import."""
    return COMMENT.sub("", text_of(name))


def target(module: str, wanted: str) -> str:
    """The repository path that `module` means by `wanted`."""
    parts: list[str] = []
    for part in (PurePosixPath(module).parent / wanted).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def imports() -> Iterator[tuple[str, str]]:
    for module in MODULES:
        for wanted in IMPORT.findall(code(module)):
            yield module, wanted


def short(name: str) -> str:
    return name.removeprefix(JS)


def test_there_are_modules_to_check() -> None:
    assert len(list(imports())) > 10


def test_imports_are_relative_and_lead_to_a_file() -> None:
    lost = [
        (short(module), wanted)
        for module, wanted in imports()
        if not wanted.startswith(".") or not (ROOT / target(module, wanted)).is_file()
    ]
    assert not lost


@pytest.mark.parametrize(
    ("importer", "imported", "why"),
    [
        (r"shared/", r"(phone|desk)/", "what both use knows neither"),
        (r"phone/", r"desk/", "the phone ships no desk code"),
        (r"desk/", r"phone/", "the desk has no outbox"),
        (r"phone/(?!ui/|main\.js)", r"phone/ui/", "the core works without a screen"),
        (r"(phone|desk|shared)/", r".*/main\.js$", "main.js wires and is wired by nobody"),
        (r"phone/outbox\.js$", r"(?!phone/|shared/ids)", "the outbox decides on plain data"),
    ],
)
def test_import_rules(importer: str, imported: str, why: str) -> None:
    broken = [
        (short(module), short(target(module, wanted)))
        for module, wanted in imports()
        if re.match(importer, short(module)) and re.match(imported, short(target(module, wanted)))
    ]
    assert not broken, why


@pytest.mark.parametrize(
    ("danger", "doors"),
    [
        (r"globalThis\.L\b|window\.L\b|(?<![\w.$'\"-])L\.\w", r"shared/map(-[a-z]+)?\.js$"),
        (r"\bindexedDB\b|vendor/idb", r"phone/store(-[a-z]+)?\.js$"),
        (r"(?<![\w.])fetch\(", r"shared/(api|i18n)\.js$|phone/(pack|ahead)\.js$"),
        (r"\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write", r"$^"),
        (r"\beval\(|new Function\(", r"$^"),
        (r"\bXMLHttpRequest\b|sendBeacon|new WebSocket|EventSource", r"$^"),
    ],
)
def test_each_danger_has_one_door(danger: str, doors: str) -> None:
    outside = [
        short(module)
        for module in MODULES
        if re.search(danger, code(module)) and not re.search(doors, short(module))
    ]
    assert not outside


def test_only_the_sync_loop_sends_residents_things() -> None:
    senders = [
        short(module)
        for module in MODULES
        if short(module).startswith("phone/") and re.search(r"""\brequest\(\s*['"]PUT['"]""", code(module))
    ]
    assert not [name for name in senders if not re.fullmatch(r"phone/sync(-[a-z]+)?\.js", name)]


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
    data = re.compile(r'<script[^>]*type="application/(json|ld\+json)"', re.IGNORECASE)
    named_by_the_policy = "<style>{{ inline|safe }}</style>"
    found = [
        (name, match[0])
        for name in files("app", kinds=(".html",), vendor=False)
        for match in inline.finditer(text_of(name).replace(named_by_the_policy, ""))
        if not data.match(match[0])
    ]
    assert not found


def test_vendored_files_are_no_modules_of_ours() -> None:
    assert not [name for name in MODULES if name.startswith(VENDOR)]
