"""Calls that arrive while one is under way wait, and go together in the next one: no timer.

A lone call is not delayed; the busier it gets, the more go at once. What a group does for all of
them (one transaction, one read) is the caller's `work`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar, cast

log = logging.getLogger(__name__)

A = TypeVar("A")
R = TypeVar("R")
Work = Callable[[Sequence[A]], Awaitable[Sequence[R | BaseException]]]


class Gathering(Generic[A, R]):
    """`work` gets what was asked, in the order it came, and answers in the same order.

    An answer that is an exception is raised for its caller alone. When `work` itself raises, the
    group is tried again one by one. A caller who leaves changes nothing for anybody, also not for
    what was asked. At most `most` go together, and `lanes` groups are under way at once: with two,
    one is prepared while the disk confirms the other.
    """

    def __init__(self, work: Work[A, R], *, most: int = 64, lanes: int = 1) -> None:
        self._work, self._most, self._lanes = work, most, lanes
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._turns: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, asked: A) -> R:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._waiting.clear()  # of a loop that ended
            self._turns.clear()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((asked, future))
        if len(self._turns) < self._lanes:
            self._turns.add(loop.create_task(self._go_on()))
        return await future

    async def _go_on(self) -> None:
        """A turn ends in the same breath in which nobody waits: who asks next begins a new one."""
        try:
            while self._waiting:
                size = min(self._most, len(self._waiting))
                group = [self._waiting.popleft() for _ in range(size)]
                answers = await self._answers([asked for asked, _ in group])
                for (_, future), answer in zip(group, answers, strict=True):
                    _settle(future, answer)
        finally:
            self._turns.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _answers(self, group: Sequence[A]) -> Sequence[R | BaseException]:
        try:
            return await self._work(group)
        except Exception as error:
            if len(group) == 1:
                return [error]
            log.warning("a group broke: one by one", extra={"count": len(group)}, exc_info=error)
            return [answer for asked in group for answer in await self._answers([asked])]


def _settle(future: "asyncio.Future[R]", answer: R | BaseException) -> None:
    if future.done():  # whoever asked has left
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
