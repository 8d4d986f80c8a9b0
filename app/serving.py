"""One web process: uvicorn around `app.web.build`, stopped gracefully."""

from typing import Any

import uvicorn

from app.web import build
from core.logs import configure_logs
from core.settings import Settings


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn runs. Limits count addresses, so only a named proxy may say another one."""
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
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
    uvicorn.run(build(settings), **options(settings))
