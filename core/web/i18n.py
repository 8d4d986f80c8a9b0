"""zh-CN is what we write, English a catalogue: `<room>/pages/locales/en.po`."""

import gettext
import io
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
Translate = Callable[[str], str]


def catalogue_files() -> list[Path]:
    return sorted(
        [
            *ROOT.glob("core/web/locales/en.po"),
            *ROOT.glob("app/locales/en.po"),
            *ROOT.glob("*/pages/locales/en.po"),
            *ROOT.glob("*/*/pages/locales/en.po"),
        ]
    )


@cache
def english() -> gettext.NullTranslations:
    """All rooms' English in one catalogue."""
    merged = Catalog(locale="en")
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(request: Request) -> str:
    """`?lang=`, the cookie of the last choice, Accept-Language, or else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get("daogou_lang") or ""
    if chosen[:2] in LANGUAGES:
        return chosen[:2]
    return _negotiated(request.headers.get("accept-language", "")[:200])


@lru_cache(maxsize=1_000)  # browsers say few different things
def _negotiated(accepted: str) -> str:
    parts = [part.partition(";")[0].strip() for part in accepted.split(",") if part][:10]
    found = negotiate_locale(parts, ["zh", "zh-CN", "zh-TW", "en", "en-US", "en-GB"], sep="-")
    return "en" if found and found.startswith("en") else "zh"


def translator(language: str) -> Translate:
    return english().gettext if language == "en" else str
