"""The one refusal of this package."""


class Untrusted(Exception):
    """These bytes are not what the platform would have sent.

    `reason` is one word for the log (`signature`, `malformed`, `padding`, `length`, `receive_id`,
    `decrypt`, `text`); the caller answers the same fixed text for all of them.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
