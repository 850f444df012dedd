"""Both photo stores: files on this disk, and an S3 server of its own process."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.photo_store import (
    ABANDONED_AFTER_S,
    LocalStore,
    NotFound,
    PhotoStore,
    S3Store,
    StoreFull,
    StoreUnavailable,
    TooLong,
    checked,
    clear_spool,
    open_store,
    spool,
    write_all,
)
from tests.processes import free_port
from tests.stores import CREDENTIALS

MB = 1024 * 1024
BYTES = bytes(range(256)) * 1000

pytestmark = pytest.mark.sqlite_is_enough


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "local":
        return open_store("local", tmp_path)
    return open_store(request.getfixturevalue("s3_url") + "/some/prefix", tmp_path)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """A disk that is full after `size` bytes, by the kernel's own limit for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*") if path.is_file())


def test_what_is_put_can_be_read(store: PhotoStore) -> None:
    store.put("photos/walk/ab/one.jpg", BYTES)
    assert store.read("photos/walk/ab/one.jpg") == BYTES
    assert store.exists("photos/walk/ab/one.jpg")


def test_putting_again_replaces_it_whole(store: PhotoStore) -> None:
    store.put("a/one", BYTES)
    store.put("a/one", b"short")
    assert store.read("a/one") == b"short"


def test_a_spooled_upload_is_kept(store: PhotoStore) -> None:
    with spool(io.BytesIO(BYTES), MB, store.spool_dir) as spooled:
        store.keep("uploads/walk/one", spooled.path)
    assert store.read("uploads/walk/one") == BYTES
    assert (spooled.sha256, spooled.size) == (hashlib.sha256(BYTES).hexdigest(), len(BYTES))
    assert files(store.spool_dir) == []


def test_what_is_not_there_is_not_found(store: PhotoStore) -> None:
    assert not store.exists("photos/none")
    with pytest.raises(NotFound):
        store.read("photos/none")


def test_deleting_is_done_once_and_asked_for_any_number_of_times(store: PhotoStore) -> None:
    store.put("a/one", BYTES)
    store.delete("a/one")
    store.delete("a/one")
    assert not store.exists("a/one")


def test_what_there_is_can_be_listed_whole_and_by_folder(store: PhotoStore) -> None:
    keys = ["photos/walk/uploads/one.jpg", "uploads-not/two", "uploads/walk/three"]
    for key in keys:
        store.put(key, b"x")
    assert sorted(key for key, _written in store.listing()) == keys
    assert [key for key, _written in store.listing("uploads")] == keys[2:]
    assert list(store.listing("nothing")) == []
    old = datetime.now(UTC) - timedelta(minutes=5)
    assert all(written > old for _key, written in store.listing())


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".spool/x", "a\0b", "a\nb", "å", "x" * 600]
)
def test_only_keys_of_ours_are_keys(store: PhotoStore, key: str) -> None:
    for call in (store.read, store.exists, store.delete, lambda bad: store.put(bad, b"")):
        with pytest.raises(ValueError, match="not a key"):
            call(key)


FORKED = """
import os, sys
from pathlib import Path
from app.adapters.photo_store import open_store
store = open_store(sys.argv[1], Path(sys.argv[2]))
child = os.fork()
store.put("a/parent" if child else "a/child", b"here")
if child:
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) or store.read("a/child") != store.read("a/parent"))
"""


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_forked_processes_share_a_store(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> None:
    setting = kind if kind == "local" else request.getfixturevalue("s3_url")
    subprocess.run([sys.executable, "-c", FORKED, setting, tmp_path], check=True, timeout=60)


def test_a_bucket_used_before_a_fork_says_so_instead_of_hanging(s3_url: str, tmp_path: Path) -> None:
    store = open_store(s3_url, tmp_path)
    store.put("a/one", BYTES)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            store.read("a/one")
        except RuntimeError:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_upload_that_is_too_long_leaves_nothing(store: PhotoStore) -> None:
    with pytest.raises(TooLong):
        spool(io.BytesIO(BYTES), len(BYTES) - 1, store.spool_dir)
    assert files(store.spool_dir) == []


def test_an_upload_that_nobody_keeps_is_gone(store: PhotoStore) -> None:
    with spool(io.BytesIO(BYTES), MB, store.spool_dir) as spooled:
        assert spooled.path.exists()
    assert files(store.spool_dir) == []


def test_a_stream_that_breaks_leaves_nothing(store: PhotoStore) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        spool(Broken(), MB, store.spool_dir)
    assert files(store.spool_dir) == []


def test_a_full_disk_while_spooling_is_told_and_leaves_nothing(store: PhotoStore) -> None:
    with no_file_larger_than(4096), pytest.raises(StoreFull):
        spool(io.BytesIO(BYTES), MB, store.spool_dir)
    assert files(store.spool_dir) == []
    with spool(io.BytesIO(BYTES), MB, store.spool_dir) as spooled:
        assert spooled.size == len(BYTES)


def test_a_full_disk_while_putting_is_told_and_keeps_what_was_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("a/one", b"before")
    with no_file_larger_than(4096), pytest.raises(StoreFull):
        store.put("a/one", BYTES)
    assert store.read("a/one") == b"before"
    assert files(store.spool_dir) == []


def test_a_device_without_room_is_full() -> None:
    with open("/dev/full", "wb") as device, pytest.raises(StoreFull):
        write_all(device.fileno(), BYTES)


def test_a_disk_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (tmp_path / "a").write_bytes(b"a file where a directory should be")
    with pytest.raises(StoreUnavailable):
        store.put("a/one", BYTES)


def test_a_bucket_that_does_not_answer_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"AWS_ENDPOINT": f"http://127.0.0.1:{free_port()}", "AWS_ALLOW_HTTP": "true"}
    for name, value in (CREDENTIALS | nowhere).items():
        monkeypatch.setenv(name, value)
    store = S3Store("nobody", "", tmp_path)
    for call in (store.read, store.exists, store.delete, lambda key: store.put(key, b"")):
        with pytest.raises(StoreUnavailable):
            call("a/one")


def test_a_bucket_that_is_not_there_is_unavailable(s3_url: str, tmp_path: Path) -> None:
    store = open_store(s3_url + "-other", tmp_path)
    for call in (store.read, lambda key: store.put(key, BYTES)):
        with pytest.raises(StoreUnavailable):
            call("a/one")


@pytest.mark.parametrize("setting", ["", "s3:", "s3://", "ftp://bucket", "/srv/photos"])
def test_an_unknown_setting_is_refused(setting: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PHOTO_STORE"):
        open_store(setting, tmp_path)


def test_a_key_of_ours_is_taken() -> None:
    assert checked("photos/0f/one-full.jpg") == "photos/0f/one-full.jpg"


def test_uploads_left_behind_are_cleared_after_a_day(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for name, age_s in (("old", ABANDONED_AFTER_S + 60), ("young", 60)):
        path = store.spool_dir / name
        path.write_bytes(b"")
        then = path.stat().st_mtime - age_s
        os.utime(path, (then, then))
    assert clear_spool(store.spool_dir) == 1
    assert files(store.spool_dir) == ["young"]


def test_what_a_killed_backup_had_gathered_is_swept_away_too(store: PhotoStore) -> None:
    """A folder of a whole archive's tables, which nobody else would ever remove."""
    left, ours = (store.spool_dir / name for name in ("backup-killed", "backup-running"))
    for folder in (left, ours):
        folder.mkdir()
        (folder / "pin.jsonl").write_bytes(b"x")
    long_ago = left.stat().st_mtime - ABANDONED_AFTER_S - 1
    os.utime(left, (long_ago, long_ago))
    assert clear_spool(store.spool_dir) == 1
    assert [path.name for path in store.spool_dir.iterdir()] == ["backup-running"]


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from app.adapters.photo_store import LocalStore
store, replaced = LocalStore(Path(sys.argv[1])), os.replace
os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
store.put("a/one", b"after")
"""


def test_a_killed_writer_leaves_the_old_bytes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("a/one", b"before")
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, tmp_path], check=False)
    assert killed.returncode < 0
    assert store.read("a/one") == b"before"
