"""The queues of cloud printers: papers kept until a printer is on, printed in order, expired."""

import asyncio
from datetime import datetime, timedelta

import httpx2

from sandbox import cloud_print_paper
from sandbox.config import CloudAccount, CloudPrinter
from sandbox.timetable import Doc
from sandbox.world import World

BASE = "/cloud-print"


class Refused(Exception):
    """A call that is not obeyed, with the maker's own number."""

    def __init__(self, code: object, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class Queue:
    """The printers and papers of one maker in one world."""

    def __init__(self, world: World, maker: str) -> None:
        self.world, self.maker = world, maker

    @property
    def papers(self) -> dict[str, Doc]:
        return self.world.collection("cloud_papers")

    def account(self, user: str) -> CloudAccount | None:
        """The account of this maker that calls itself so."""
        known = self.world.config.cloud_accounts
        return next((a for a in known if (a.maker, a.user) == (self.maker, user)), None)

    def printer(self, sn: str) -> CloudPrinter | None:
        """A printer of this maker, whoever owns it."""
        known = self.world.config.cloud_printers
        return next((p for p in known if (p.maker, p.sn) == (self.maker, sn)), None)

    def state(self, sn: str) -> Doc:
        """How a printer is: `state`, `owner`, and whether papers come out by themselves."""
        documents = self.world.collection("cloud_printers")
        return documents.setdefault(f"{self.maker}:{sn}", {"state": "online", "owner": ""})

    def owns(self, user: str, sn: str) -> bool:
        return self.printer(sn) is not None and self.state(sn)["owner"] == user

    def bind(self, user: str, sn: str, key: str | None) -> bool:
        """Whether the printer is theirs now; its label's key must fit where the maker asks it."""
        printer = self.printer(sn)
        if printer is None or (key is not None and printer.key != key):
            return False
        self.state(sn)["owner"] = user
        self.world.changed()
        return True

    def unbind(self, sn: str) -> None:
        self.state(sn)["owner"] = ""

    def by_number(self, sn: str, number: str) -> Doc | None:
        """The paper of a printer under the number its sender gave it."""
        mine = (p for p in self.papers.values() if p["sn"] == sn and p["maker"] == self.maker)
        return next((p for p in mine if number and p["number"] == number), None)

    def take(self, sn: str, content: str, number: str = "", expires_s: int = 0) -> Doc:
        """Keep a paper; it comes out at once where the printer is on."""
        at = self.world.now()
        count = self.world.next_number("cloud_paper")
        paper_id = f"{sn}_{at:%Y%m%d%H%M%S}_{count}"
        paper: Doc = {
            "id": paper_id,
            "maker": self.maker,
            "sn": sn,
            "number": number,
            "content": content,
            "at": at.isoformat(),
            "until": (at + timedelta(seconds=expires_s)).isoformat() if expires_s else "",
            "state": "waiting",
            **cloud_print_paper.facts(self.maker, content),
        }
        self.papers[paper_id] = paper
        self.work(sn)
        return paper

    def work(self, sn: str) -> list[Doc]:
        """Print what waits, in order, if the printer is on. Answers what came out now."""
        out = []
        for paper in self.papers.values():
            if paper["sn"] != sn or paper["maker"] != self.maker or paper["state"] != "waiting":
                continue
            if paper["until"] and datetime.fromisoformat(paper["until"]) < self.world.now():
                paper["state"] = "expired"
            elif self.state(sn)["state"] == "online":
                paper["state"] = "printed"
                out.append(paper)
        self.world.changed()
        for paper in out:
            self._tell(paper)
        return out

    def clear(self, sn: str) -> int:
        """Forget what waits; answers how many."""
        waiting = [p for p in self.papers.values() if p["sn"] == sn and p["state"] == "waiting"]
        for paper in waiting:
            paper["state"] = "cleared"
        return len(waiting)

    def _tell(self, paper: Doc) -> None:
        """Push to the address of the account, where it gave one."""
        account = self.account(self.state(paper["sn"])["owner"])
        if account is None or not account.push_url or self.maker != "yilianyun":
            return
        self.world.log_call(method="PUSH", path=account.push_url, status=0, ms=0.0)
        task = asyncio.ensure_future(_push(account, cloud_print_paper.pushed(account, paper)))
        _PUSHES.add(task)
        task.add_done_callback(_PUSHES.discard)


_PUSHES: set[asyncio.Future[None]] = set()


async def _push(account: CloudAccount, form: dict[str, str]) -> None:
    """As the maker does: twice again when the answer is not the one word it knows."""
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as http:
        for _ in range(3):
            try:
                answer = await http.post(account.push_url, data=form)
            except httpx2.HTTPError:
                continue
            if answer.status_code == 200 and answer.json() == {"data": "OK"}:
                return
