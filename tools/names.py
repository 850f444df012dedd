"""Writes app/data/names.json: given names and surnames that people in Sweden have, from the lists of Faker.

Owns that file. Promises the same file on every run of one version of Faker (MIT), which nothing else
here needs: `python -m pip install faker==40.54.0`, then `python tools/names.py`. The lists say which
words may be names; what to make of one in a sentence is for `app/rules/notes.py`.
"""

import json
from pathlib import Path

from faker import VERSION
from faker.providers.person.fi_FI import Provider as Finnish
from faker.providers.person.sv_SE import Provider as Swedish

FILE = Path(__file__).resolve().parent.parent / "app/data/names.json"
LISTS = ("first_names", "first_names_female", "first_names_male")


def main() -> None:
    given = {name for people in (Swedish, Finnish) for part in LISTS for name in getattr(people, part, ())}
    surnames = set(Swedish.last_names)
    told = {
        "source": f"Faker {VERSION} (MIT), sv_SE and fi_FI",
        "given": sorted(name for name in given if name.isalpha() or "-" in name),
        "surnames": sorted(surnames),
    }
    FILE.write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
