"""Server faults of whole processes: killed in a herd (S1), reconnected to all at once (S16)."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from tests.contract.disasters import at_once
from tests.faults.conftest import Deployment
from tests.faults.herd import Herd
from tests.harness.test_servers import children
from tests.waiting import wait_until
from tests.wire import Wire

KILLS = 3
READERS = 150


def test_s01_workers_killed_in_a_herd_lose_nothing(deployed: Deployment) -> None:
    """All children of the server by SIGKILL, again and again, and once the server with them."""
    cast = deployed.cast
    server = deployed.server()
    phones = [cast.amina, cast.bengt, *(cast.another_phone(cast.a) for _ in range(4))]
    with Herd(phones, server.port) as herd:
        for _ in range(KILLS):
            herd.wait_for_more(6)
            killed = wait_until(lambda: children(server.pid), "children")
            for child in killed:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        herd.wait_for_more(6)
        server.restart()
        herd.wait_for_more(6)
    assert herd.broken > 0
    server.stop()
    assert [line for line in server.output().splitlines() if '"unforeseen"' in line] == []
    herd.check(cast)


def test_s16_everybody_comes_back_at_once_after_a_restart(deployed: Deployment) -> None:
    """Phones and desks whose connections all broke in the same moment; each is answered at its first try."""
    cast = deployed.cast
    cast.amina.put_pin()
    server = deployed.server(PHOTO_WORKER="off")
    wire = Wire(cast.amina, server.port)
    server.restart()
    told: list[int] = []

    def come_back() -> None:
        answer = wire.get(cast.amina.url("changes"))
        told.append(answer.status)
        assert len(answer.json["items"]) == 1

    at_once([come_back] * READERS)
    assert told == [200] * READERS
