"""One web process: uvicorn around `app.web.build`, stopped gracefully."""

import uvicorn

from app.web import build
from core.logs import configure_logs
from core.settings import Settings


def serve(settings: Settings) -> None:
    """Blocks until SIGTERM or Ctrl-C; requests under way are finished within ten seconds."""
    configure_logs()
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        backlog=2048,
    )
