"""Queries and bodies of callbacks, XML or JSON, before anything in them is believed."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from bot.protocol.untrusted import Untrusted
from core.strict_json import MAX_DEPTH, NotStrict, read_object

MAX_BYTES = 64 * 1024
Tree = dict[str, Any]  # text, a Tree, or a list of them


def read_query(raw: bytes) -> dict[str, str]:
    """The query of a callback, decoded once; a `+` stays one, for base64 has it.

    Raises Untrusted("malformed") when a name stands in it twice.
    """
    query: dict[str, str] = {}
    for pair in raw.decode("latin-1").split("&"):
        name, _, value = (unquote(part) for part in pair.partition("="))
        if name in query:
            raise Untrusted("malformed")
        query[name] = value
    return query


def read_tree(raw: bytes) -> Tree:
    """The fields of an `<xml>` document or of a JSON object, whichever it begins like.

    Raises Untrusted("malformed"), and nothing else, for a body over 64 KB, a DOCTYPE, more than 16
    levels and for anything a parser stumbles over.
    """
    if len(raw) > MAX_BYTES:
        raise Untrusted("malformed")
    return _read_json(raw) if raw.lstrip()[:1] == b"{" else _read_xml(raw)


def encrypted_part(raw: bytes) -> str:
    """The ciphertext of an envelope (`Encrypt`; WeCom's JSON says `encrypt`).

    Raises Untrusted("malformed") when it is not there exactly once: in safe mode a body without it
    is a forgery that relies on the signature of the query alone.
    """
    tree = read_tree(raw)
    found = [tree[name] for name in ("Encrypt", "encrypt") if name in tree]
    if len(found) != 1 or not isinstance(found[0], str) or not found[0]:
        raise Untrusted("malformed")
    return found[0]


def _read_json(raw: bytes) -> Tree:
    try:
        return read_object(raw)
    except NotStrict:
        raise Untrusted("malformed") from None


def _read_xml(raw: bytes) -> Tree:
    reader = _XmlReader()
    parser = expat.ParserCreate("utf-8")  # whatever the document says about itself
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        if "\0" in raw.decode():  # UTF-16, which the parser would recognise by itself
            raise Untrusted("malformed")
        parser.ParseFile(BytesIO(raw))
    except (expat.ExpatError, ValueError):
        raise Untrusted("malformed") from None
    tree = reader.document.get("xml")
    if not isinstance(tree, dict):
        raise Untrusted("malformed")
    return tree


class _XmlReader:
    """Builds the tree while the parser walks, and stops it at the first thing we do not take."""

    def __init__(self) -> None:
        self.document: Tree = {}
        self._open: list[tuple[Tree, list[str]]] = [(self.document, [])]

    def refuse(self, *_: object) -> None:
        raise Untrusted("malformed")

    def start(self, _name: str, _attributes: Mapping[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise Untrusted("malformed")
        self._open.append(({}, []))

    def text(self, part: str) -> None:
        self._open[-1][1].append(part)

    def end(self, name: str) -> None:
        children, texts = self._open.pop()
        siblings = self._open[-1][0]
        value = children or "".join(texts)
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]
