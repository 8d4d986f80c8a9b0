"""What every played provider does with an order once it knows who asks: check, take, err."""

from typing import Any

from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.tax_rules import TaxRefused, check_order
from sandbox.tax_trouble import take_fault
from sandbox.timetable import Doc
from sandbox.world import World

LOGGED_OUT, TWICE = "070307", "E9106"


def check_login(world: World) -> None:
    """Raises TaxRefused while the drawer has to log in or to show the face."""
    settings = book.settings_of(world)
    if settings.logged_out or settings.needs_face:
        raise TaxRefused(LOGGED_OUT, "开票员未登录电子税务局，请扫码认证后重试")


async def take_order(world: World, seller: str, order: Any, player: str, **more: Any) -> Doc:
    """Take an order in the words of Nuonuo; the same number is taken once.

    Raises TaxRefused with Nuonuo's codes, and AnswerLost when it was taken all the same.
    """
    check_login(world)
    lines = check_order(order, seller)
    if book.is_used(world, seller, order["orderNo"]):
        raise TaxRefused(TWICE, "订单编号已存在")
    fault = take_fault(world)
    if fault is not None and fault.kind == "refuse":
        raise TaxRefused(fault.code, fault.describe)
    doc = book.take(world, seller, order, lines, fault, player, **more)
    await book.misbehave(world, doc)
    return doc


async def take_red(world: World, seller: str, wanted: reds.Wanted, player: str) -> Doc:
    """Open a form, and issue at once where nobody has to confirm; else as `take_order`."""
    check_login(world)
    fault = take_fault(world)
    if fault is not None and fault.kind == "refuse":
        raise TaxRefused(fault.code, fault.describe)
    form, red = reds.open_form(world, seller, wanted, fault, player)
    if red is not None:
        await book.misbehave(world, red)
    return form


def is_seller(world: World, tax_no: str) -> bool:
    provider = world.config.tax_provider
    return provider is not None and tax_no in {one.tax_no for one in provider.sellers}
