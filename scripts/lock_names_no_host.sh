#!/bin/sh
# A lock names packages and hashes, never where they come from.
if grep -nE '://|index-url|find-links|trusted-host' requirements.lock requirements-dev.lock; then
    echo "a lock names a host" >&2
    exit 1
fi
