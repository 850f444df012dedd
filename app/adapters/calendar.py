"""Calendar entries (RFC 5545), one event a file."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

FORM = "%Y%m%dT%H%M%SZ"


def calendar_entry(
    id: UUID, title: str, starts_at: datetime, ends_at: datetime, url: str, now: datetime
) -> str:
    """One VEVENT; lines end with CRLF and long ones are folded at 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Trygga steg//walk//SV",
        "BEGIN:VEVENT",
        f"UID:{id}@trygga-steg",
        f"DTSTAMP:{now.astimezone(UTC):{FORM}}",
        f"DTSTART:{starts_at.astimezone(UTC):{FORM}}",
        f"DTEND:{ends_at.astimezone(UTC):{FORM}}",
        f"SUMMARY:{_escaped(title)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) + "\r\n" for line in lines)


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> str:
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 73:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
