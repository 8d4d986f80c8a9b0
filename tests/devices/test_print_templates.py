"""Templates of papers: plain lines with holes, no logic, and nothing gets through (S13, S14)."""

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from devices.errors import TemplateUnfit
from devices.protocol.blocks import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Drawer,
    Feed,
    Pair,
    QrCode,
    Rule,
    Sign,
    Text,
    from_json,
    to_json,
)
from devices.protocol.escpos import render
from devices.protocol.picture import png_of
from devices.protocol.profile import Profile
from devices.protocol.standard import EXAMPLE, NAMES, TEXTS, example
from devices.protocol.templates import fill, parse
from devices.rules import DocumentKind, Encoding, QrWay
from sandbox.escpos import tokens_of
from sandbox.paper import Press
from sandbox.paper_ink import png_of as ink_of
from sandbox.paper_style import Style

RECEIPT = NAMES[DocumentKind.RECEIPT]
PIECES = st.sampled_from(
    ["{{", "}}", "{{store_name}}", "{{#lines}}", "{{/lines}}", "{{title}}", "{{#", "\n", " | ",
     "[cut]", "[qr invoice_url]", "[feed 9]", "---", "^# ", "\x1bp0", "<PLUGIN>", "{% x %}", "龘"]
)  # fmt: skip
TYPED = st.lists(st.one_of(PIECES, st.characters()), max_size=30).map("".join)


def printed(blocks: list[Block], profile: Profile) -> list[str]:
    return list(Press(48, Style()).run(tokens_of(render(blocks, profile))).facts()["lines"])


@pytest.mark.parametrize("kind", TEXTS)
def test_every_standard_template_fits_and_prints(kind: DocumentKind) -> None:
    blocks = example(kind, TEXTS[kind])

    assert isinstance(blocks[-1], Cut)
    assert from_json(to_json(blocks)) == blocks
    for columns in (32, 48):
        assert png_of(blocks, Profile(columns=columns)).startswith(b"\x89PNG")


def test_a_line_is_what_its_marks_say() -> None:
    text = "^# {{store_name}}\n> r\n* b\na | b\n---\n\n[sign 签字：]\n"
    text += "[feed 2]\n[barcode order_no]\n[buzz]"
    facts = {"store_name": "木棠", "order_no": "25112101"}

    assert fill(parse(text, RECEIPT), facts) == [
        Text("木棠", Align.CENTER, is_big=True),
        Text("r", Align.RIGHT),
        Text("b", is_bold=True),
        Pair("a", "b"),
        Rule(),
        Feed(1),
        Sign("签字："),
        Feed(2),
        Barcode("25112101"),
        Buzz(),
        Cut(),
    ]


def test_a_part_is_said_for_each_entry_and_not_at_all_without_a_value() -> None:
    text = "{{#lines}}\n{{title}} | {{store_name}}\n{{/lines}}\n{{#points}}\n积分\n{{/points}}"
    lines = [{"title": "a"}, {"title": "b"}]
    blocks = fill(parse(text, RECEIPT), {"lines": lines, "store_name": "木棠", "points": ""})

    assert blocks == [Pair("a", "木棠"), Pair("b", "木棠"), Cut()]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a\n{{nobody}}", 2, "unknown_name"),
        ("{{title}}", 1, "unknown_name"),
        ("{{lines}}", 1, "unknown_name"),
        ("{{store_name}", 1, "hole_not_closed"),
        ("{{store_name.__class__}}", 1, "hole_not_closed"),
        ("{{#lines}}\na", 2, "begin_without_end"),
        ("{{/lines}}", 1, "end_without_begin"),
        ("{{#lines}}\n{{#lines}}\n{{/lines}}\n{{/lines}}", 2, "list_in_list"),
        ("[drawer]", 1, "unknown_order"),
        ("[qr nobody]", 1, "unknown_name"),
        ("[feed 900]", 1, "bad_number"),
        ("x" * 6_001, 1, "too_long"),
        ("{{#lines}}\n{{/lines}}\n" * 5, 10, "too_many_lists"),
    ],
)
def test_a_template_with_a_mistake_says_where_and_what(text: str, line: int, why: str) -> None:
    with pytest.raises(TemplateUnfit) as refused:
        parse(text, RECEIPT)

    assert (refused.value.facts["line"], refused.value.facts["why"]) == (line, why)


def test_a_value_is_never_read_as_a_template() -> None:
    facts = {"store_name": "{{order_no}}\n[cut]\n[qr invoice_url] | x", "order_no": "1"}
    blocks = fill(parse("^ {{store_name}}", RECEIPT), facts)

    assert blocks == [Text(facts["store_name"], Align.CENTER), Cut()]
    assert printed(blocks, Profile())[0].strip() == "{{order_no}} [cut] [qr invoice_url] | x"


@examples(max_examples=60)
@given(TYPED)
def test_whatever_is_typed_is_refused_or_prints_and_opens_no_drawer(text: str) -> None:
    try:
        blocks = fill(parse(text, RECEIPT), EXAMPLE)
    except TemplateUnfit:
        return

    assert not any(isinstance(block, Drawer) for block in blocks)
    names = {token.name for token in tokens_of(render(blocks, Profile(has_drawer=True)))}
    assert "ESC p" not in names


def test_characters_of_level_two_print_on_any_printer() -> None:
    blocks: list[Block] = [Text("䶮 㛃 龘"), Cut()]
    known = render(blocks, Profile(encoding=Encoding.GB18030))
    drawn = render(blocks, Profile(encoding=Encoding.GBK))

    assert "䶮 㛃 龘".encode("gb18030") in known
    [picture] = [token for token in tokens_of(drawn) if token.name == "GS v 0"]
    assert len(picture.raw) > 1_000
    assert "?" not in "".join(printed(blocks, Profile()))
    assert printed([Text("𡋾 a")], Profile())[0] == "? a"  # not in our font either: told as `?`


@pytest.mark.parametrize("way", [QrWay.NATIVE, QrWay.RASTER])
def test_a_qr_is_read_from_the_paper_however_it_was_drawn(way: QrWay) -> None:
    data = render([QrCode("https://shop.example.cn/i/abc"), Cut()], Profile(qr=way))
    paper = Press(48, Style()).run(tokens_of(data))
    press = Press(48, Style())
    press.run(tokens_of(data))
    picture = Image.open(io.BytesIO(ink_of(press.roll(), is_cut=paper.is_cut)))

    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [
        "https://shop.example.cn/i/abc"
    ]


def test_a_barcode_is_read_from_the_paper_and_from_the_preview() -> None:
    blocks: list[Block] = [Barcode("T251121{17}"), Cut()]
    press = Press(48, Style())
    paper = press.run(tokens_of(render(blocks, Profile())))
    pictures = [ink_of(press.roll(), is_cut=paper.is_cut), png_of(blocks, Profile())]

    for picture in pictures:
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
        assert found.text == "T251121{17}"


def test_a_profile_says_what_is_left_out() -> None:
    blocks: list[Block] = [Drawer(), Buzz(), QrCode("https://a.cn"), Cut()]
    none = render(blocks, Profile(qr=QrWay.OFF, has_cutter=False))
    every = render(blocks, Profile(has_drawer=True, has_buzzer=True))

    assert {token.name for token in tokens_of(none)} == {"ESC @", "FS &", "ESC d"}
    assert {"ESC p", "ESC B", "GS ( k", "GS V"} <= {token.name for token in tokens_of(every)}
