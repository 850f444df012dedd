"""An S3 server of its own process, for photo stores that are tried on the real protocol.

Promises each test an empty bucket. Patches nothing: the app speaks HTTP to it as it would to any
S3-compatible store.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import free_port, start
from tests.waiting import wait_until

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Bucket:
    """One test's bucket and how to reach it."""

    endpoint: str
    name: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    def environment(self) -> dict[str, str]:
        """The settings with which the app keeps its photos here."""
        return {
            **CREDENTIALS,
            "PHOTO_STORE": self.url,
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
        }


@contextmanager
def s3_running(log_file: Path) -> Iterator[str]:
    """The address of a moto server of its own."""
    port = free_port()
    with log_file.open("wb") as output:
        process = start(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(
            lambda: _answers(address, process, log_file.read_text), "the S3 server answering", seconds=60
        )
        yield address
    finally:
        process.kill()
        process.wait()


def new_bucket(address: str, name: str) -> Bucket:
    """An empty bucket of that name."""
    made = Bucket(address, name)
    request = urllib.request.Request(f"{made.endpoint}/{made.name}", method="PUT")
    urllib.request.urlopen(request, timeout=10).close()
    return made


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running moto server."""
    with s3_running(tmp_path_factory.mktemp("s3") / "log") as address:
        yield address


def _answers(address: str, process: subprocess.Popen[bytes], log: object) -> bool:
    assert process.poll() is None, log
    try:
        urllib.request.urlopen(f"{address}/moto-api/", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


@pytest.fixture(scope="session")
def bucket_names() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def bucket(s3_server: str, bucket_names: Iterator[int]) -> Bucket:
    """An empty bucket of this test alone."""
    return new_bucket(s3_server, f"photos-{next(bucket_names)}")


@pytest.fixture
def s3_url(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> str:
    """The PHOTO_STORE value of an empty bucket, with its credentials in this process's environment."""
    for name, value in bucket.environment().items():
        monkeypatch.setenv(name, value)
    return bucket.url
