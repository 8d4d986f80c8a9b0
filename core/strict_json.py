"""JSON from outside: one object, not too deep, nothing twice, nothing PostgreSQL cannot keep."""

import json
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 16


class NotStrict(ValueError):
    """The text is not the JSON object we take; the message names the kind of fault, no value."""


def read_object(raw: bytes | str, *, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The object of `raw`, UTF-8 when it is bytes.

    Raises NotStrict, and nothing else, for any other text: repeated names, NaN, a number of a
    thousand digits, U+0000, half a surrogate pair, more than `max_depth` levels.
    """
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        tree = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except NotStrict:
        raise
    except (ValueError, RecursionError):
        raise NotStrict("not JSON") from None
    if not isinstance(tree, dict):
        raise NotStrict("not an object")
    _check(tree, max_depth)
    return tree


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name in tree:
            raise NotStrict("a name twice")
        tree[name] = value
    return tree


def _no_constant(_: str) -> None:
    raise NotStrict("not a number")


def _check(tree: Any, levels_left: int) -> None:
    if isinstance(tree, str):
        if not _is_storable(tree):
            raise NotStrict("text that cannot be stored")
    elif isinstance(tree, dict | list):
        if levels_left == 0:
            raise NotStrict("too deep")
        for part in (*tree.keys(), *tree.values()) if isinstance(tree, dict) else tree:
            _check(part, levels_left - 1)


def _is_storable(text: str) -> bool:
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
