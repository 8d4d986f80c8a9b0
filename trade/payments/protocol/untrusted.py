"""The one refusal of this package."""


class Untrusted(Exception):
    """These bytes cannot be shown to come from WeChat Pay, or to be meant for us.

    `reason` is one word for the log (`stale`, `serial`, `probe`, `signature`, `algorithm`,
    `decrypt`, `malformed`); whoever sent them is told nothing of it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
