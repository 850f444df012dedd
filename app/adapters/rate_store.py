"""Attempt counters (temporary)."""
from flask import Flask
from limits.storage import MemoryStorage, Storage
_storage = MemoryStorage()
def attempts_storage(app: Flask) -> Storage:
    return _storage
