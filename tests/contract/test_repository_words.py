"""The repository speaks of the product alone, and could be moved to any machine or mirror.

No file names a path of one machine, the host of a package registry, or the tools of a workplace.
The words are written here in pieces, so that this file may hold them.
"""

from __future__ import annotations

import re

from tests.contract.tree import files, text_of

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico", ".pdf")
BINARY = (*IMAGES, ".pmtiles", ".mo", ".gz", ".br", ".db", ".zip", ".bin", ".ttf", ".onnx")

REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "deb." + "debian.org",
    "security." + "debian.org",
    "proxy.golang" + ".org",
    "crates" + ".io",
    "jsdelivr" + ".net",
    "unpkg" + ".com",
    "cdnjs" + ".cloudflare",
]
MACHINE_PATHS = [
    r"/wo" + r"rk/(main|shared|brief|steering)",
    r"/ro" + r"ot/",
    r"/tmp/(shots|bash_jobs|clone)",
    r"\.py" + r"env",
]
WORKPLACE = [
    r"\bC" + r"laude\b",
    r"\bAn" + r"thropic\b",
    r"\bChat" + r"GPT\b",
    r"\bOpen" + r"AI\b",
    r"\bBR" + r"IEF\.md\b",
    r"\bstack-(phone|server)" + r"\.md\b",
    r"\bsettled" + r" list\b",
    r"\bissues? (no\.? ?)?#" + r"\d",
    r"\bsub" + r"agent",
    r"\bwork" + r"place tool",
]


def found(patterns: list[str]) -> list[str]:
    searched = re.compile("|".join(patterns))
    return [
        f"{name}:{number}: {match[0]}"
        for name in files()
        if not name.endswith(BINARY)
        for number, line in enumerate(text_of(name).splitlines(), 1)
        for match in searched.finditer(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert not found([re.escape(host) for host in REGISTRY_HOSTS])


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not found(MACHINE_PATHS)


def test_no_file_speaks_of_how_it_was_made() -> None:
    assert not found(WORKPLACE)


def test_no_file_holds_unfinished_business() -> None:
    code = files("app", "tools", "bench", "migrations", kinds=(".py", ".js", ".css", ".html", ".sh"))
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    assert not [name for name in code if mark.search(text_of(name))]


def test_no_test_sleeps_or_looks_away() -> None:
    mark = re.compile(
        r"time\.sl"
        + r"eep\(|mark\.(sk"
        + r"ip|xf"
        + r"ail)|pytest\.sk"
        + r"ip|wait_for_time"
        + r"out|\.sk"
        + r"ip\("
    )
    assert not [name for name in files("tests", kinds=(".py", ".js")) if mark.search(text_of(name))]
