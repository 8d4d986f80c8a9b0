"""A throw-away shop whose receipts were read by a code box: any number of sales, at once."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from tortoise import Tortoise

from app.household import Household, Opening, open_household
from app.opening import BRAND, fill, settings_of, world_of
from app.ports import free_port
from app.wiring import orm_config, wire
from core import clock
from core.security.receipt_code import mint, order_key_of
from core.security.scope import Role, Scope
from invoicing.service import BoxLine, BoxReceipt, TaxClassDraft, add_tax_class, note_box_sale
from trade.stores.queries import find_store, receipt_key_of, seller_of

STORE, CLOTHES = "S001", "1040201990000000000"
LINES = (("羊绒围巾", 39_900), ("真丝印花方巾", 16_800), ("女士羊毛大衣", 119_900), ("布袋", 500))
Tell = Callable[[str], None]

QUOTA = "1000000000.00"  # yuan a month (授信额度): a peak that uses it up would wait, as it should


@dataclass(slots=True)
class Stage:
    """`house` is open; our own connection speaks for a code box."""

    house: Household
    store_id: int
    sold: int = 0

    async def sell(self, count: int) -> list[str]:
        """So many sales of four lines; answers the codes on their receipts."""
        key, at = await receipt_key_of(self.store_id), clock.now() - timedelta(minutes=5)
        codes = []
        for _ in range(count):
            self.sold += 1
            number, due = f"B{self.sold:07}", sum(fen for _, fen in LINES)
            named = order_key_of(f"{clock.shop_day(at)} {number}")
            code = mint(key, store_id=self.store_id, order_key=named, amount_fen=due, at=at)
            await note_box_sale(
                BoxReceipt(
                    paper_id=self.sold,
                    box_id=1,
                    store_id=self.store_id,
                    order_no=number,
                    order_key=named.hex(),
                    code=code,
                    due_fen=due,
                    sold_at=at,
                    lines=tuple(BoxLine(name, "1", fen) for name, fen in LINES),
                )
            )
            codes.append(code)
        return codes

    async def world(self, path: str, **facts: Any) -> Any:
        """One of the sandbox's switches."""
        async with httpx2.AsyncClient(base_url=self.house.world["http"], trust_env=False) as http:
            answer = await http.post(f"/_sim{path}", json=facts)
            answer.raise_for_status()
            return answer.json()


@contextmanager
def a_house(tell: Tell) -> Iterator[Household]:
    """The example brand, open until the block ends; on DATABASE_URL where it is set."""
    home = Path(tempfile.mkdtemp(prefix="daogou-bench-"))
    home.chmod(0o755)

    def seed(house: Household) -> None:
        asyncio.run(fill(settings_of(house), {}))

    given = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    try:
        opening = Opening(home, free_port(), "test", world_of(BRAND), seed, *given)
        with open_household(opening) as house:
            tell(f"a shop at {house.url}")
            yield house
    finally:
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def a_stage(house: Household) -> AsyncIterator[Stage]:
    """Connected to the house's database, its goods with a tax class, its tax office at once."""
    wire(settings_of(house))
    url = house.settings["database_url"]
    await Tortoise.init(config=orm_config(url), _enable_global_fallback=True)
    try:
        store = await find_store(STORE)
        assert store is not None
        seller = await seller_of(store.id)
        draft = TaxClassDraft(
            tax_entity_id=seller.tax_entity_id,
            valid_from=clock.shop_day(clock.now()) - timedelta(days=30),
            tax_code=CLOTHES,
            tax_bp=1300,
        )
        await add_tax_class(scope=Scope(Role.HEAD_OFFICE), draft=draft)
        stage = Stage(house, store.id)
        await stage.world("/tax/settings", delay_s=0, credit_line=QUOTA)
        yield stage
    finally:
        await Tortoise.close_connections()
