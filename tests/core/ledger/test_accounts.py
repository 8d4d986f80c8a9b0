import pytest

from core.ledger import KINDS, Account, AccountKind


@pytest.mark.parametrize("owner", ["", "house", "staff:1", "member", "member:", "member:1 "])
def test_an_account_of_a_stranger_is_a_bug(owner: str) -> None:
    with pytest.raises(ValueError, match="cannot belong"):
        Account(AccountKind.POINTS, owner)


def test_every_kind_has_its_row_in_the_table() -> None:
    assert set(KINDS) == set(AccountKind)


def test_what_is_held_goes_back_to_the_same_account() -> None:
    owned = [kind for kind, rule in KINDS.items() if rule.held_as]

    assert len(owned) == 7
    for kind in owned:
        owner = f"{KINDS[kind].owners[0]}:1"
        assert Account(kind, owner).held.unheld == Account(kind, owner)
