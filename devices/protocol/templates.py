"""Templates of papers (小票模板): plain lines with holes, and no logic (threat S13).

A line is text. Before it may stand `^` (centre) or `>` (right), `#` (big), `*` (bold), and a blank.
`left | right` puts two texts at the two edges, `---` is a rule, an empty line is empty.
`{{name}}` is a hole. `{{#name}}` … `{{/name}}`, each on a line of its own, say what is between once
for each entry of a list, or not at all where a value is empty. `[qr name]`, `[barcode name]`,
`[sign 顾客签字]`, `[feed 2]`, `[buzz]` and `[cut]` are what they say.

Values are put in after the lines are read, so a value is never read as a template.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from devices.errors import TemplateUnfit
from devices.protocol.blocks import (
    MOST_BARCODE_CHARACTERS,
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Feed,
    Pair,
    QrCode,
    Rule,
    Sign,
    Text,
)

Value = str | Sequence[Mapping[str, str]]
Facts = Mapping[str, Value]
Names = Mapping[str, frozenset[str]]  # a name, and the names in each entry if it is a list

MOST_CHARACTERS, MOST_LINES, MOST_LISTS, MOST_FEED = 6_000, 200, 4, 6
HOLE = re.compile(r"\{\{(\w+)\}\}")
EDGE = re.compile(r"\{\{([#/])(\w+)\}\}")
MARKS = re.compile(r"(?=[\^>#*])([\^>]?)(#?)(\*?) ")
ORDER = re.compile(r"\[(\w+)(?: (.+))?\]")
ALIGNS = {"": Align.LEFT, "^": Align.CENTER, ">": Align.RIGHT}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a template: `number` is where it stands, for whoever must correct it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is said for each entry of `name`, or once where it is a text that is not empty."""

    name: str
    body: tuple["Line | Part", ...]


Template = tuple[Line | Part, ...]


def parse(text: str, names: Names) -> Template:
    """The template, every line of it tried. Raises TemplateUnfit with the line and the reason."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(text) > MOST_CHARACTERS or len(lines) > MOST_LINES:
        raise TemplateUnfit(line=len(lines), why="too_long")
    numbered = (Line(number, line) for number, line in enumerate(lines, start=1))
    body = tuple(_body(numbered, names, frozenset(), end=""))
    lists = sum(1 for part in body if isinstance(part, Part) and names[part.name])
    if lists > MOST_LISTS:
        raise TemplateUnfit(line=len(lines), why="too_many_lists")
    return body


def fill(template: Template, facts: Facts) -> list[Block]:
    """The paper. A name without a fact is empty; the paper always ends with a cut."""
    blocks = list(_filled(template, facts))
    return blocks if blocks and isinstance(blocks[-1], Cut) else [*blocks, Cut()]


def _body(
    lines: Iterator[Line], names: Names, inner: frozenset[str], *, end: str
) -> Iterator[Line | Part]:
    last = 0
    for line in lines:
        last = line.number
        edge = EDGE.fullmatch(line.text.strip())
        if edge is None:
            _check(line, names, inner)
            yield line
        elif edge[1] == "/":
            if edge[2] != end:
                _no(line, "end_without_begin")
            return
        else:
            yield _part(line, edge[2], lines, names, inner)
    if end:
        raise TemplateUnfit(line=last, why="begin_without_end", name=end)


def _part(
    line: Line, name: str, lines: Iterator[Line], names: Names, inner: frozenset[str]
) -> Part:
    if name not in names and name not in inner:
        _no(line, "unknown_name", name)
    entries = names.get(name, frozenset())
    if entries and inner:
        _no(line, "list_in_list", name)
    return Part(name, tuple(_body(lines, names, inner | entries, end=name)))


def _check(line: Line, names: Names, inner: frozenset[str]) -> None:
    for name in HOLE.findall(line.text):
        if name not in inner and (name not in names or names[name]):
            _no(line, "unknown_name", name)
    if "{{" in HOLE.sub("", line.text) or "}}" in HOLE.sub("", line.text):
        _no(line, "hole_not_closed")
    order = ORDER.fullmatch(line.text.strip())
    if order is not None:
        _check_order(line, order[1], order[2] or "", names, inner)


def _check_order(line: Line, word: str, said: str, names: Names, inner: frozenset[str]) -> None:
    if word in {"qr", "barcode"}:
        if said not in inner and (said not in names or names[said]):
            _no(line, "unknown_name", said)
    elif word == "feed":
        if said and not (said.isascii() and said.isdigit() and 1 <= int(said) <= MOST_FEED):
            _no(line, "bad_number", said)
    elif word not in {"cut", "buzz", "sign"}:
        _no(line, "unknown_order", word)


def _no(line: Line, why: str, name: str = "") -> NoReturn:
    raise TemplateUnfit(line=line.number, why=why, name=name[:40] or None)


def _filled(template: Template, facts: Facts) -> Iterator[Block]:
    for one in template:
        if isinstance(one, Line):
            block = _block(one.text, facts)
            if block is not None:
                yield block
            continue
        value = facts.get(one.name, "")
        if isinstance(value, str):
            yield from _filled(one.body, facts) if value else ()
        else:
            for entry in value:
                yield from _filled(one.body, {**facts, **entry})


def _block(line: str, facts: Facts) -> Block | None:
    bare = line.strip()
    if not bare:
        return Feed(1)
    if bare == "---":
        return Rule()
    order = ORDER.fullmatch(bare)
    if order is not None:
        return _ordered(order[1], order[2] or "", facts)
    marks = MARKS.match(line)
    align, big, bold = marks.groups() if marks else ("", "", "")
    text = line[marks.end() :] if marks else line
    left, edge, right = text.partition(" | ")
    if edge:
        return Pair(_told(left, facts), _told(right, facts).strip(), is_bold=bool(bold))
    return Text(_told(text, facts).rstrip(), ALIGNS[align], bool(big), bool(bold))


def _ordered(word: str, said: str, facts: Facts) -> Block | None:
    match word:
        case "feed":
            return Feed(int(said or 1))
        case "cut":
            return Cut()
        case "buzz":
            return Buzz()
        case "sign":
            return Sign(_told(said or "签字：", facts))
        case "barcode":
            data = _told(f"{{{{{said}}}}}", facts)
            return Barcode(data) if data and len(data) <= MOST_BARCODE_CHARACTERS else None
    url = _told(f"{{{{{said}}}}}", facts)
    return QrCode(url) if url else None


def _told(text: str, facts: Facts) -> str:
    def value(hole: re.Match[str]) -> str:
        found = facts.get(hole[1], "")
        return found if isinstance(found, str) else ""

    return HOLE.sub(value, text)
