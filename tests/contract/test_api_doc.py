"""docs/api.md tells of every call of the API, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.contract.tree import text_of

CALL = re.compile(r"^\| `([A-Z]+) ([^`]+)` \|", re.MULTILINE)
TAKEN = re.compile(r"<(?:any\(([^)]*)\)|\w+):(\w+)>")
TOLD = ("/api/", "/healthz", "/readyz", "/packs/")


def told_of(rule: str) -> str:
    """A route as the page writes it: `<uuid:pin_id>` → `<pin_id>`, a choice as its values."""
    return TAKEN.sub(lambda taken: f"<{(taken[1] or taken[2]).replace(', ', '|')}>", rule)


def test_the_api_page_tells_of_exactly_the_routes(tmp_path: Path) -> None:
    from app import create_app
    from app.config import load_settings

    app = create_app(load_settings({"DATA_DIR": str(tmp_path)}))
    routes = {
        (method, told_of(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(TOLD)
    }
    told = {(method, path.replace(r"\|", "|")) for method, path in CALL.findall(text_of("docs/api.md"))}
    assert told == routes
