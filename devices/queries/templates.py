"""How a store's papers are written."""

from dataclasses import dataclass
from datetime import datetime

from devices.models import PrintTemplate
from devices.protocol.picture import png_of
from devices.protocol.profile import Profile
from devices.protocol.standard import NAMES, TEXTS, example
from devices.protocol.templates import Names
from devices.rules import DocumentKind

TEMPLATED = tuple(TEXTS)  # the kinds of paper that are written by a template
BRAND = 0  # the store id of what holds for every store


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One kind of paper. `is_own`: the store wrote it itself; `version` 0 is the standard one."""

    kind: DocumentKind
    text: str
    version: int
    is_own: bool
    made_by: str
    made_at: datetime | None


async def text_for(store_id: int, kind: DocumentKind) -> str:
    """The store's own, else the brand's, else the standard. Raises KeyError for a kind without."""
    return (await template_for(store_id, kind)).text


async def template_for(store_id: int, kind: DocumentKind) -> TemplateView:
    """The template a store uses at this moment."""
    for owner in dict.fromkeys((store_id, BRAND)):
        rows = PrintTemplate.filter(store_id=owner, kind=kind).order_by("-version")
        row = await rows.first()
        if row is not None and row.text:
            return TemplateView(
                kind, row.text, row.version, owner == store_id, row.made_by, row.made_at
            )
    return TemplateView(kind, TEXTS[kind], version=0, is_own=False, made_by="", made_at=None)


def names_in(kind: DocumentKind) -> Names:
    """What a template of this kind may say, and what each entry of a list has."""
    return NAMES[kind]


def example_picture(kind: DocumentKind, text: str, profile: Profile) -> bytes:
    """A paper as the text writes it, with example data, as PNG. Raises TemplateUnfit."""
    return png_of(example(kind, text), profile)
