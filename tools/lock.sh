#!/bin/sh
# Writes the lock files from pyproject.toml: pinned, hashed, for every platform, naming no index.
set -eu

compile() {
    .venv/bin/python -m uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url "$@"
}

# What an extra asks for, one a line: it is installed beside requirements.txt by those who want it.
extra() {
    .venv/bin/python -c 'import sys, tomllib; extras = tomllib.load(open("pyproject.toml", "rb"))["project"]
print(*extras["optional-dependencies"][sys.argv[1]], sep="\n")' "$1"
}

echo "uv" | compile --upgrade -o tools/uv.txt -
compile --upgrade --extra postgres --extra redis pyproject.toml -o requirements.txt
extra basemap | compile --upgrade -c requirements.txt -o requirements-basemap.txt -
extra redact | compile --upgrade -c requirements.txt -c requirements-basemap.txt -o requirements-redact.txt -
compile --upgrade --extra postgres --extra redis --extra basemap --extra redact --group pyproject.toml:dev \
    -c requirements.txt -c requirements-basemap.txt -c requirements-redact.txt pyproject.toml -o requirements-dev.txt
