"""The frames of the sandbox in Chinese and English; what stands in a chat or on paper stays as is.

The mini program itself, the screen of the phone, is a Chinese shop's and speaks Chinese.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from starlette.requests import Request

CATALOGUE = Path(__file__).parent.parent / "locales" / "en.po"
COOKIE = "daogou_lang"  # the shop's too: who reads the one in English gets the other in English
LANGUAGES = ("zh", "en")


@cache
def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


def language_of(request: Request) -> str:
    """`?lang=`, the cookie of the last choice, Accept-Language, or else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = request.headers.get("accept-language", "").lower()
    return "en" if wanted.startswith("en") else "zh"


def translator(language: str) -> Callable[[str], str]:
    if language != "en":
        return str
    return lambda text: english().get(text, text)
