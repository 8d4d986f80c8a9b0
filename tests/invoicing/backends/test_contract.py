"""What every adapter promises, asked of each against a player that checks and errs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invoicing.backends.port import (
    Accepted,
    Confirmed,
    Format,
    FormOpen,
    FormState,
    Health,
    Held,
    Hold,
    Issued,
    Kind,
    NotFound,
    NotReady,
    Pending,
    QueryAnswer,
    RedReason,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.rules.tax import discount_lines, net_lines
from tests.scenes.backends import NO, RED_NO, SELLER, Opposite, a_red, an_order, half_red
from tests.scenes.invoicing import goods
from tests.scenes.outside import Listening

Said = SubmitAnswer | QueryAnswer
AMOUNTS = (70_619, 9_181, 79_800)


def of(*names: str) -> pytest.MarkDecorator:
    """Only these adapters know of such a thing."""
    return pytest.mark.parametrize("opposite", names, indirect=True)


WIRED = of("baiwang", "direct", "nuonuo", "wechat")  # a disc is reached by its agent alone
FORMS = of("baiwang", "direct", "nuonuo")  # a disc and WeChat Pay have no confirmation form
IN_PARTS = FORMS
WHOLE_ONLY = of("bridge", "wechat")
LISTS = of("baiwang", "bridge", "direct", "nuonuo")


def amounts(issued: Issued) -> tuple[int, int, int]:
    return issued.ex_fen, issued.tax_fen, issued.incl_fen


async def test_an_order_becomes_an_invoice_with_our_amounts(opposite: Opposite) -> None:
    assert isinstance(await opposite.backend.submit(an_order()), Accepted)

    issued = await opposite.becomes_issued()
    assert amounts(issued) == AMOUNTS
    assert len(issued.number) == (8 if issued.code else 20)
    assert issued.seller_tax_no in {None, SELLER.tax_no}


async def test_the_same_number_sent_again_is_one_invoice(opposite: Opposite) -> None:
    for _ in range(3):
        assert isinstance(await opposite.backend.submit(an_order()), Accepted)
    await opposite.becomes_issued()
    assert isinstance(await opposite.backend.submit(an_order()), Accepted)
    await opposite.becomes_issued()

    assert len(await opposite.invoices()) == 1


async def test_a_lost_answer_is_unknown_and_found_by_asking(opposite: Opposite) -> None:
    await opposite.errs("lose_answer")

    lost = await opposite.backend.submit(an_order())
    assert isinstance(lost, Unknown | Accepted)  # a bridge takes the order before its disc does
    await opposite.becomes_issued()
    assert len(await opposite.invoices()) == 1


async def test_a_late_invoice_is_pending(opposite: Opposite) -> None:
    await opposite.errs("late", seconds=30)
    await opposite.backend.submit(an_order())

    assert isinstance(await opposite.ask(), Pending)
    await opposite.wait(31)
    assert isinstance(await opposite.ask(), Issued)


async def test_a_refusal_is_final_and_says_why(opposite: Opposite) -> None:
    await opposite.errs("refuse", describe="销方未开通此票种")
    answer: Said = await opposite.backend.submit(an_order())
    if isinstance(answer, Accepted):
        answer = await opposite.ask()

    assert isinstance(answer, Refused)
    assert "销方未开通此票种" in answer.text
    assert await opposite.invoices() == []


async def test_an_invoice_that_fails_at_the_bureau_is_refused(opposite: Opposite) -> None:
    await opposite.errs("fail")
    await opposite.backend.submit(an_order())
    await opposite.wait(5)

    assert isinstance(await opposite.ask(), Refused)


async def test_a_number_that_is_not_found_for_a_while_is_not_lost(opposite: Opposite) -> None:
    await opposite.errs("not_found", seconds=600)
    await opposite.backend.submit(an_order())

    assert isinstance(await opposite.ask(), NotFound | Pending)
    await opposite.wait(601)
    assert isinstance(await opposite.ask(), Issued)


async def test_a_number_that_was_never_sent_is_not_found(opposite: Opposite) -> None:
    assert isinstance(await opposite.ask("2511211403NEVERR"), NotFound)


async def test_other_amounts_are_said_as_they_are(opposite: Opposite) -> None:
    await opposite.errs("other_amount")

    assert amounts(await opposite.issued()) == (70_620, 9_181, 79_801)


@WIRED
@pytest.mark.parametrize("kind", ["garbage", "reset", "http500"])
async def test_a_broken_answer_is_unknown(opposite: Opposite, kind: str) -> None:
    await opposite.ask()  # a token is there, where one is needed
    await opposite.breaks(kind)
    assert isinstance(await opposite.backend.submit(an_order()), Unknown)
    await opposite.breaks(kind)
    assert isinstance(await opposite.backend.query(NO, "", SELLER), Unknown)


@WIRED
async def test_a_key_that_is_not_taken_holds_the_seller(opposite: Opposite) -> None:
    answer = await opposite.estranged.submit(an_order())

    assert isinstance(answer, Held)
    assert answer.why is Hold.CREDENTIAL
    health = await opposite.estranged.health(SELLER)
    assert isinstance(health, Health)
    assert health.hold is Hold.CREDENTIAL


async def test_a_lapsed_login_holds_the_seller_and_not_the_order(opposite: Opposite) -> None:
    await opposite.behaves(logged_out=True)
    await opposite.settle()
    answer: Said = await opposite.backend.submit(an_order())
    if isinstance(answer, Accepted):
        answer = await opposite.ask()
    assert isinstance(answer, Held)
    assert answer.why is Hold.LOGIN
    health = await opposite.backend.health(SELLER)
    assert isinstance(health, Health)
    assert not health.is_logged_in

    await opposite.behaves(logged_out=False)
    await opposite.settle()
    health = await opposite.backend.health(SELLER)
    assert isinstance(health, Health)
    assert health.is_logged_in
    await opposite.issued()


async def test_a_used_up_quota_holds_and_the_same_number_goes_on(opposite: Opposite) -> None:
    await opposite.behaves(credit_line="10.00")
    answer: Said = await opposite.backend.submit(an_order())
    if isinstance(answer, Accepted):
        await opposite.wait(5)
        answer = await opposite.ask()
    assert isinstance(answer, Held)
    assert answer.why in {Hold.QUOTA, Hold.NUMBERS}

    await opposite.behaves(credit_line="100000.00")
    assert isinstance(await opposite.backend.submit(an_order()), Accepted)
    await opposite.becomes_issued()
    assert len(await opposite.invoices()) == 1


async def test_health_says_what_is_left(opposite: Opposite) -> None:
    await opposite.behaves(credit_line="5000.00")
    await opposite.settle()

    health = await opposite.backend.health(SELLER)
    assert isinstance(health, Health)
    assert health.is_logged_in
    if opposite.name != "wechat":  # says nothing of it
        assert health.quota_fen == 500_000 or health.numbers_left is not None


async def test_files_are_those_that_were_promised(opposite: Opposite) -> None:
    issued = await opposite.issued()
    formats = opposite.backend.capabilities().formats

    files = await opposite.backend.files(issued, formats)
    if not formats:
        assert files == NotReady("no file yet")
        return
    assert isinstance(files, dict)
    assert set(files) == formats
    assert files[Format.PDF].startswith(b"%PDF-")


async def test_a_missing_file_is_not_ready_and_the_invoice_stands(opposite: Opposite) -> None:
    await opposite.errs("no_file")
    issued = await opposite.issued()

    assert isinstance(await opposite.backend.files(issued, frozenset({Format.PDF})), NotReady)


async def test_a_callback_only_names_numbers(opposite: Opposite) -> None:
    """Before the reply, twice, or with a lie in it: it says whom to ask about, at most."""
    if not opposite.backend.capabilities().has_callback:
        assert opposite.backend.parse_callback({}, b"orderno=1") == []
        return
    answer = opposite.backend.capabilities().callback_answer
    async with Listening.open(str(dict(answer)).replace("'", '"')) as shop:
        for at, kind in enumerate(("callback_first", "callback_twice", "callback_forged")):
            await opposite.errs(kind)
            order = an_order(request_no=f"{NO[:-1]}{at}", callback_url=shop.url)
            await opposite.backend.submit(order)
            await opposite.becomes_issued(order.request_no)
        await opposite.wait(60)
        named = [opposite.backend.parse_callback(headers, body) for headers, body in shop.letters]

    assert {name for names in named for name in names} == {f"{NO[:-1]}{at}" for at in range(3)}
    assert opposite.backend.parse_callback({}, b"\xff\x00{") == []


async def test_a_whole_invoice_is_taken_back(opposite: Opposite) -> None:
    blue = await opposite.issued()
    assert isinstance(await opposite.backend.red_submit(a_red(blue)), Accepted)
    assert isinstance(await opposite.backend.red_submit(a_red(blue)), Accepted)
    await opposite.wait(5)

    red = await opposite.ask_red()
    assert isinstance(red, Issued)
    assert amounts(red) == tuple(-fen for fen in AMOUNTS)
    assert red.number != blue.number
    assert len(await opposite.invoices()) == 2


@WHOLE_ONLY
async def test_where_only_the_whole_is_taken_back_a_part_is_refused(opposite: Opposite) -> None:
    """Legacy invoices and WeChat Pay's reversal name an invoice and no lines."""
    assert not opposite.backend.capabilities().has_partial_red
    blue = await opposite.issued()

    assert isinstance(await opposite.backend.red_submit(half_red(blue)), Refused)
    assert len(await opposite.invoices()) == 1


@IN_PARTS
async def test_a_part_is_taken_back_and_then_the_rest(opposite: Opposite) -> None:
    blue = await opposite.issued()
    await opposite.backend.red_submit(half_red(blue))
    await opposite.wait(5)
    first = await opposite.ask_red()
    assert isinstance(first, Issued)
    assert amounts(first) == (-35_310, -4_590, -39_900)

    rest = half_red(blue, red_no=f"{RED_NO[:-1]}2")
    [line] = rest.lines
    rest = replace(rest, lines=(replace(line, ex_fen=35_309, tax_fen=4_591),))
    await opposite.backend.red_submit(rest)
    await opposite.wait(5)
    second = await opposite.ask_red(rest.red_no)
    assert isinstance(second, Issued)
    assert first.incl_fen + second.incl_fen == -blue.incl_fen
    assert first.tax_fen + second.tax_fen == -blue.tax_fen


async def test_more_than_was_invoiced_is_not_taken_back(opposite: Opposite) -> None:
    blue = await opposite.issued()
    await opposite.backend.red_submit(a_red(blue))
    await opposite.wait(5)

    answer = await opposite.backend.red_submit(a_red(blue, red_no=f"{RED_NO[:-1]}2"))
    if opposite.name == "wechat":  # a reversal has no number of its own: it is the same one
        assert isinstance(answer, Accepted)
        await opposite.wait(5)
        assert len(await opposite.invoices()) == 2
    elif isinstance(answer, Accepted):
        answer_later = await opposite.ask_red(f"{RED_NO[:-1]}2")
        assert isinstance(answer_later, Refused)
    else:
        assert isinstance(answer, Refused)


async def test_a_lost_answer_to_a_red_letter_makes_no_second_one(opposite: Opposite) -> None:
    blue = await opposite.issued()
    await opposite.errs("lose_answer")
    await opposite.backend.red_submit(a_red(blue))
    await opposite.wait(5)
    assert isinstance(await opposite.backend.red_submit(a_red(blue)), Accepted)
    await opposite.wait(5)

    assert isinstance(await opposite.ask_red(), Issued)
    assert len(await opposite.invoices()) == 2


async def booked_and_red(opposite: Opposite) -> FormOpen:
    """The buyer has booked the invoice; the form of the red letter waits for them."""
    blue = await opposite.issued()
    await opposite.http.post("/_sim/tax/booked", json={"number": blue.number})
    assert isinstance(await opposite.backend.red_submit(a_red(blue)), Accepted)
    form = await opposite.ask_red()
    assert isinstance(form, FormOpen)
    assert form.state is FormState.WAITS_FOR_BUYER
    return form


@FORMS
async def test_a_booked_invoice_waits_for_its_buyer(opposite: Opposite) -> None:
    form = await booked_and_red(opposite)
    await opposite.buyer(form_no=form.form_no, act="confirm")
    await opposite.wait(5)

    red = await opposite.ask_red(form_no=form.form_no)
    assert isinstance(red, Issued)
    assert red.form_no in {"", form.form_no}


@FORMS
@pytest.mark.parametrize(
    ("hours", "act", "state"),
    [
        (1, "refuse", FormState.REFUSED_BY_BUYER),
        (73, "", FormState.LAPSED),
    ],
)
async def test_a_form_that_is_refused_or_lapses_issues_nothing(
    opposite: Opposite, hours: int, act: str, state: FormState
) -> None:
    form = await booked_and_red(opposite)
    if act:
        await opposite.buyer(form_no=form.form_no, act=act)
    await opposite.wait(3600 * hours)

    assert await opposite.ask_red(form_no=form.form_no) == FormOpen(form.form_no, state)
    assert len(await opposite.invoices()) == 1


@FORMS
async def test_a_form_is_withdrawn_and_made_again_under_the_same_number(opposite: Opposite) -> None:
    form = await booked_and_red(opposite)
    assert isinstance(await opposite.backend.form_cancel(form.form_no, SELLER), Confirmed)
    assert await opposite.ask_red() == FormOpen(form.form_no, FormState.WITHDRAWN)

    [blue] = await opposite.invoices()
    again = a_red(await opposite.becomes_issued())
    assert blue["number"] == again.number
    assert isinstance(await opposite.backend.red_submit(again), Accepted)
    newer = await opposite.ask_red()
    assert isinstance(newer, FormOpen)
    assert newer.form_no != form.form_no


@FORMS
async def test_the_seller_confirms_what_the_buyer_opened(opposite: Opposite) -> None:
    blue = await opposite.issued()
    form = await opposite.buyer(number=blue.number, act="open")

    assert isinstance(await opposite.backend.form_confirm(form["form_no"], SELLER), Confirmed)
    await opposite.wait(5)
    assert len(await opposite.invoices()) == 2
    assert isinstance(await opposite.backend.form_confirm(form["form_no"], SELLER), Unknown)


@FORMS
async def test_a_wrong_invoice_is_taken_back_as_a_whole_only(opposite: Opposite) -> None:
    blue = await opposite.issued()

    answer = await opposite.backend.red_submit(half_red(blue, reason=RedReason.WRONG))
    assert isinstance(answer, Refused)
    answer = await opposite.backend.red_submit(a_red(blue, reason=RedReason.WRONG))
    assert isinstance(answer, Accepted)


@LISTS
async def test_the_list_has_what_was_issued(opposite: Opposite) -> None:
    blue = await opposite.issued()
    await opposite.backend.red_submit(a_red(blue))
    await opposite.wait(5)
    since = blue.issued_at.replace(hour=0, minute=0, second=0, microsecond=0)

    found = await opposite.backend.listing(SELLER, since, since + timedelta(days=2))
    assert isinstance(found, list)
    first = found[0]
    assert (first.number, first.incl_fen, first.is_red) == (blue.number, 79_800, False)
    assert first.request_no == NO
    assert sum(one.incl_fen for one in found) == 0


async def test_a_person_a_discount_and_a_special_invoice_are_taken(opposite: Opposite) -> None:
    lines = tuple(discount_lines([goods(discount_fen=900)]))
    person = an_order(buyer_tax_no="", buyer_is_person=True, buyer_title="林晓", lines=lines)
    assert isinstance(await opposite.backend.submit(person), Accepted)
    assert (await opposite.becomes_issued()).incl_fen == 39_000

    if Kind.SPECIAL in opposite.backend.capabilities().kinds:
        special = an_order(request_no=f"{NO[:-1]}S", kind=Kind.SPECIAL)
        issued = await opposite.issued(request_no=special.request_no, kind=Kind.SPECIAL)
        assert issued.kind in {None, Kind.SPECIAL}


async def test_as_many_lines_as_it_says_are_taken(opposite: Opposite) -> None:
    most = min(opposite.backend.capabilities().most_lines, 300)
    lines = tuple(net_lines([goods(gross_fen=10_000 + at) for at in range(most)]))

    issued = await opposite.issued(lines=lines)
    assert issued.incl_fen == sum(line.incl_fen for line in lines)
