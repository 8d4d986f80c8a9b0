"""What proves to be the buyer's, and what does not."""

import pytest

from invoicing.rules.buyers import Buyer, BuyerKind
from invoicing.rules.proof import is_proof

COMPANY = Buyer(
    BuyerKind.ENTERPRISE, "A&B（苏州）公司", "91370202MATMNAEYX1", "a@b.cn", "13812345678"
)
PERSON = Buyer(BuyerKind.INDIVIDUAL, "林晓", "", "")


@pytest.mark.parametrize(
    "text",
    ["EYX1", " eyx1 ", "ＥＹＸ１", "5678", "A@B.CN", "a&b(苏州)公司", COMPANY.tax_no.lower()],
)
def test_who_knows_one_of_these_is_the_buyer(text: str) -> None:
    assert is_proof(COMPANY, text)


@pytest.mark.parametrize("text", ["", " ", "X1", "1234", "A&B", "b.cn", "个人"])
def test_anything_else_proves_nothing(text: str) -> None:
    assert not is_proof(COMPANY, text)
    assert not is_proof(PERSON, text)


def test_a_person_proves_to_be_one_by_the_title() -> None:
    assert is_proof(PERSON, "林晓")
