"""Between a pin's fields on the wire and its columns in the table.

Owns the one mapping, in both directions. Pure but for the column names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.rules.pins import FIELDS

SAME = tuple(name for name in FIELDS if name not in ("here", "there", "stop_id", "made_at", "photos"))


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The pin's fields in JSON's own types: what a revision keeps and merges compare."""
    return {name: _plain(data[name]) for name in FIELDS}


def columns_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Columns for those of `fields` that are given (all or some). `stop_id` is the caller's."""
    columns = {name: fields[name] for name in SAME if name in fields}
    if "made_at" in fields:
        columns["made_at"] = datetime.fromisoformat(fields["made_at"])
    if "there" in fields:
        columns |= {"lat": fields["there"]["lat"], "lon": fields["there"]["lon"]}
    if "here" in fields:
        here = fields["here"] or {}
        columns |= {"here_lat": here.get("lat"), "here_lon": here.get("lon")}
        columns |= {"accuracy_m": here.get("accuracy_m"), "age_s": here.get("age_s")}
    return columns


def fields_of_payload(pin: Any, photos: Iterable[Any]) -> dict[str, Any]:
    """The pin's present fields, as `plain` would give them."""
    fields = {name: getattr(pin, name) for name in SAME}
    fields["made_at"] = pin.made_at.isoformat()
    fields["stop_id"] = str(pin.stop_id) if pin.stop_id else None
    fields["there"] = {"lat": pin.lat, "lon": pin.lon}
    fields["here"] = None
    if pin.here_lat is not None:
        fields["here"] = {
            "lat": pin.here_lat,
            "lon": pin.here_lon,
            "accuracy_m": pin.accuracy_m,
            "age_s": pin.age_s,
        }
    fields["photos"] = [
        {
            "sha256": photo.sha256,
            "alt": photo.alt,
            "order": photo.order,
            "phase": photo.phase,
            "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        }
        for photo in sorted(photos, key=lambda photo: photo.order)
    ]
    return fields


def photos_of(
    pin_id: UUID, organisation_id: UUID, walk_id: UUID, photos: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of pin_photo; a hash that is named twice counts once."""
    rows: dict[str, dict[str, Any]] = {}
    for photo in photos:
        taken_at = photo["taken_at"]
        rows[photo["sha256"]] = {
            "pin_id": pin_id,
            "sha256": photo["sha256"],
            "organisation_id": organisation_id,
            "walk_id": walk_id,
            "order": photo["order"],
            "alt": photo["alt"],
            "phase": photo["phase"],
            "taken_at": datetime.fromisoformat(taken_at) if taken_at else None,
        }
    return list(rows.values())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
