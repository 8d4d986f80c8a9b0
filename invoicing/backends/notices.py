"""Callbacks of providers: which number each names, and what it wants to hear. Nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from invoicing.backends.baiwang import gateway as baiwang
from invoicing.backends.errors import BadNotice
from invoicing.backends.nuonuo import gateway as nuonuo

READERS = (nuonuo, baiwang)


@dataclass(frozen=True, slots=True)
class Notice:
    """`number` is to be asked about; `answer` is the JSON that stops the repetitions."""

    number: str
    answer: Mapping[str, str]


def read_notice(body: bytes) -> Notice:
    """The notice of whichever provider speaks so. Raises BadNotice."""
    for provider in READERS:
        for number in provider.numbers_in(body):
            return Notice(number, provider.CAPABILITIES.callback_answer)
    raise BadNotice
