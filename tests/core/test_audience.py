"""The registries of what can be said of a member and done to one."""

import pytest
from pydantic import BaseModel

from core import audience, deeds
from core.audience import Attribute, Choice, Happening, Kind, Trait, choices_of
from core.deeds import Deed, Done, Outcome


def test_a_fact_is_known_by_its_name_and_the_last_word_counts() -> None:
    for zh in ("余额", "积分余额"):
        audience.register(Trait("test.balance", Kind.NUMBER, zh, "balance", "SELECT 1, 2"))

    assert audience.traits.pop("test.balance").zh == "积分余额"


@pytest.mark.parametrize("name", ["balance", "Test.balance", "test.balance; DROP", "test."])
def test_a_name_out_of_shape_is_no_fact(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        audience.register(Trait(name, Kind.NUMBER, "", "", "SELECT 1, 2"))


def test_a_column_out_of_shape_is_no_attribute() -> None:
    strange = {"amount) OR (1=1": Attribute(Kind.FEN, "", "")}

    with pytest.raises(ValueError, match="no name"):
        audience.register(Happening("test.bought", "", "", "SELECT 1", strange))


async def test_choices_are_given_or_asked_for_or_none() -> None:
    async def ask() -> list[Choice]:
        return [Choice("2", "二", "two")]

    given = Attribute(Kind.CHOICE, "", "", choices=(Choice("1", "一", "one"),))

    assert [choice.en for choice in await choices_of(given)] == ["one"]
    assert [c.en for c in await choices_of(Attribute(Kind.CHOICE, "", "", choices=ask))] == ["two"]
    assert await choices_of(Attribute(Kind.FEN, "", "")) == []


class Nothing(BaseModel):
    pass


async def do_nothing(member_id: int, params: Nothing, cause: str) -> Outcome:
    return Done(f"{member_id} {cause}")


async def test_a_deed_is_known_by_its_name() -> None:
    deeds.register(Deed("test.nothing", "无", "nothing", Nothing, do_nothing))

    assert await deeds.deeds.pop("test.nothing").do(1, Nothing(), "j:1") == Done("1 j:1")


@pytest.mark.parametrize("name", ["nothing", "test.Nothing", ""])
def test_a_deed_without_a_name_or_a_message_without_a_way_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="no deed"):
        deeds.register(Deed(name, "", "", Nothing, do_nothing))
    with pytest.raises(ValueError, match="no deed"):
        deeds.register(Deed("test.tell", "", "", Nothing, do_nothing, is_message=True))
