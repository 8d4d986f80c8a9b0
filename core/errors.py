"""Refusals. A DomainError is an answer the caller can act on; any other exception is a bug."""

from typing import ClassVar


class DomainError(Exception):
    """`code` is for programs and never changes; `message` is Chinese, for people."""

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, **facts: str | int | None) -> None:
        super().__init__(f"{self.code} {facts}")
        self.facts = facts


class Invalid(DomainError): ...


class Forbidden(DomainError): ...


class NotFound(DomainError): ...


class Conflict(DomainError): ...


class Unavailable(DomainError):
    """An outside system failed us; the same call may succeed later."""
