"""Languages: which there are, and which one this request speaks.

Owns the language cookie's meaning and the pseudo-locale for right-to-left proofs. Texts live in
translations/; what a walk says in several languages is chosen by `pick`.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.core import get_global
from babel.dates import get_timezone_location
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale

from app.config import ConfigError

LANGUAGES: dict[str, str] = {"sv": "Svenska", "en": "English"}
PSEUDO = "en-x-rtl"
COOKIE = "trygg_lang"


def init_i18n(app: Flask) -> None:
    """Choose the language per request: query, cookie, Accept-Language, default.

    Raises ConfigError when the default is none of ours.
    """
    default = app.config["SETTINGS"].default_language
    if default not in (*LANGUAGES, PSEUDO):
        raise ConfigError(f"DEFAULT_LANGUAGE must be one of {', '.join(LANGUAGES)}")
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_babel_locale, timezone_selector=lambda: g.get("timezone"))
    app.jinja_env.globals.update(language=language, text_direction=text_direction, languages=languages)


def languages() -> list[tuple[str, str]]:
    """(tag, own name) of every language that can be chosen."""
    offered = list(LANGUAGES.items())
    if current_app.config["SETTINGS"].pseudo_locale:
        offered.append((PSEUDO, "ʇuɐɹɹɐ"))
    return offered


def language() -> str:
    """The language tag of this request; outside a request, the default."""
    if not has_request_context():
        return str(current_app.config["SETTINGS"].default_language)
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def text_direction() -> str:
    if language() == PSEUDO:
        return "rtl"
    locale = get_locale()
    return locale.text_direction if locale else "ltr"


def time_zones() -> list[tuple[str, str]]:
    """(name, city in this request's language) of Europe's time zones, each once, by city."""
    names = [name for name in get_global("zone_territories") if name.startswith("Europe/")]
    cities = {name: get_timezone_location(name, locale=get_locale(), return_city=True) for name in names}
    return sorted(cities.items(), key=lambda zone: zone[1])


def zone_now(name: str) -> str:
    """The name that a zone has today; old names still work, and are not offered."""
    return str(get_global("zone_aliases").get(name, name))


def pick(texts: Mapping[str, str] | None, tag: str | None = None) -> str:
    """The text in `tag` (default: this request's language), else Swedish, English or any."""
    if not texts:
        return ""
    for wanted in (tag or language(), "sv", "en"):
        if texts.get(wanted):
            return texts[wanted]
    return next(iter(texts.values()))


def _choose() -> str:
    offered = dict(languages())
    for tag in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if tag in offered:
            return str(tag)
    default: str = current_app.config["SETTINGS"].default_language
    return request.accept_languages.best_match(list(LANGUAGES), default) or default


def _babel_locale() -> str:
    tag = language()
    return "en" if tag == PSEUDO else tag
