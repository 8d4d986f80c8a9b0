"""The folder of stored pictures. A file's name says its content, so a file never changes."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from core.settings import current


def folder() -> Path:
    return current().var_dir / "pictures"


def path_of(name: str, end: str) -> Path:
    """`name` is a SHA-256 in hexadecimal; its first two letters spread the files over folders."""
    return folder() / name[:2] / f"{name}-{end}"


def keep(name: str, files: Mapping[str, bytes]) -> None:
    """Write all files of a picture. Whoever reads sees a whole file or none; doing it again too."""
    place = folder() / name[:2]
    place.mkdir(parents=True, exist_ok=True)
    for end, content in files.items():
        wanted = path_of(name, end)
        unfinished = wanted.with_name(f".{wanted.name}.{secrets.token_hex(4)}")
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(wanted)


def has_all(name: str, ends: tuple[str, ...]) -> bool:
    return all(path_of(name, end).is_file() for end in ends)


def forget(name: str) -> None:
    """Remove what there is of a picture, also what was left half written."""
    place = folder() / name[:2]
    if place.is_dir():
        for file in (*place.glob(f"{name}-*"), *place.glob(f".{name}-*")):
            file.unlink(missing_ok=True)
