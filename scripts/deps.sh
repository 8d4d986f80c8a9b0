#!/bin/sh
# What the tests need from Debian: redis-server and chromium. Prints a folder to put before PATH, or nothing.
set -eu
have() { command -v redis-server >/dev/null 2>&1 && command -v chromium >/dev/null 2>&1; }
have && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install redis-server and chromium; the tests use the real ones." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
    apt-get -qq -y -o DPkg::Lock::Timeout=600 install --no-install-recommends redis-server chromium >&2
    exit 0
fi
d=$PWD/.venv/debian
root=$d/root
if [ ! -x "$root/usr/bin/redis-server" ] || [ ! -x "$root/usr/lib/chromium/chromium" ]; then
    o="-qq -o Dir::State=$d/state -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache=$d/cache -o Debug::NoLocking=1 -o APT::Sandbox::User="
    mkdir -p "$d/state/lists/partial" "$d/cache/archives/partial" "$root"
    # shellcheck disable=SC2086
    apt-get $o update >&2
    # shellcheck disable=SC2086
    apt-get $o -y --no-install-recommends --download-only install redis-server chromium >&2
    for f in "$d"/cache/archives/*.deb; do dpkg -x "$f" "$root" >&2; done
fi
echo "$root/usr/bin:$root/usr/lib/chromium"
