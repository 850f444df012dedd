"""The message catalogues: from the source files to the languages and back to what is served.

Owns app/translations (messages.pot, a .po and its .mo per language), app/static/i18n/<tag>.json and
app/static/i18n/phone/<tag>.json.
Promises: the same sources and .po files give the same bytes; the .json holds only what scripts say,
the phone's only what its scripts say.
Translates nothing. `update` reads the sources, `compile` writes what is served, `check` says what is wrong.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "app/translations"
SCRIPTS = ROOT / "app/static/i18n"
TEMPLATE = TRANSLATIONS / "messages.pot"
SOURCE_LANGUAGE = "en"

PYTHON_WORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
SCRIPT_WORDS = {"t": None, "tn": (1, 2)}
# (where, pattern, method, words): everything a person can be shown is written in one of these
SOURCES: list[tuple[str, str, str, Mapping[str, Any]]] = [
    ("app", "*.py", "python", PYTHON_WORDS),
    ("app/templates", "*.html", "jinja2.ext:babel_extract", PYTHON_WORDS),
    ("app/static", "*.js", "javascript", SCRIPT_WORDS),
]
NOT_OURS = ("app/static/vendor/", "app/static/js/dist/")
PHONE = ("app/static/js/phone/", "app/static/js/shared/")
OPTIONS = {"javascript": {"parse_template_string": "true"}, "jinja2.ext:babel_extract": {"silent": "false"}}
COMMENT_TAG = "translators:"
# Babel stops at the first brace inside a template literal, and misses what has values: `${t('{n} m', { n })}`
QUOTED = r"'((?:[^'\\]|\\.)*)'"
IN_TEMPLATE = re.compile(rf"(?<![\w.])(?:t\(\s*{QUOTED}|tn\(\s*{QUOTED},\s*{QUOTED})")
HOLE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
NUMBERS = {"{n}", "%(n)s", "%(n)d", "%(num)s", "%(num)d"}
HEADERS = (
    "Project-Id-Version",
    "Language",
    "Plural-Forms",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
HEADER = "# Words of Trygga steg. EUPL-1.2."

Key = str | tuple[str, ...]


def extract() -> Catalog:
    """Every message of the sources, with the files that say it."""
    catalog = _empty()
    for folder, pattern, method, words in SOURCES:
        for file in sorted((ROOT / folder).rglob(pattern)):
            if _name(file).startswith(NOT_OURS):
                continue
            for _line, message, comments, _context in extract_from_file(
                method, file, words, (COMMENT_TAG,), OPTIONS.get(method), strip_comment_tags=True
            ):
                catalog.add(message, locations=[(_name(file), 0)], auto_comments=comments)
            if method == "javascript":
                for message in said_in_script(file.read_text(encoding="utf-8")):
                    catalog.add(message, locations=[(_name(file), 0)])
    return catalog


def said_in_script(text: str) -> Iterator[Key]:
    """The messages of every t() and tn() with plain words, wherever in a script they stand."""
    for alone, one, many in IN_TEMPLATE.findall(text):
        words = tuple(each.replace("\\'", "'") for each in (one, many))
        yield words if one else alone.replace("\\'", "'")


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


class Words(Catalog):
    """A catalogue whose header names neither people nor the version of the tool that wrote it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in super().mime_headers if name in HEADERS]


def _empty(locale: Locale | None = None) -> Words:
    return Words(locale=locale, project="Trygga steg", version="1", header_comment=HEADER, fuzzy=False)


def messages(catalog: Catalog) -> Iterator[Message]:
    """The catalogue's messages without its header."""
    return (message for message in catalog if message.id)


def key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def languages() -> list[str]:
    return sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def po_file(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES/messages.po"


def read(language: str) -> Words:
    with po_file(language).open("rb") as stream:
        found = read_po(stream, locale=language)
    catalog = _empty(Locale.parse(language, sep="-"))
    for message in messages(found):
        catalog.add(
            message.id,
            message.string,
            locations=message.locations,
            flags=message.flags,
            auto_comments=message.auto_comments,
            user_comments=message.user_comments,
        )
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, sort_output=True, include_lineno=False, omit_header=False)
    return stream.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def script_bytes(catalog: Catalog, language: str) -> bytes:
    """What `app/static/js/shared/i18n.js` reads: what scripts say; nothing where English is the key."""
    return _json_bytes(catalog, language, _said(catalog, ("app/static/",)))


def phone_bytes(catalog: Catalog, language: str) -> bytes:
    """The same for the phone alone, each text under a short sum of its English, since bytes count there."""
    ids = [_texts(message.id)[0] for message in messages(catalog) if _is_said_in(message, PHONE)]
    salt = next(n for n in range(10_000) if len({short_key(text, n) for text in ids}) == len(ids))
    said = {short_key(text, salt): forms for text, forms in _said(catalog, PHONE).items()}
    return _json_bytes(catalog, language, said, salt=salt)


def short_key(text: str, salt: int) -> str:
    """As shortKey() in i18n.js: FNV-1a over UTF-16, in three digits of base 36."""
    units = memoryview(text.encode("utf-16-le")).cast("H")
    total = 0x811C9DC5 ^ salt
    for unit in units:
        total = (total ^ unit) * 0x01000193 & 0xFFFFFFFF
    digits, rest = "", total % 36**3
    while rest or not digits:
        digits, rest = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36] + digits, rest // 36
    return digits


def _said(catalog: Catalog, scripts: tuple[str, ...]) -> dict[str, str | list[str]]:
    """First form of the English → the text, or its forms, of what is said below `scripts`."""
    said: dict[str, str | list[str]] = {}
    for message in messages(catalog):
        if _is_said_in(message, scripts) and _is_translated(message):
            forms = _texts(message.string)
            said[_texts(message.id)[0]] = forms if isinstance(message.id, tuple) else forms[0]
    return said


def _is_said_in(message: Message, scripts: tuple[str, ...]) -> bool:
    return any(name.startswith(scripts) and name.endswith(".js") for name, _ in message.locations)


def _json_bytes(catalog: Catalog, language: str, said: Mapping[str, str | list[str]], **more: int) -> bytes:
    head = {
        "lang": language,
        "dir": Locale.parse(language, sep="-").text_direction,
        "plural": catalog.plural_expr.strip("()"),
    }
    body = head | more | {"messages": dict(sorted(said.items()))}
    return (json.dumps(body, ensure_ascii=False, indent=0) + "\n").encode()


def _texts(said: str | Sequence[str] | None) -> list[str]:
    """The one or several forms of a message, on either side."""
    return [said] if isinstance(said, str) else list(said or [])


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and bool(message.string) and all(_texts(message.string))


def updated(language: str, template: Catalog) -> Catalog:
    """The language's catalogue with the template's messages; what is no longer said is dropped."""
    file = po_file(language)
    known = {key(message): message for message in messages(read(language))} if file.exists() else {}
    catalog = _empty(Locale.parse(language, sep="-"))
    for message in messages(template):
        old = known.get(key(message))
        catalog.add(
            message.id,
            old.string if old else "" if isinstance(message.id, str) else ("", "")[: catalog.num_plurals],
            locations=message.locations,
            flags=old.flags if old else message.flags,
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old else [],
        )
    return catalog


def served(language: str) -> dict[Path, bytes]:
    """The files written from the language's .po, with their bytes."""
    catalog = read(language)
    return {
        po_file(language).with_suffix(".mo"): mo_bytes(catalog),
        SCRIPTS / f"{language}.json": script_bytes(catalog, language),
        SCRIPTS / "phone" / f"{language}.json": phone_bytes(catalog, language),
    }


def faults() -> list[str]:
    """Everything that is wrong with the catalogues, one line each."""
    found: list[str] = []
    template = extract()
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != po_bytes(template):
        found.append(f"{_name(TEMPLATE)} is stale")
    for language in languages():
        catalog = read(language)
        found += [f"{language}: {fault}" for fault in _faults_of(catalog, template, language)]
        for file, expected in served(language).items():
            if not file.exists() or file.read_bytes() != expected:
                found.append(f"{language}: {_name(file)} is stale")
    return found


def _faults_of(catalog: Catalog, template: Catalog, language: str) -> Iterator[str]:
    has = {key(message): message for message in messages(catalog)}
    said = {key(message) for message in messages(template)}
    yield from (f"not in the catalogue: {wanted!r}" for wanted in said - has.keys())
    yield from (f"said nowhere: {left!r}" for left in has.keys() - said)
    for name, message in has.items():
        if message.fuzzy:
            yield f"fuzzy: {name!r}"
        if language != SOURCE_LANGUAGE and not _is_translated(message):
            yield f"untranslated: {name!r}"
        elif _is_translated(message) and not _holes_match(message):
            yield f"placeholders differ: {name!r}"


def holes(text: str) -> set[str]:
    """The named placeholders of a text, in either notation."""
    return {match.group(0) for match in HOLE.finditer(text)}


def _holes_match(message: Message) -> bool:
    """The forms together use the same placeholders; one form may leave the number out."""
    wanted = set().union(*map(holes, _texts(message.id)))
    optional = NUMBERS if isinstance(message.id, tuple) else set()
    return all(wanted - optional <= holes(target) <= wanted for target in _texts(message.string))


def update() -> None:
    template = extract()
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(po_bytes(template))
    for language in languages():
        po_file(language).write_bytes(po_bytes(updated(language, template)))


def compile_all() -> None:
    (SCRIPTS / "phone").mkdir(parents=True, exist_ok=True)
    for language in languages():
        for file, content in served(language).items():
            file.write_bytes(content)


def main(command: str) -> int:
    if command == "update":
        update()
    elif command == "compile":
        compile_all()
    elif command != "check":
        print("python tools/translations.py update | compile | check", file=sys.stderr)
        return 2
    found = faults() if command == "check" else []
    print("\n".join(found) or f"{command}: done")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
