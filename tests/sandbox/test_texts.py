"""The frames of the sandbox speak English to who wants it, whole and without leftovers."""

import re

import httpx2
from jinja2.ext import babel_extract

from sandbox.pages.shell import HERE
from sandbox.pages.texts import english
from sandbox.server import running
from tests.scenes.outside import outside

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>", re.DOTALL)


def asked_for() -> set[str]:
    found = set()
    for path in (HERE / "templates").glob("*.html"):
        with path.open("rb") as file:
            found |= {str(text[2]) for text in babel_extract(file, ["_"], [], {})}
    return found


def test_the_catalogue_holds_what_the_pages_say_and_nothing_else() -> None:
    assert asked_for() == set(english())
    assert [said for said in english().values() if not said or CHINESE.search(said)] == []


def test_no_frame_says_chinese_around_the_catalogue() -> None:
    for path in (HERE / "templates").glob("*.html"):
        frame, _, _ = path.read_text(encoding="utf-8").partition('<section class="phone"')
        words = {word for word in MARKS.sub(" ", frame).split() if CHINESE.search(word)}

        assert words <= {"中文"}, path.name


async def test_a_visitor_chooses_and_the_choice_stays() -> None:
    async with (
        running(outside()) as world,
        httpx2.AsyncClient(base_url=world.http, trust_env=False) as http,
    ):
        first = (await http.get("/paper", headers={"accept-language": "en-GB,en"})).text
        chinese = (await http.get("/paper?lang=zh", headers={"accept-language": "en-GB,en"})).text
        later = (await http.get("/sms", headers={"accept-language": "en-GB,en"})).text

    assert "Paper from the printers" in first
    assert 'href="/paper?lang=zh"' in first
    assert "打印机吐出的小票" in chinese
    assert 'lang="zh-CN"' in later
