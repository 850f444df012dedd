"""The phone's contract: limits and word lists written from the schemas as a JavaScript module."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields, validate

from app.rules.categories import AFFECTED, KINDS, SOURCES, VOICES, WHEN
from app.schemas.pin import MOST_PHOTOS, PinSchema

HEAD = "// Written by `flask contract` from app/schemas; do not edit.\n\n"


def contract_module() -> str:
    """The module's text: the pin's fields with type, limits and default, and the word lists."""
    parts = {
        "KINDS": KINDS,
        "WHEN": WHEN,
        "AFFECTED": AFFECTED,
        "SOURCES": SOURCES,
        "VOICES": VOICES,
        "MOST_PHOTOS": MOST_PHOTOS,
        "PIN": {name: _field(field) for name, field in PinSchema().fields.items()},
    }
    return HEAD + "\n".join(f"export const {name} = {_javascript(value)};\n" for name, value in parts.items())


def _field(field: fields.Field[Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"type": type(field).__name__.lower(), "required": field.required}
    if field.allow_none:
        described["nullable"] = True
    for rule in field.validators:
        if isinstance(rule, validate.Length | validate.Range):
            described |= {
                name: value for name in ("min", "max") if (value := getattr(rule, name)) is not None
            }
        if isinstance(rule, validate.OneOf):
            described["choices"] = list(rule.choices)
    return described


def _javascript(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
