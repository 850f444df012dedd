#!/bin/sh
# Writes the three lock files from pyproject.toml: pinned, hashed, for every platform, naming no index.
set -eu

compile() {
    .venv/bin/python -m uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url "$@"
}

echo "uv" | compile --upgrade -o tools/uv.txt -
compile --upgrade --extra postgres --extra redis pyproject.toml -o requirements.txt
compile --upgrade --extra postgres --extra redis --group pyproject.toml:dev -c requirements.txt \
    pyproject.toml -o requirements-dev.txt
