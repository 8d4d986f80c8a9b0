"""How a store writes its papers: kept by version, tried before it is kept."""

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from devices.errors import TemplateUnfit
from devices.protocol.blocks import Block
from devices.protocol.standard import NAMES, TEXTS, example
from devices.protocol.templates import Facts, fill, parse
from devices.queries.templates import text_for
from devices.rules import DocumentKind
from trade.stores.errors import StoreNotFound

NEXT = """
INSERT INTO devices_print_template (store_id, kind, version, text, made_by)
SELECT $1, $2::varchar, coalesce(max(version), 0) + 1, $3, $4 FROM devices_print_template
WHERE store_id = $1 AND kind = $2::varchar
ON CONFLICT DO NOTHING RETURNING version
"""


async def filled(store_id: int, kind: DocumentKind, facts: Facts) -> list[Block]:
    """The paper as the store writes it. Raises ValueError for facts that `kind` does not have."""
    names = NAMES.get(kind, {})
    strange = set(facts) - set(names)
    if strange:
        raise ValueError(f"a paper of kind {kind} says nothing of {sorted(strange)}")
    return fill(parse(await text_for(store_id, kind), names), facts)


@use_case
async def edit_template(scope: Scope, *, store_id: int, kind: DocumentKind, text: str) -> int:
    """Keep how a store (0: the brand) writes papers of `kind`; answers the version.

    Empty text goes back to the brand's, and the brand's to the standard. The paper is made once
    with an example before it is kept. Raises TemplateUnfit with line and reason, StoreNotFound for
    a store that is not theirs; the brand's own is for those who see every store.
    """
    if "\0" in text:
        raise TemplateUnfit(line=1, why="bad_character")
    if text.strip():
        example(kind, text)
    is_theirs = scope.sees_store(store_id) if store_id else scope.sees_all_stores
    if kind not in TEXTS or not is_theirs:
        raise StoreNotFound(store_id=store_id)
    rows = await sql(NEXT, store_id, kind, text if text.strip() else "", scope.actor)
    while not rows:  # somebody else kept a version at this moment
        rows = await sql(NEXT, store_id, kind, text if text.strip() else "", scope.actor)
    version = int(rows[0]["version"])
    await record(
        scope, "devices.template_edited", f"store:{store_id}", kind=str(kind), version=version
    )
    return version
