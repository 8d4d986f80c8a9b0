"""What the backends of a seller can take: kinds, limits, characters. The port said in our words."""

from dataclasses import dataclass

from invoicing.backends.port import Kind
from invoicing.backends.queries import AccountView, accounts_of, backend_of
from invoicing.rules.parts import Limits


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of one account; 0 is the backend that the settings name."""

    account_id: int
    kinds: frozenset[Kind]
    limits: Limits
    is_unicode: bool
    most_name: int

    def can_print(self, text: str) -> bool:
        return not unprintable(text, is_unicode=self.is_unicode)


def unprintable(text: str, *, is_unicode: bool) -> str:
    """The characters of a text that a backend of the tax discs (GBK) cannot take."""
    if is_unicode:
        return ""
    return "".join(c for c in text if not _is_gbk(c))


def _is_gbk(character: str) -> bool:
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


async def capacities(tax_entity_id: int) -> list[Capacity]:
    """Of every account of the seller that is switched on, well or not."""
    accounts = [one for one in await accounts_of(tax_entity_id) if one.is_active]
    if not accounts:
        return [await _capacity(0)]
    return [await _capacity(one.id, one) for one in accounts]


async def widest(tax_entity_id: int, kind: Kind) -> Capacity | None:
    """The one that takes the largest invoices of this kind. None: nobody makes this kind."""
    able = [one for one in await capacities(tax_entity_id) if kind in one.kinds]
    return max(able, key=_width, default=None)


def _width(one: Capacity) -> tuple[bool, int, int, bool]:
    most_fen = one.limits.most_fen
    return most_fen is None, most_fen or 0, one.limits.most_lines, one.is_unicode


async def _capacity(account_id: int, account: AccountView | None = None) -> Capacity:
    able = (await backend_of(account_id)).capabilities()
    own_lines = account.most_lines if account else None
    fens = [fen for fen in (able.most_fen, account.most_fen if account else None) if fen]
    return Capacity(
        account_id=account_id,
        kinds=able.kinds,
        limits=Limits(min(able.most_lines, own_lines or able.most_lines), min(fens, default=None)),
        is_unicode=able.charset == "unicode",
        most_name=able.most_name,
    )
