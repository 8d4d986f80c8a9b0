"""What the platform's errcodes mean for us: one table for each of the two hosts."""

from collections.abc import Mapping
from enum import StrEnum


class Meaning(StrEnum):
    STALE = "stale"  # our access token is no good any more: a fresh one, and once again
    BUSY = "busy"  # their system is busy: again, at most three times
    SLOWER = "slower"  # a quota or a rate: later
    CODE_SPENT = "code_spent"  # a code of a person is used or too old: they start over
    RISKY = "risky"  # the person may not log in now
    NOBODY = "nobody"  # the recipient is unknown, gone or not ours: do not try again
    DECLINED = "declined"  # the recipient does not want it, or not now: another channel
    ALREADY = "already"  # it was done before: as good as done
    NOTHING = "nothing"  # an empty list
    CONTENT = "content"  # the text may not be published
    RENEW = "renew"  # a media id or the like is too old: upload again
    OPERATOR = "operator"  # configuration or a permission: a person must act
    BUG = "bug"  # we asked wrongly


def _table(**codes: tuple[int, ...]) -> Mapping[int, Meaning]:
    return {code: Meaning(name) for name, listed in codes.items() for code in listed}


ACCOUNTS = _table(  # mini-program and official account
    stale=(40001, 40014, 42001),
    busy=(-1,),
    slower=(45009, 45011),
    code_spent=(40029, 40163, 42002, 42003, 42007, 50001, 50002, 61023),
    risky=(40226,),
    nobody=(40003, 43004, 43019),
    declined=(43101, 45015, 45047),
    already=(45065,),
    nothing=(9410000,),
    content=(87014,),
    renew=(40007,),
    operator=(
        *(40002, 40013, 40037, 40164, 40165, 41030),
        *(48001, 48004, 48006, 85079, 85400),
    ),
    bug=(40097, 41001, 41002, 41004, 41008, 43001, 43002, 43003, 44002, 47001, 47003),
)

WECOM = _table(
    stale=(40014, 42001),
    busy=(-1,),
    slower=(45009, 45033),
    code_spent=(40029, 84014, 84015),
    nobody=(40003, 40096, 60111, 81013, 84061, 86001, 86003, 86004),
    already=(41051,),
    operator=(
        *(40001, 40013, 48002, 50001, 50002, 50003),
        *(60011, 60020, 84074, 301002, 95000),
    ),
    bug=(40056, 40058, 40063, 40068, 81017, 82001, 95004, 95011, 95012, 95017),
)
