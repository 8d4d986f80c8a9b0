"""How fast documents are made, in CPU seconds of one process: ours beside plain xhtml2pdf."""

import time
from collections.abc import Callable
from datetime import date

from app.bench.invoicing.plain import plain
from invoicing.document.face import SANDBOX, Face, Party
from invoicing.document.painting import paint
from invoicing.rules.tax import Goods, net_lines

BUYER = Party("某某商贸（上海）有限公司", "11310115MA4R207G5L")
SELLER = Party("知木生活（上海）家居有限公司", "91310101MA1DGXY129")


def a_face(lines: int) -> Face:
    """An invoice of so many different lines."""
    goods = [
        Goods("*服装*羊绒围巾", f"SC{at:04}", "条", 2, "1040201990000000000", 1300, 79_800 + at)
        for at in range(lines)
    ]
    return Face(
        number="26312000000136634917",
        issued_on=date(2026, 3, 4),
        buyer=BUYER,
        seller=SELLER,
        lines=tuple(net_lines(goods)),
        remark="订单号 2603041033200001",
        drawer="沈知秋",
        mark=SANDBOX,
    )


def cpu_ms(make: Callable[[Face], bytes], face: Face, times: int) -> float:
    """CPU milliseconds of one document, after one that nobody counts."""
    make(face)
    began = time.process_time()
    for _ in range(times):
        make(face)
    return (time.process_time() - began) * 1000 / times


def measure_rendering(times: int) -> dict[str, float]:
    """Turn about, so that neither has the quieter minute."""
    face, rounds = a_face(4), 3
    each = max(1, times // rounds)
    theirs = [(cpu_ms(plain, face, each), cpu_ms(paint, face, 3 * each)) for _ in range(rounds)]
    plain_ms = min(one for one, _ in theirs)
    paint_ms = min(one for _, one in theirs)
    began = time.process_time()
    pdf = paint(a_face(2_000))
    return {
        "plain_ms": round(plain_ms, 2),
        "paint_ms": round(paint_ms, 2),
        "paint_ratio": round(plain_ms / paint_ms, 2),
        "list_2000_s": round(time.process_time() - began, 2),
        "list_2000_kb": round(len(pdf) / 1024),
    }
