"""The catalogues say everything the sources say, in every language, and are what is served."""

from __future__ import annotations

import json

import pytest
from babel.messages.catalog import Message

from tools import translations


def test_every_string_is_translated_and_every_compiled_file_is_fresh() -> None:
    assert translations.faults() == []


def test_swedish_and_english_are_there() -> None:
    assert {"sv", "en"} <= set(translations.languages())


@pytest.mark.parametrize(
    ("source", "target", "matches"),
    [
        ("{m} metres", "{m} meter", True),
        ("{m} metres", "{n} meter", False),
        ("%(name)s left", "Någon gick", False),
        (("{n} pin", "{n} pins"), ("En markering", "{n} markeringar"), True),
        (("{n} of {name}", "{n} of {name}"), ("{n}", "{n} av {name}"), False),
    ],
)
def test_it_sees_when_placeholders_differ(
    source: str | tuple[str, str], target: str | tuple[str, str], matches: bool
) -> None:
    assert translations._holes_match(Message(source, target)) is matches


def test_it_reports_what_is_missing_fuzzy_or_said_nowhere() -> None:
    template = translations.Words()
    for words in ("kept", "fuzzy", "missing", "new"):
        template.add(words)
    catalog = translations.Words(locale="sv")
    catalog.add("kept", "behållen")
    catalog.add("fuzzy", "luddig", flags=["fuzzy"])
    catalog.add("missing", "")
    catalog.add("old", "gammal")
    found = set(translations._faults_of(catalog, template, "sv"))
    assert found == {
        "not in the catalogue: 'new'",
        "said nowhere: 'old'",
        "fuzzy: 'fuzzy'",
        "untranslated: 'fuzzy'",
        "untranslated: 'missing'",
    }


def test_words_inside_a_template_literal_are_found() -> None:
    script = "const a = ` · ${t('{m} from the pin', { m: far })}`; tn('{n} pin', '{n} pins', n); not.t('x');"
    assert list(translations.said_in_script(script)) == ["{m} from the pin", ("{n} pin", "{n} pins")]
    assert "{m} from the pin" in {message.id for message in translations.messages(translations.extract())}


def test_scripts_get_only_what_scripts_say() -> None:
    catalog = translations.Words(locale="sv")
    catalog.add("Hidden", "Dold", locations=[("app/templates/desk.html", 0)])
    catalog.add("Said", "Sagt", locations=[("app/static/js/phone/main.js", 0)])
    catalog.add(
        ("{n} pin", "{n} pins"), ("{n} markering", "{n} markeringar"), locations=[("app/static/sw.js", 0)]
    )
    written = translations.script_bytes(catalog, "sv").decode()
    assert '"Said": "Sagt"' in written
    assert '"{n} pin": [' in written
    assert "Dold" not in written


def test_the_phone_and_the_writer_name_a_text_alike() -> None:
    # tests/js/phone/words.test.js holds the reader to the same sums
    texts = ("New pin", "{n} pin", "m – “ö”")
    assert [translations.short_key(text, 3) for text in texts] == ["jj3", "2vh", "mi9"]


def test_no_two_texts_of_the_phone_share_a_name() -> None:
    catalog = translations.read("sv")
    body = json.loads(translations.phone_bytes(catalog, "sv"))
    said = translations._said(catalog, translations.PHONE)
    assert len(body["messages"]) == len(said) > 100
    assert all(body["messages"][translations.short_key(text, body["salt"])] == said[text] for text in said)
