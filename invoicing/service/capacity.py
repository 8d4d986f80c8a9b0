"""What the backends of a seller can take: kinds, limits, characters. The port said in our words."""

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.backends.port import Backend, Kind
from invoicing.backends.queries import AccountView, backend_of, backends_of
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
    accounts = [one for one in await backends_of(tax_entity_id) if one[0].is_active]
    if not accounts:
        return [_capacity(await backend_of(0))]
    return [_capacity(backend, account) for account, backend in accounts]


def widest(able: Iterable[Capacity], kind: Kind) -> Capacity | None:
    """The one that takes the largest invoices of this kind. None: nobody makes this kind."""
    return max((one for one in able if kind in one.kinds), key=_width, default=None)


def _width(one: Capacity) -> tuple[bool, int, int, bool]:
    most_fen = one.limits.most_fen
    return most_fen is None, most_fen or 0, one.limits.most_lines, one.is_unicode


def _capacity(backend: Backend, account: AccountView | None = None) -> Capacity:
    able = backend.capabilities()
    own_lines = account.most_lines if account else None
    fens = [fen for fen in (able.most_fen, account.most_fen if account else None) if fen]
    return Capacity(
        account_id=account.id if account else 0,
        kinds=able.kinds,
        limits=Limits(min(able.most_lines, own_lines or able.most_lines), min(fens, default=None)),
        is_unicode=able.charset == "unicode",
        most_name=able.most_name,
    )
