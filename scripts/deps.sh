#!/bin/sh
# What the tests need from Debian: redis-server, chromium and PostgreSQL's own binaries.
# Prints folders to put before PATH, or nothing.
set -eu
d=$PWD/.venv/debian
root=$d/root
wanted=""
command -v redis-server >/dev/null 2>&1 || wanted="$wanted redis-server"
command -v chromium >/dev/null 2>&1 || wanted="$wanted chromium"
if ! command -v postgres >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
    wanted="$wanted postgresql"
fi
[ -z "$wanted" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install:$wanted (the tests use the real ones)" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
    # shellcheck disable=SC2086
    apt-get -qq -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $wanted >&2
    exit 0
fi
path() { echo "$root/usr/bin:$root/usr/lib/chromium:$(ls -d "$root"/usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"; }
if [ ! -f "$d/complete" ]; then
    o="-qq -o Dir::State=$d/state -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache=$d/cache -o Debug::NoLocking=1 -o APT::Sandbox::User="
    mkdir -p "$d/state/lists/partial" "$d/cache/archives/partial" "$root"
    # shellcheck disable=SC2086
    apt-get $o update >&2
    # shellcheck disable=SC2086
    apt-get $o -y --no-install-recommends --download-only install $wanted >&2
    for f in "$d"/cache/archives/*.deb; do dpkg -x "$f" "$root" >&2; done
    touch "$d/complete"
fi
path
