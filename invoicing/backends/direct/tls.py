"""Mutual TLS of the direct link: who we are to the bureau's door, and whose door we trust."""

import ssl
from functools import lru_cache
from tempfile import NamedTemporaryFile


@lru_cache(maxsize=8)
def context_of(client_pem: str, ca_pem: str) -> ssl.SSLContext | None:
    """`client_pem` is our certificate, its chain and its private key; `ca_pem` the roots of the
    bureau, else the world's. None where neither is given: the house's own trust.

    Raises ValueError for what is no such PEM.
    """
    if not client_pem and not ca_pem:
        return None
    try:
        context = ssl.create_default_context(cadata=ca_pem or None)
        if client_pem:
            _show(context, client_pem)
    except (ssl.SSLError, OSError) as wrong:
        raise ValueError(f"no PEM for TLS: {type(wrong).__name__}") from None
    return context


def _show(context: ssl.SSLContext, client_pem: str) -> None:
    """OpenSSL takes a key from a file alone: one that only we may read, and not for long."""
    with NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(client_pem)
        file.flush()
        context.load_cert_chain(file.name, password="")  # else it asks at a terminal
