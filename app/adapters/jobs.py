"""Background work (temporary until the queue lands)."""
from __future__ import annotations
import time
from flask import Flask
def doorbell(kind: str, id: str) -> None:
    return
def process_waiting() -> None:
    from datetime import UTC, datetime
    from app.operations.photos import process, waiting
    for photo_id in waiting(500):
        process(photo_id, datetime.now(UTC))
def run_worker(app: Flask) -> None:
    with app.app_context():
        while True:
            process_waiting()
            from app.db import db
            db.session.remove()
            time.sleep(2)
