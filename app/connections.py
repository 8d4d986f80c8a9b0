"""What only the socket knows of a request: whose address called, and which certificate it showed.

Headers can say anything; `request.state.peer` and `request.state.client_certificate` cannot.
"""

import ssl

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Http(HttpToolsProtocol):
    """uvicorn's HTTP, telling of each request what stands below it.

    A certificate is there only when TLS checked it against the authority of this process.
    """

    def on_message_begin(self) -> None:
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        shown = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
        state = {"peer": self.client[0] if self.client else "", "client_certificate": shown}
        self.scope["state"] |= state
