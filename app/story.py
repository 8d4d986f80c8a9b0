"""A story told step by step: what was done, the proof that it is so, and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


class StepFailed(Exception):
    """A step did not end as it must; `step` names it."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


@dataclass(slots=True)
class Step:
    """Collects the proof of one step."""

    title: str
    proofs: list[str] = field(default_factory=list)

    def prove(self, text: str) -> None:
        self.proofs.append(text)

    def must(self, fact: object, text: str) -> None:
        """Raises StepFailed with `text` where `fact` is not so."""
        if not fact:
            raise StepFailed(self.title, text)


class Story:
    """Tells each step when it has ended; the first that fails ends the story."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell, self.number, self.began = tell, 0, time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.number += 1
        one, began = Step(title), time.monotonic()
        try:
            yield one
        except StepFailed:
            raise
        except Exception as error:
            raise StepFailed(title, f"{type(error).__name__}: {error}") from error
        self.tell(f"{self.number:2}. {title}  ({time.monotonic() - began:.2f} s)")
        for proof in one.proofs:
            self.tell(f"      {proof}")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def wait_for(
    what: str, look: Callable[[], Any], *, seconds: float = 15, pause_s: float = 0.1
) -> Any:
    """What `look` finds, as soon as it is true. Raises TimeoutError, naming `what`."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(pause_s)
    return found
