"""What goes wrong at the tax providers when it was ordered: the next orders meet it."""

from typing import Literal

from pydantic import Field

from sandbox.config import Part
from sandbox.world import World


class AnswerLost(Exception):
    """The order was taken, and the client will not hear of it."""


class Fault(Part):
    """What goes wrong with one of the next orders."""

    kind: Literal[
        "late",
        "lose_answer",
        "refuse",
        "fail",
        "not_found",
        "callback_first",
        "callback_twice",
        "callback_forged",
        "other_amount",
        "no_file",
    ]
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=5, ge=0)
    """How late (`late`) or how long unknown (`not_found`)."""
    code: str = "E9105"
    describe: str = "销方未开通此票种"


def order_fault(world: World, fault: Fault) -> None:
    """Ask for a failure of the next orders."""
    fault_id = f"{world.next_number('tax fault'):05d}"
    world.collection("tax_faults")[fault_id] = fault.model_dump()
    world.changed()


def take_fault(world: World) -> Fault | None:
    """The failure that the order at hand meets."""
    for fault_id, doc in world.collection("tax_faults").items():
        doc["times"] -= 1
        if doc["times"] <= 0:
            del world.collection("tax_faults")[fault_id]
        return Fault.model_validate({**doc, "times": 1})
    return None
