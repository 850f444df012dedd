"""The floor: the least a server can do for the same two PUTs and still tell the truth.

Under the same gunicorn as the app: hash, file with fsync, one row with synchronous=FULL, a feed by
row number; no authorisation, no validation, no ORM. `/null` only reads the body.
"""

import hashlib
import os
import sqlite3
import tempfile
import threading

from flask import Flask, request

root = os.environ["FLOOR_DIR"]
app = Flask(__name__)
local = threading.local()


def database() -> sqlite3.Connection:
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(f"{root}/floor.db", timeout=30, isolation_level=None)
        local.connection.execute("PRAGMA synchronous=FULL")
    return local.connection


def keep_row(thing_id: str, body: bytes) -> None:
    database().execute("INSERT OR IGNORE INTO thing (id, body) VALUES (?, ?)", (thing_id, body))


@app.put("/api/walks/<walk>/pins/<pin>")
def pin(walk: str, pin: str) -> dict[str, str]:
    body = request.get_data()
    keep_row(pin, body)
    return {"id": pin, "sha256": hashlib.sha256(body).hexdigest()}


@app.put("/api/walks/<walk>/photos/<sha256>")
def photo(walk: str, sha256: str) -> dict[str, str]:
    body = request.get_data()
    digest = hashlib.sha256(body).hexdigest()
    file, name = tempfile.mkstemp(dir=root)
    os.write(file, body)
    os.fsync(file)
    os.close(file)
    os.replace(name, f"{root}/{digest}")
    keep_row(digest, b"")
    return {"id": sha256, "sha256": digest}


@app.put("/null/<path:anything>")
def null(anything: str) -> tuple[str, int]:
    request.get_data()
    return "", 204
