"""Everything that a serving app imports, imported; loaded by the process that tests.warm forks from."""

from __future__ import annotations

import importlib
import pkgutil

import app

for module in pkgutil.walk_packages(app.__path__, "app."):
    if not module.name.endswith("_child"):  # the scripts of its child processes
        importlib.import_module(module.name)
