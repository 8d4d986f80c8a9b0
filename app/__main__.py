"""`python -m app migrate | worker`, with the embedded PostgreSQL unless DATABASE_URL is set."""

import asyncio
import sys

from app import worker
from app.embedded import database
from app.wiring import migrate
from core.settings import Settings


def main(command: str) -> None:
    settings = Settings()
    with database(settings) as db_url:
        asyncio.run(migrate(db_url))
        if command == "worker":
            worker.build(db_url, settings.redis_url).run()


main(sys.argv[1])
