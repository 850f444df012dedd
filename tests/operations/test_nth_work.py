"""Whichever statement or file operation fails in the work behind the answers, what there is stays whole.

The photo worker, a backup and an upload's way to the disk; each made to fail at its first step, its second,
and so on until one run has no failure.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.adapters import backup_place, images, photo_store
from app.adapters.photo_store import StoreFull, StoreUnavailable
from app.models import Photo, PhotoEncoding, Walk
from app.operations import backup
from app.operations.doctor import examine
from app.operations.photos import photo_store as store_of
from tests.builders import a_photo
from tests.cast import Cast
from tests.contract.disasters import everything
from tests.operations.keeping import lived_in, make, place
from tests.operations.test_nth_failure import StatementCounter, failing

__all__ = ["lived_in", "place"]
MOST = 120
OPERATIONS = ("open", "write", "fsync", "replace")


class FailingFiles:
    """The operating system's file operations, of which one fails once."""

    def __init__(self, let_through: int, error: int) -> None:
        self.left = let_through
        self.has_failed = False
        self._error = error

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return self._counted(real) if name in OPERATIONS else real

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0 and not self.has_failed:
                self.has_failed = True
                raise OSError(self._error, os.strerror(self._error))
            return real(*args, **options)

        return act


@contextmanager
def files_failing(monkeypatch: pytest.MonkeyPatch, files: FailingFiles) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for module in (photo_store, backup_place):
            patch.setattr(module, "os", files)
        yield


@pytest.fixture(autouse=True)
def children_end() -> Iterator[None]:
    yield
    images.close()


@pytest.mark.parametrize(
    ("error", "told"),
    [(errno.EIO, (503, "busy")), (errno.ENOSPC, (507, "storage_full"))],
    ids=["broken", "full"],
)
def test_an_upload_whose_nth_file_operation_fails_is_not_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: int, told: tuple[int, str]
) -> None:
    before = everything(cast)
    with cast.app.app_context():
        spool = store_of().spool_dir
    for number in range(MOST):
        files = FailingFiles(number, error)
        with files_failing(monkeypatch, files):
            answer = cast.amina.put_photo(a_photo(1))
        assert list(spool.iterdir()) == [], number
        if not files.has_failed:
            break
        assert (answer.status_code, answer.json["code"]) == told, number
        assert everything(cast) == before, number
    assert number > 5
    assert answer.status_code == 201
    assert cast.count(Photo) == 1


def photos_are_whole(cast: Cast) -> None:
    """A photo waits and has no encodings, or is ready and has both, unharmed."""
    ready = cast.count(Photo, Photo.state == "ready")
    assert ready + cast.count(Photo, Photo.state == "received") == cast.count(Photo)
    assert cast.count(PhotoEncoding) == 2 * ready
    with cast.app.app_context():
        assert [found for found in examine() if found and found.what != "orphan"] == []


def one_more_photo(cast: Cast, number: int) -> None:
    assert cast.amina.put_photo(a_photo(number, kind="PNG")).status_code == 201


def test_a_photo_whose_nth_statement_fails_waits_or_is_ready(cast: Cast) -> None:
    for number in range(MOST):
        one_more_photo(cast, number)
        counter = StatementCounter(number)
        with failing(cast, counter), suppress(OperationalError):
            cast.encode_photos()
        photos_are_whole(cast)
        cast.encode_photos()
        assert cast.count(Photo, Photo.state == "ready") == number + 1
        if not counter.has_failed:
            break
    assert 3 < number < MOST - 1


@pytest.mark.sqlite_is_enough  # files, not rows
def test_a_photo_whose_nth_file_operation_fails_waits_or_is_ready(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST):
        one_more_photo(cast, number)
        files = FailingFiles(number, errno.EIO)
        with files_failing(monkeypatch, files):
            cast.encode_photos()
        photos_are_whole(cast)
        cast.encode_photos()
        assert cast.count(Photo, Photo.state == "ready") == number + 1
        if not files.has_failed:
            break
    assert 5 < number < MOST - 1


def backs_up_nothing_half(cast: Cast, place: str) -> None:
    assert cast.count(Walk, Walk.backed_up_seq > 0) == 0
    with cast.app.app_context():
        for name in backup.backup_place(place).names():
            backup.verify(backup.backup_place(place), name)
        assert list(store_of().spool_dir.iterdir()) == []


def test_a_backup_whose_nth_statement_fails_promises_nothing(lived_in: Cast, place: str) -> None:
    for number in range(MOST):
        counter = StatementCounter(number)
        with failing(lived_in, counter):
            if fails(lambda: make(lived_in, place), OperationalError):
                backs_up_nothing_half(lived_in, place)
                continue
        assert not counter.has_failed
        break
    assert 20 < number < MOST - 1
    assert lived_in.count(Walk, Walk.backed_up_seq > 0) == 2


@pytest.mark.sqlite_is_enough
def test_a_backup_whose_nth_file_operation_fails_promises_nothing(
    lived_in: Cast, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST):
        files = FailingFiles(number, errno.ENOSPC)
        with files_failing(monkeypatch, files):
            if fails(lambda: make(lived_in, place), (StoreFull, StoreUnavailable)):
                backs_up_nothing_half(lived_in, place)
                continue
        assert not files.has_failed
        break
    assert 2 < number < MOST - 1
    assert lived_in.count(Walk, Walk.backed_up_seq > 0) == 2


def fails(act: Callable[[], object], how: type[Exception] | tuple[type[Exception], ...]) -> bool:
    try:
        act()
    except how:
        return True
    return False
