"""The web process of the bench: the shop's own, and one route that asks the database bare.

`python -m app.bench.orders.web PORT`; the settings come as for every process.
"""

import json
import sys
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.serving import options, run
from app.web import build
from core.logs import configure_logs
from core.settings import Settings

RAW = """
SELECT p.public_id, p.title, p.picture, json_agg(json_build_object('code', s.code,
    'listPriceFen', s.list_price_fen)) AS skus
FROM catalog_product AS p JOIN catalog_sku AS s ON s.product_id = p.id
WHERE p.public_id = $1 GROUP BY p.id
"""
_pool: list[asyncpg.Pool] = []


async def raw(request: Request) -> Response:
    """A product by key, as barely as Python can."""
    if not _pool:
        _pool.append(await asyncpg.create_pool(Settings().database_url, min_size=1, max_size=20))
    row = await _pool[0].fetchrow(RAW, request.path_params["product"])
    answer: dict[str, Any] = dict(row) | {"skus": json.loads(row["skus"])}
    return Response(json.dumps(answer), media_type="application/json")


def main() -> None:
    configure_logs()
    settings = Settings()
    app = build(settings, Route("/bench/products/{product}", raw))
    run(app, **(options(settings) | {"port": int(sys.argv[1])}))


if __name__ == "__main__":
    main()
