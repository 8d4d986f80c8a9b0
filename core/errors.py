"""Refusals. A DomainError is an answer the caller can act on; any other exception is a bug."""

from collections.abc import Iterator
from typing import ClassVar


class DomainError(Exception):
    """`code` is for programs and never changes; `zh` and `en` tell people what to do next."""

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, **facts: str | int | None) -> None:
        super().__init__(f"{self.code} {facts}")
        self.facts = facts


def sentence_of(code: str, language: str) -> str:
    """What the refusal with this code tells people; the code itself where no room has it."""
    for kind in _kinds(DomainError):
        if getattr(kind, "code", "") == code:
            return kind.en if language == "en" else kind.zh
    return code


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


class Invalid(DomainError): ...


class Unauthorized(DomainError): ...


class Forbidden(DomainError): ...


class NotFound(DomainError): ...


class Conflict(DomainError): ...


class TooMany(DomainError):
    retryable = True


class Unavailable(DomainError):
    """An outside system failed us; the same call may succeed later."""

    retryable = True


class NotConfigured(Unavailable):
    code = "core.not_configured"
    zh = "该功能尚未配置，请联系管理员"
    en = "This is not set up yet: ask the operator to configure it."
    retryable = False
