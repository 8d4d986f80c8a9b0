"""Every text a page shows has its English, and no English is kept for a text that is gone."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from core.web.i18n import ROOT, catalogue_files, english

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<!--.*?-->|<[^>]*>", re.DOTALL)
NAMES = {"中文"}  # how a language calls itself


def templates() -> list[Path]:
    """Every page's template but the sandbox's, which has a catalogue of its own."""
    own = [*ROOT.glob("core/web/templates/**/*.html"), *ROOT.glob("app/templates/**/*.html")]
    rooms = [*ROOT.glob("*/pages/templates/**/*.html"), *ROOT.glob("*/*/pages/**/*.html")]
    return sorted(path for path in [*own, *rooms] if path.relative_to(ROOT).parts[0] != "sandbox")


def modules() -> list[Path]:
    rooms = [*ROOT.glob("*/pages/**/*.py"), *ROOT.glob("*/*/pages/**/*.py")]
    return [path for path in rooms if path.relative_to(ROOT).parts[0] != "sandbox"]


def texts_of(path: Path) -> set[str]:
    keywords = {"_": None}
    if path.suffix == ".py":
        return {str(found[1]) for found in extract_from_file("python", path, keywords=keywords)}
    with path.open("rb") as file:
        options = {"trim_blocks": "true"}
        return {str(found[2]) for found in babel_extract(file, list(keywords), [], options)}


def asked_for() -> set[str]:
    return {text for path in [*templates(), *modules()] for text in texts_of(path)}


def kept_in(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


def test_every_text_has_its_english() -> None:
    known = {text for path in catalogue_files() for text, said in kept_in(path).items() if said}

    assert asked_for() - known == set()


def test_no_catalogue_keeps_a_text_that_no_page_shows() -> None:
    wanted = asked_for()
    unused = {(path.parts[-3], text) for path in catalogue_files() for text in kept_in(path)}

    assert {(room, text) for room, text in unused if text not in wanted} == set()


def test_rooms_that_say_the_same_say_it_the_same_in_english() -> None:
    said: dict[str, set[str]] = {}
    for path in catalogue_files():
        for text, words in kept_in(path).items():
            said.setdefault(text, set()).add(words)

    assert {text: words for text, words in said.items() if len(words) > 1} == {}


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_page_says_chinese_around_the_catalogue(path: Path) -> None:
    bare = MARKS.sub(" ", path.read_text(encoding="utf-8"))
    words = {word for word in bare.split() if CHINESE.search(word)}

    assert {word for word in words if word.strip("·") not in NAMES | {"导购"}} == set()


def test_english_is_english() -> None:
    catalogue = english()

    assert [text for text in asked_for() if CHINESE.search(catalogue.gettext(text))] == []
