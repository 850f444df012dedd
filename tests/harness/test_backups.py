"""A deployment backs itself up while a walk goes on, and a whole new machine is made from the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.rules.backups import archives
from tests.databases import Database
from tests.servers import ServerFactory, command_line
from tests.waiting import wait_until


def names(folder: Path) -> list[str]:
    return archives(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_running_service_makes_its_backups_and_another_machine_is_made_of_one(
    engine: str, new_database: Callable[..., Database], server_factory: ServerFactory, tmp_path: Path
) -> None:
    first, folder = new_database(engine), tmp_path / "archives"
    server = server_factory(first, demo=True, BACKUP_TO=str(folder), BACKUP_EVERY_HOURS="24")
    code = server.find(r"/v/([0-9A-Za-z-]+)")
    wait_until(lambda: names(folder), "a backup", seconds=60)
    made = server.cli("backup", "create", "--keep", "1")
    assert "read back whole" in made
    assert len(names(folder)) == 1
    assert names(folder)[0] in server.cli("backup", "list")
    assert "whole" in server.cli("backup", "verify")
    server.kill()

    second = new_database(engine, empty=True)
    environment = second.environment(BACKUP_TO=str(folder), PUBLIC_URL=server.url)
    told = command_line(environment, "backup", "restore", "--yes")
    assert "4 walks" in told
    assert "all well" in command_line(environment, "doctor")
    again = server_factory(second, demo=True, BACKUP_TO=str(folder))
    assert again.find(r"/v/([0-9A-Za-z-]+)") == code
