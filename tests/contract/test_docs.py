"""Documents that cannot rot: what they name exists, and what exists is named.

Settings, problem codes, commands and paths are compared both ways with the code.
"""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from app.problems import CATALOGUE
from tests.contract.tree import ROOT, files, text_of

DOCS = [name for name in files(kinds=(".md",)) if not name.startswith(("app/", "tests/"))]
LIVING = [name for name in DOCS if name != "CHANGELOG.md"]
TOPS = "app|tests|docs|tools|bench|migrations|.ci"
CODE_PATH = re.compile(rf"`((?:{re.escape(TOPS).replace(chr(92) + '|', '|')})/[\w./*<>{{}},-]+)`")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"""(?:env\.get\(|_(?:integer|switch)\(env,\s*)["']([A-Z][A-Z0-9_]+)["']""")
FIRST_CELL = re.compile(r"^\|\s*`([^`]+)`", re.MULTILINE)


def expand(path: str) -> list[str]:
    """`a/{b,c}.py` → both."""
    match = re.search(r"\{([^}]*)\}", path)
    if not match:
        return [path]
    return [
        one
        for part in match[1].split(",")
        for one in expand(path[: match.start()] + part + path[match.end() :])
    ]


def exists(path: str) -> bool:
    if "<" in path:  # a name to be chosen
        return exists(path[: path.index("<")].rpartition("/")[0])
    if "*" in path:
        return any(fnmatch(name, path) for name in files(vendor=True))
    return (ROOT / path).exists()


@pytest.mark.parametrize("doc", DOCS)
def test_every_path_a_document_names_exists(doc: str) -> None:
    named = [path.rstrip(".") for found in CODE_PATH.findall(text_of(doc)) for path in expand(found)]
    assert not [path for path in named if not exists(path)]


@pytest.mark.parametrize("doc", DOCS)
def test_every_link_of_a_document_leads_somewhere(doc: str) -> None:
    folder = (ROOT / doc).parent
    assert not [link for link in LINK.findall(text_of(doc)) if not (folder / link).exists()]


@pytest.mark.parametrize("doc", DOCS)
def test_every_make_target_a_document_names_exists(doc: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", text_of(doc), re.MULTILINE)
    assert {one or two for one, two in named} <= targets


def test_the_settings_table_holds_exactly_the_settings() -> None:
    read = {name for path in files("app", kinds=(".py",)) for name in SETTING.findall(text_of(path))}
    assert "DATA_DIR" in read
    assert set(FIRST_CELL.findall(text_of("docs/settings.md"))) == read


def test_the_problems_table_holds_exactly_the_problems() -> None:
    assert set(FIRST_CELL.findall(text_of("docs/problems.md"))) == set(CATALOGUE)


def test_every_command_is_described(tmp_path: Path) -> None:
    from app import create_app  # the commands hang on the app
    from app.config import load_settings

    app = create_app(load_settings({"DATA_DIR": str(tmp_path)}))
    words = "\n".join(text_of(doc) for doc in LIVING)
    ours = {
        name for name, command in app.cli.commands.items() if command.callback and _is_ours(command.callback)
    } | {
        name
        for name, command in app.cli.commands.items()
        if getattr(command, "commands", None) and name != "db"
    }
    assert ours
    assert not {name for name in ours if not re.search(rf"flask {re.escape(name)}\b", words)}


def _is_ours(callback: object) -> bool:
    return str(getattr(getattr(callback, "__wrapped__", callback), "__module__", "")).startswith("app.")


def test_every_code_word_of_the_vocabulary_is_used() -> None:
    words = {
        cell for cell in FIRST_CELL.findall(text_of("docs/VOCABULARY.md")) if re.fullmatch(r"[a-z_]+", cell)
    }
    source = "\n".join(text_of(name) for name in files("app", kinds=(".py", ".js")))
    assert words
    assert not {word for word in words if not re.search(rf"\b{word}\b", source)}
