"""A condition while somebody writes it: the form's fields laid over the tree, and buttons pressed.

The tree is data that may not be a condition yet; paths are those of `rules.parsing`, so that a
refusal finds its part again.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from core.audience import Attribute, Kind, Trait, happenings, traits
from crm.segments.errors import BadCondition, TooDeep, TooLarge
from crm.segments.queries.language import ALLOWED, DEEPEST

Data = dict[str, Any]
MOST_TEXT = 20_000
MOST_NODES = 80
YUAN = re.compile(r"\s*(\d{1,12})(?:\.(\d{1,2}))?\s*")
COMMAS = re.compile(r"[,，、;；\n]+")
MANY = frozenset({"in", "not_in"})


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the tree and where it stands; `siblings` and `place` say how to take it out."""

    path: str
    data: Data
    siblings: list[Any] | None = None
    place: int = 0


def read_tree(fields: FormData) -> Data:
    """The tree of the form, with what stands in its fields. Raises BadCondition's for none."""
    text = str(fields.get("condition", ""))
    if len(text) > MOST_TEXT:
        raise TooLarge(most=MOST_TEXT)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise BadCondition(at="") from None
    tree = as_group(tree)
    nodes = list(walk(tree))
    for node in nodes:
        _lay_over(node, fields)
    for node in nodes:
        _turn(node, fields)  # last: it changes the paths of what stands below
    return tree


def as_group(tree: Any) -> Data:
    """The outermost part is always a group, so that there is a place to add to."""
    if not isinstance(tree, dict):
        raise BadCondition(at="")
    if tree == {"everyone": True}:
        return {"all": []}
    return tree if isinstance(tree.get("all", tree.get("any")), list) else {"all": [tree]}


def walk(tree: Data) -> Iterator[Node]:
    """Every part from the outside in. Raises TooDeep or TooLarge rather than walk on."""
    waiting = [(Node("", tree), 0)]
    for count in range(MOST_NODES + 1):
        if not waiting:
            return
        node, depth = waiting.pop(0)
        if depth > 2 * DEEPEST:
            raise TooDeep(most=DEEPEST)
        yield node
        waiting += [(inner, depth + 1) for inner in _inner(node)]
        if count == MOST_NODES:
            raise TooLarge(most=MOST_NODES)


def _inner(node: Node) -> Iterator[Node]:
    for word in ("all", "any"):
        parts = node.data.get(word)
        if isinstance(parts, list):
            at = f"{node.path}.{word}".lstrip(".")
            for n, part in enumerate(parts):
                if isinstance(part, dict):
                    yield Node(f"{at}.{n}", part, parts, n)
    inner = node.data.get("not")
    if isinstance(inner, dict):
        yield Node(f"{node.path}.not".lstrip("."), inner)


def _lay_over(node: Node, fields: FormData) -> None:
    data, path = node.data, node.path
    if "trait" in data:
        _lay_test(data, f"{path}.trait", fields, traits.get(str(data["trait"])))
    elif "did" in data:
        _lay_did(data, f"{path}.did", fields)
    elif "sequence" in data:
        _lay_sequence(data, f"{path}.sequence", fields)
    elif "segment" in data and f"{path}.segment" in fields:
        data["segment"] = str(fields[f"{path}.segment"])


def _turn(node: Node, fields: FormData) -> None:
    """All of them, or any of them."""
    for word, other in (("all", "any"), ("any", "all")):
        if word in node.data and fields.get(f"{node.path}|join") == other:
            node.data[other] = node.data.pop(word)
            return


def _lay_sequence(data: Data, at: str, fields: FormData) -> None:
    if f"{at}.in_days" in fields:
        data["in_days"] = str(fields[f"{at}.in_days"])
    steps = data["sequence"] if isinstance(data["sequence"], list) else []
    for n, step in enumerate(steps):
        if isinstance(step, dict):
            _lay_step(step, f"{at}.{n}", fields)


def _lay_did(data: Data, at: str, fields: FormData) -> None:
    _lay_step(data, at, fields)
    measure = str(fields.get(f"{at}.measure", ""))
    if not measure:
        return
    word, _, of = measure.partition(":")
    for old in ("count", "days", "sum"):
        data.pop(old, None)
    asked: Data = {"of": of} if word == "sum" else {}
    happening = happenings.get(str(data["did"]))
    fact = happening.attributes.get(of) if happening and of else None
    _lay_test(asked, f"{at}.number", fields, fact or Attribute(Kind.NUMBER, "", ""))
    data[word if word in {"days", "sum"} else "count"] = asked


def _lay_step(data: Data, at: str, fields: FormData) -> None:
    if f"{at}.within_days" in fields:
        days = str(fields[f"{at}.within_days"]).strip()
        data.pop("within_days", None)
        if days:
            data["within_days"] = days
    happening = happenings.get(str(data.get("did")))
    where = data.get("where")
    for n, one in enumerate(where if isinstance(where, list) else []):
        if isinstance(one, dict) and happening:
            fact = happening.attributes.get(str(one.get("attribute")))
            _lay_test(one, f"{at}.where.{n}", fields, fact)


def _lay_test(data: Data, at: str, fields: FormData, fact: Trait | Attribute | None) -> None:
    how = str(fields.get(f"{at}.is", ""))
    if not how or fact is None:
        return
    data["is"] = how
    given = [str(one) for one in fields.getlist(f"{at}.value")]
    data["value"] = READ.get(how, _one)(given, fact.kind is Kind.FEN)
    if how in {"yes", "no", "known"}:
        del data["value"]


def _one(given: list[str], is_fen: bool) -> Any:  # noqa: FBT001  a table of readers
    text = given[0].strip() if given else ""
    return _fen(text) if is_fen else text


def _both(given: list[str], is_fen: bool) -> Any:  # noqa: FBT001
    return [_one([text], is_fen) for text in [*given, "", ""][:2]]


def _several(given: list[str], is_fen: bool) -> Any:  # noqa: FBT001
    words = [word.strip() for text in given for word in COMMAS.split(text)]
    return [word for word in dict.fromkeys(words) if word]


READ: dict[str, Callable[[list[str], bool], Any]] = {
    "between": _both,
    "in": _several,
    "not_in": _several,
}


def _fen(text: str) -> Any:
    """People write yuan; what is no amount stays as it is, to be refused by name."""
    found = YUAN.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else text


def press(tree: Data, button: str, fields: FormData) -> Data:
    """The tree after a button: `add`, `drop`, `except`, `where`, `unwhere` and the path meant.

    A button of a part that is gone does nothing.
    """
    word, _, path = button.partition("|")
    if word == "unwhere":
        path, _, row = path.rpartition(".")
        _drop_row(_happening_at(tree, path), row)
    elif word == "where":
        _add_where(_happening_at(tree, path), str(fields.get(f"{path}|attribute", "")))
    acts: dict[str, Callable[[Node], None]] = {
        "add": lambda node: _add(node, str(fields.get(f"{path}|what", ""))),
        "drop": _drop,
        "except": _except,
    }
    return _found(tree, path, acts[word]) if word in acts else tree


def _found(tree: Data, path: str, act: Callable[[Node], None]) -> Data:
    for node in walk(tree):
        if node.path == path:
            act(node)
            break
    return tree


def _happening_at(tree: Data, path: str) -> Data:
    """The part at the path, or the step of a sequence; something empty where there is none."""
    head, _, place = path.rpartition(".sequence.")
    for node in walk(tree):
        steps = node.data.get("sequence")
        if node.path == path:
            return node.data
        if head and node.path == head and isinstance(steps, list):
            found = steps[int(place)] if place in map(str, range(len(steps))) else None
            return found if isinstance(found, dict) else {}
    return {}


def _drop(node: Node) -> None:
    if node.siblings is not None:
        del node.siblings[node.place]


def _except(node: Node) -> None:
    if node.siblings is not None:
        inner = node.data.get("not")
        node.siblings[node.place] = inner if isinstance(inner, dict) else {"not": node.data}


def _add(node: Node, what: str) -> None:
    parts = node.data.get("all", node.data.get("any"))
    kind, _, name = what.partition(":")
    make = MADE.get(kind)
    made = make(name) if make else None
    if isinstance(parts, list) and made is not None:
        parts.append(made)


def _new_trait(name: str) -> Data | None:
    trait = traits.get(name)
    return {"trait": name, "is": ALLOWED[trait.kind][0].value, "value": ""} if trait else None


def _new_did(name: str) -> Data | None:
    return {"did": name, "count": {"is": "at_least", "value": 1}} if name in happenings else None


def _new_sequence(name: str) -> Data | None:
    first, _, second = name.partition(">")
    if first not in happenings or second not in happenings:
        return None
    return {"sequence": [{"did": first}, {"did": second}], "in_days": 7}


MADE: dict[str, Callable[[str], Data | None]] = {
    "trait": _new_trait,
    "did": _new_did,
    "segment": lambda name: {"segment": name},
    "group": lambda _: {"any": []},
    "sequence": _new_sequence,
}


def _add_where(data: Data, name: str) -> None:
    happening = happenings.get(str(data.get("did")))
    attribute = happening.attributes.get(name) if happening else None
    where = data.setdefault("where", []) if attribute else None
    if attribute is not None and isinstance(where, list):
        where.append({"attribute": name, "is": ALLOWED[attribute.kind][0].value, "value": ""})


def _drop_row(data: Data, row: str) -> None:
    where = data.get("where")
    if isinstance(where, list) and row.isdecimal() and int(row) < len(where):
        del where[int(row)]
        if not where:
            del data["where"]
