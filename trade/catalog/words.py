"""By which words goods are found. Pure: texts in, a PostgreSQL tsvector or tsquery out, as text.

Chinese is cut into pairs of neighbouring letters and single letters, and a run of it is asked for
as a phrase of pairs: exact as a substring, and no dictionary to keep. Trigrams (pg_trgm) cannot
narrow down words of two letters, which most Chinese words are: docs/decisions/0010.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_QUERY = 100  # letters read of what somebody typed
MAX_TERMS = 12
MOST_PLACES = 200  # PostgreSQL keeps 255 places of a word
LAST_PLACE = 16_000  # and 16,383 places of a text
GAP = 8  # between two texts, so that no phrase reaches from one into the next
CJK = "\u2e80-\u2fdf\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
IS_CJK = re.compile(rf"[{CJK}]")


def _runs(text: str) -> Iterator[str]:
    """Runs of Chinese letters and words of other letters, in one spelling for ＡＢ, AB and ab."""
    for found in RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        yield found[0][:60]


def vector_of(texts: Iterable[tuple[str, str]]) -> str:
    """The tsvector of (weight, text) pairs; weight A counts most, D least."""
    places: dict[str, list[str]] = {}
    place = 1
    for weight, text in texts:
        for run in _runs(text):
            for word, step in _words(run):
                found = places.setdefault(word, [])
                if len(found) < MOST_PLACES and place + step < LAST_PLACE:
                    found.append(f"{place + step}{weight}")
            place += len(run) if IS_CJK.match(run) else 1
        place += GAP
    return " ".join(f"'{word}':{','.join(at)}" for word, at in sorted(places.items()) if at)


def _words(run: str) -> Iterator[tuple[str, int]]:
    if not IS_CJK.match(run):
        yield run, 0
        return
    for at, letter in enumerate(run):
        yield letter, at
        if at + 1 < len(run):
            yield run[at : at + 2], at


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def query_of(text: str) -> str:
    """The tsquery that wants all of it; empty when there is nothing in it to look for.

    A word of Latin letters or digits is the beginning of one; the apostrophe and the operators
    of the query language are no letters, so no text becomes one.
    """
    terms = []
    for run in list(_runs(text[:MAX_QUERY]))[:MAX_TERMS]:
        if IS_CJK.match(run):
            terms.append(" <-> ".join(f"'{pair}'" for pair in _pairs(run)))
        else:
            terms.append(f"'{run}':*")
    return " & ".join(f"({term})" for term in terms)


def loose_query_of(text: str) -> str:
    """What to ask where nobody has all of it: any of its pairs and words. The rank tells which is
    nearest, as 沙发 for 燕麦色沙发. Empty when there is only one word to look for."""
    words = []
    for run in list(_runs(text[:MAX_QUERY]))[:MAX_TERMS]:
        words += _pairs(run) if IS_CJK.match(run) else [run]
    return " | ".join(f"'{word}'" for word in dict.fromkeys(words)) if len(words) > 1 else ""
