"""Faces of tax discs, and characters that few fonts have."""

from dataclasses import replace

import pytest

from invoicing.document import ink
from invoicing.document.face import Disc, Face, Party
from invoicing.document.painting import paint
from invoicing.protocol.face_qr import read_face_qr
from invoicing.rules.tax import net_lines
from tests.invoicing.test_document import BUYER, a_face, pages_of, qr_of, text_of
from tests.scenes.invoicing import BUYER_TAX_NO, goods

DISC = Disc("02418567008427471889", "03-8*<+7>59/2*1<-+/" * 5, "661619907281", "李收", "王复")


def an_old_face(lines: int = 2) -> Face:
    """As a tax disc issues it."""
    return a_face(
        kind="10",
        code="031002100311",
        number="29342181",
        disc=DISC,
        buyer=replace(
            BUYER, contact="上海市某某路88号 021-55556666", bank="招商银行 6225880123456789"
        ),
        lines=tuple(net_lines([goods(gross_fen=10_000 + at) for at in range(lines)])),
    )


def test_an_invoice_of_a_tax_disc_has_its_own_face() -> None:
    pdf = paint(an_old_face())

    text = text_of(pdf).replace("\n", "")
    for shown in (
        "增值税电子普通发票",
        "031002100311",
        "29342181",
        DISC.check_code,
        DISC.cipher,
        DISC.machine_no,
        "李收",
        "王复",
        "上海市某某路88号 021-55556666",
        "招商银行 6225880123456789",
    ):
        assert shown in text
    read = read_face_qr(qr_of(pdf))
    assert read is not None
    assert (read.code, read.check, read.amount) == ("031002100311", DISC.check_code, "177.00")
    assert read.is_crc_right


def test_more_than_eight_lines_of_an_old_one_go_on_a_list() -> None:
    pdf = paint(an_old_face(30))

    assert pages_of(pdf) == 4
    assert "（详见销货清单）" in text_of(pdf, 0)
    assert "¥3004.35" in text_of(pdf, 0)
    assert "销售货物或者提供应税劳务、服务清单" in text_of(pdf, 1)
    assert "共3页 第3页" in text_of(pdf, 3)


LEVEL_2 = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮"
    "䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
PLANE_2 = (
    "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰"
    "𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭"
    "𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡"
    "𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬"
    "𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)


def test_every_character_of_gb_18030_up_to_level_2_can_be_set() -> None:
    basic = [chr(code) for code in (*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6))]

    missing = [one for one in [*basic, *LEVEL_2, *PLANE_2] if not ink.font_of(one)]

    assert missing == []


@pytest.mark.parametrize("title", [LEVEL_2[:40], PLANE_2[:40], "䶮𬭎㐀（上海）䲣有限公司"])
def test_rare_characters_are_drawn_and_read_back(title: str) -> None:
    assert title in text_of(paint(a_face(buyer=Party(title, BUYER_TAX_NO)))).replace("\n", "")


def test_a_character_no_font_has_becomes_a_mark_and_not_a_black_box() -> None:
    text = text_of(paint(a_face(buyer=Party("某\U0001f600公\u200b司", BUYER_TAX_NO))))

    assert "某〓公 司" in text
