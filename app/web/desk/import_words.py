"""What codes of an import are called: columns, encodings, delimiters, and faults of a file or a row."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

FIELD_NAMES: dict[str, Any] = {
    "north": _("North or latitude"),
    "east": _("East or longitude"),
    "stop": _("Stop no."),
    "category": _("Category"),
    "kind": _("Kind"),
    "text": _("Text"),
    "proposal": _("Proposal"),
    "address": _("Address"),
    "made_at": _("When it was seen"),
    "number": _("Its number in your own list"),
}
ENCODING_NAMES: dict[str, Any] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "cp1252": _("Windows, western Europe"),
    "mac-roman": _("Old Macintosh"),
    "cp850": "MS-DOS",
}
DELIMITERS: dict[str, tuple[str, Any]] = {
    "semicolon": (";", _("Semicolon")),
    "comma": (",", _("Comma")),
    "tab": ("\t", _("Tab")),
    "bar": ("|", _("Vertical bar")),
}
VOICE_NAMES: dict[str, Any] = {
    "": _("Not known"),
    "resident": _("Residents"),
    "professional": _("People in their work"),
}
UNREADABLE: dict[str, Any] = {
    "none": _("Choose a file, or paste some rows."),
    "too_large": _("The file is larger than 2 MB. Divide it into several."),
    "workbook": _("This is a workbook. Save it as CSV in the spreadsheet first (Save as, CSV)."),
    "not_text": _("This is no table of text. Bring a CSV or GeoJSON file."),
    "empty": _("There are no rows in it."),
    "too_many_rows": _("There are more than 2,000 rows. Divide the file into several."),
    "too_many_columns": _("There are more than 60 columns. Take away those that are not needed."),
    "cell_too_long": _("A cell is longer than 20,000 characters. Perhaps a quotation mark is missing."),
    "bad_geojson": _("It begins like GeoJSON but is no collection of features."),
}
FAULTS: dict[str, Any] = {
    "no_place": _("There is no place: neither coordinates nor a stop."),
    "place": _("“%(value)s” is no place. Check columns and coordinate system."),
    "far": _("The place is %(value)s km from the walk. Check columns and coordinate system."),
    "stop": _("The walk has no stop “%(value)s”."),
    "category": _("“%(value)s” is no category we know."),
    "no_category": _("There is no category."),
    "kind": _("“%(value)s” is no kind. Write problem, good or idea."),
    "time": _("“%(value)s” is no time we understand. Write 2026-11-12 18:30."),
    "past": _("“%(value)s” is too long ago. Only what was seen in the year 2000 or later can be taken in."),
    "future": _("“%(value)s” has not been yet."),
    "too_long": _("A text in it is too long."),
    "wrong": _("Something in it has the wrong form."),
}
BAD_RESCUE: dict[str, Any] = {
    "none": _("Choose the file that the phone saved."),
    "not_ours": _("This is no file that a phone saved here. Look for trygga-steg-….zip."),
    "cut_off": _("The end of the file is missing. Ask for it once more."),
    "damaged": _("The file was damaged on its way. Ask for it once more; nothing is lost on the phone."),
    "version": _("The file was saved by a newer version of the app than this service knows."),
    "too_large": _("The file is larger than any that a phone saves here."),
}
