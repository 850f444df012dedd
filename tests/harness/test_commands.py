"""The command line when something is wrong: one plain line, before anything is made or promised."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.databases import SECRET_KEY
from tests.servers import FLASK, ROOT, inherited


def refused(data_dir: Path, *words: str, **settings: str) -> str:
    """What `flask <words>` says when it ends with an error."""
    environment = {"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET_KEY, **settings}
    done = subprocess.run(
        [*FLASK, *words], cwd=ROOT, env=inherited() | environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr


def is_one_line(told: str, *words: str) -> bool:
    return told.startswith("trygga steg: ") and told.count("\n") == 1 and all(word in told for word in words)


def test_a_taken_port_is_told_before_the_demo_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        told = refused(tmp_path, "serve", "--demo", PORT=port)
    assert is_one_line(told, "PORT", port)
    assert not (tmp_path / "trygga-steg.db").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "999.1.1.1"),
        ("LOG_LEVEL", "loud"),
        ("DEFAULT_LANGUAGE", "xx"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("PORT", "many"),
    ],
)
def test_a_wrong_setting_is_one_plain_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    assert is_one_line(refused(tmp_path, "serve", **{name: value}), name)


@pytest.mark.parametrize(
    "words",
    [
        ("facilitator", "link", "demo@trygga-steg.example"),
        ("demo", "reset"),
        ("worker",),
        ("backup", "create"),
        ("doctor",),
    ],
)
def test_a_command_beside_the_wrong_data_says_where_it_looked(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert is_one_line(refused(tmp_path, *words), str(tmp_path), "DATA_DIR")


def test_a_backup_that_is_not_there_or_cannot_be_read_is_one_plain_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"no archive")
    assert is_one_line(refused(tmp_path, "backup", "verify"), "flask backup create")
    assert is_one_line(refused(tmp_path, "backup", "verify", "other.tar"), "other.tar")
    assert is_one_line(refused(tmp_path, "backup", "verify", str(tmp_path / "none.tar")), "none.tar")
    assert is_one_line(refused(tmp_path, "backup", "verify", str(broken)), "cannot be used", "cut off")
    assert is_one_line(refused(tmp_path, "backup", "list", "--to", "ftp://x"), "s3://")
