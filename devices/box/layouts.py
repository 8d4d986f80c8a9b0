"""What a box learns of one till: the words before number, time and sums, from one marked paper.

A mark is the value as it is printed. What stands before it becomes a word for it, beside those
that every box knows.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from devices.box.paper import Job, Line
from devices.box.words import flat

KNOWN = {
    "order_no": "单号:",
    "datetime": "交易时间:",
    "due": "应收:",
    "paid": "实收:",
    "change": "找零:",
}
Layout = dict[str, str]


class NotOnPaper(ValueError):
    """A marked value that is not printed, or has no words before it."""


def learn(lines: Sequence[Line], marks: Mapping[str, str]) -> Layout:
    """The words before each marked value. Raises NotOnPaper."""
    return {name: _label(lines, name, value) for name, value in marks.items()}


def _label(lines: Sequence[Line], name: str, value: str) -> str:
    if name not in KNOWN:
        raise NotOnPaper(f"{name} cannot be marked; these can: {', '.join(KNOWN)}")
    for line in lines:
        before, found, _ = flat(line.text).partition(value)
        words = re.split(r"\s{2,}", before.rstrip(" :¥￥-"))[-1].strip() if found else ""
        if words and not words[-1].isdigit():
            return words
    raise NotOnPaper(f"{value} is not on this paper with words before it")


def translated(job: Job, layout: Layout) -> Job:
    """The paper with the till's own words as those that every box knows."""
    if not layout:
        return job
    lines = [replace(line, text=_said(flat(line.text), layout) or line.text) for line in job.lines]
    return replace(job, lines=lines)


def _said(text: str, layout: Layout) -> str | None:
    for name, words in layout.items():
        found = re.search(rf"(?:^|(?<=\s\s)|(?<=^\s)){re.escape(words)}(?=[\s:¥￥-])\s*:?", text)
        if found:
            return text[: found.start()] + KNOWN[name] + text[found.end() :]
    return None


def load(path: Path | None) -> Layout:
    """A learnt layout; without a file, nothing learnt. Raises ValueError for another file."""
    if path is None or not path.exists():
        return {}
    said = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(said, dict) or not set(said) <= set(KNOWN):
        raise ValueError(f"{path.name} is not a layout")
    return {name: str(words) for name, words in said.items()}
