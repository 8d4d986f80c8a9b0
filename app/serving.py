"""One web process: uvicorn around `app.web.build`, stopped gracefully."""

import gc
from typing import Any

import uvicorn
from starlette.applications import Starlette

from app.connections import Http
from app.web import build
from core.logs import configure_logs
from core.settings import Settings

GC_PAUSES = (20_000, 50, 1_000)  # new objects before a look at the young, the older, all


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn runs. Limits count addresses, so only a named proxy may say another one."""
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": Http,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": [str(network) for network in settings.trusted_proxies],
        "server_header": False,
        "timeout_graceful_shutdown": 10,
        "timeout_keep_alive": 30,
        "backlog": 2048,
    }


def serve(settings: Settings) -> None:
    """Blocks until SIGTERM or Ctrl-C; requests under way are finished within ten seconds."""
    configure_logs()
    run(build(settings), **options(settings))


def run(app: Starlette, **options: Any) -> None:
    """Serve until told to stop.

    What was built before the first request stays for good: Python's collector need not walk it
    again and again while shoppers wait (it took 0.1 to 0.2 s each time).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_PAUSES)
    uvicorn.run(app, **options)
