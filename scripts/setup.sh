#!/bin/sh
# Build .venv from a lock with pinned versions and hashes. uv where it can be had (seconds), pip otherwise.
set -eu
lock=$1
py=${PY:-python3}
if [ ! -x .venv/bin/python ]; then
    "$py" -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; say which with PY=python3.11")'
    "$py" -m venv .venv || {
        echo "This Python cannot make environments: install its venv package (on Debian: python3-venv)." >&2
        exit 1
    }
fi
if command -v uv >/dev/null 2>&1 && uv pip install --python .venv/bin/python -q --require-hashes --no-deps -r "$lock" 2>/dev/null; then
    :
else
    .venv/bin/pip install -q --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r "$lock"
fi
ln -sf ../../daogou .venv/bin/daogou
