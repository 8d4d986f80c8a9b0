"""Rows that were not taken: a stable code, a sentence that says what to do, and one file."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SENTENCES: dict[str, tuple[str, str]] = {
    "importing.unknown_file": (
        "不认识这个文件，请按说明改名或移走",
        "This file is not known: rename it as the README says, or take it away.",
    ),
    "importing.too_large": (
        "文件过大，请拆分后分次导入",
        "The file is too large: split it and import the parts.",
    ),
    "importing.not_utf8": (
        "文件不是 UTF-8 编码，请另存为“CSV UTF-8”后重试",
        "The file is not UTF-8: save it as “CSV UTF-8” and try again.",
    ),
    "importing.not_csv": (
        "这一行不是有效的 CSV，请检查引号",
        "This line is not valid CSV: check its quotation marks.",
    ),
    "importing.unknown_column": (
        "不认识这一列，请删除或改正列名",
        "This column is not known: remove it or correct its name.",
    ),
    "importing.missing_column": (
        "缺少这一列，请补上",
        "This column is missing: add it.",
    ),
    "importing.repeated_column": (
        "这一列出现了两次，请保留一列",
        "This column stands twice: keep one.",
    ),
    "importing.wrong_cell_count": (
        "这一行的格数与表头不同，请检查逗号",
        "This row has another number of cells than the header: check its commas.",
    ),
    "importing.value_missing": ("此处必填，请补上", "A value is needed here: add it."),
    "importing.bad_number": (
        "请填写不带小数点的非负整数；金额以分为单位",
        "Write a whole number without a decimal point; money is in fen.",
    ),
    "importing.out_of_range": ("数值超出范围，请改正", "The number is out of range: correct it."),
    "importing.bad_flag": ("请填写 true 或 false", "Write true or false."),
    "importing.bad_date": (
        "请按 2026-11-21 的格式填写日期",
        "Write the date as 2026-11-21.",
    ),
    "importing.bad_days": (
        "结束日期早于开始日期，请改正",
        "The last day is before the first one: correct them.",
    ),
    "importing.bad_choice": (
        "请从说明列出的取值中选择",
        "Choose one of the values the README lists.",
    ),
    "importing.bad_code": (
        "编号只能用字母、数字和 . _ -，最多 32 位",
        "A code has letters, digits and . _ - only, 32 at most.",
    ),
    "importing.too_long": ("文字过长，请缩短", "The text is too long: shorten it."),
    "importing.control_character": (
        "文字含有控制字符，请删除后重填",
        "The text holds a control character: remove it.",
    ),
    "importing.bad_barcode": (
        "条码不是有效的 EAN-13，请核对校验位",
        "The barcode is not a valid EAN-13: check its last digit.",
    ),
    "importing.bad_axis": (
        "规格项编号用小写字母、数字和 _，且不能是 colour 或 size",
        "An axis code has small letters, digits and _; colour and size are known already.",
    ),
    "importing.bad_spec": (
        "请写成 material=白橡木|legs=铁，每个规格项一次",
        "Write it as material=oak|legs=iron, each axis once.",
    ),
    "importing.presale_day_needed": (
        "预售须填写承诺发货日 presale_on",
        "A pre-sale needs its promised day, presale_on.",
    ),
    "importing.bad_tax_code": (
        "税收分类编码须为 19 位数字",
        "A tax classification code has 19 digits.",
    ),
    "importing.bad_taxpayer_no": (
        "纳税人识别号校验不通过，请核对",
        "The taxpayer number does not check: compare it with the licence.",
    ),
    "importing.bad_place": ("经纬度不正确，请改正", "Latitude or longitude is wrong: correct it."),
    "importing.bad_picture": (
        "图片须为以 / 开头的路径或 https 网址",
        "A picture is a path that begins with / or an https address.",
    ),
    "importing.store_needed": ("导购和店长须填写门店", "A guide and a store manager need a store."),
    "importing.franchisee_needed": (
        "加盟店和加盟商须填写加盟商编号",
        "A franchise store and a franchisee need a franchisee code.",
    ),
    "importing.reduction_above_threshold": (
        "满减金额不能高于门槛",
        "A reduction cannot be above its threshold.",
    ),
    "importing.repeated_row": (
        "文件中已有相同的一行，请删除或改正",
        "The file has this row already: remove or correct one.",
    ),
    "importing.unknown_reference": (
        "引用的编号不存在或未被接受，请先改正被引用的行",
        "The code it names is unknown or was refused: correct that row first.",
    ),
    "importing.taken": (
        "该值已被另一条记录使用，请换一个",
        "Another record uses this value: choose another one.",
    ),
    "importing.opening_stock_fixed": (
        "期初库存已入账，数量不同请用盘点调整",
        "Opening stock is booked already: correct the number by a stocktake.",
    ),
    "importing.bad_value": ("此处的值不正确，请改正", "The value here is wrong: correct it."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`line` counts from 1, the header's; `cells` is the row as it came, empty for a whole file."""

    file: str
    line: int
    column: str
    code: str
    zh: str
    en: str
    cells: Mapping[str, str]


def refusal(
    file: str, line: int, column: str, code: str, cells: Mapping[str, str] | None = None
) -> Refusal:
    zh, en = SENTENCES[code]
    return Refusal(file, line, column, code, zh, en, cells or {})


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A spreadsheet shows this text and never runs it as a formula (threat S17)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_refusals(path: Path, refusals: Iterable[Refusal]) -> None:
    """One row each; UTF-8 with its mark, so that spreadsheet programs read the Chinese."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["file", "line", "column", "value", "code", "zh", "en", "row"])
        for each in refusals:
            value = each.cells.get(each.column, "")
            row = json.dumps(each.cells, ensure_ascii=False) if each.cells else ""
            texts = (each.column, value, each.code, each.zh, each.en, row)
            writer.writerow([safe_cell(each.file), each.line, *map(safe_cell, texts)])
