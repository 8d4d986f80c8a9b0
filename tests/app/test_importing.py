import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importing import ImportReport, import_brand, run
from app.importing.reading import read_sheet
from app.importing.refusals import FORMULA_STARTS, SENTENCES, Refusal, safe_cell, write_refusals
from app.importing.rows import SkuRow
from core.settings import Settings
from devices.queries import printers_of
from trade.catalog.models import Product, Sku
from trade.catalog.queries import Here, Wanted, find_products, find_sku
from trade.promotions.models import Price
from trade.promotions.queries import rates
from trade.stock.models import StockLevel, StockMovement
from trade.stores.models import Staff, Store, TaxEntity

BRAND = Path(__file__).parents[2] / "examples/brand"
SKUS = "product_code,code,barcode,colour,size,unit,tax_code,tax_bp,list_price_fen\n"
SCARF = "P1,P1-1,2000000100012,驼色,S,条,1040201990000000000,1300,39900\n"


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BRAND, tmp_path / "brand"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def faults_of(report: ImportReport) -> list[tuple[str, int, str, str]]:
    return [(each.file, each.line, each.column, each.code) for each in report.refusals]


async def rows_in_tables() -> list[int]:
    tables = (TaxEntity, Store, Staff, Product, Sku, Price, StockLevel, StockMovement)
    return [await table.all().count() for table in tables]


@pytest.mark.usefixtures("db")
async def test_the_example_brand_comes_in_whole() -> None:
    told: list[tuple[int, int]] = []
    report = await import_brand(BRAND, progress=lambda *step: told.append(step))
    [store] = await Store.filter(code="sh-jingan") or await Store.all().limit(1)
    page = await find_products(Wanted(), Here(store.id), limit=200)
    sofa = await find_sku("P1001-11")

    assert report.refusals == ()
    assert {each.file: each.new for each in report.files} == {
        each.file: each.rows for each in report.files
    }
    assert await Store.filter(kind="franchise").count() == 1
    assert await Store.filter(has_till=False).count() == 1
    assert await Store.all().count() >= 4
    assert await TaxEntity.all().count() == 2
    assert await Staff.filter(role="guide").count() >= 4
    assert sum(len(product.skus) for product in page.products) >= 60
    assert sofa
    assert sofa.spec == {"颜色": "燕麦色", "尺寸": "双人位"}
    assert (await rates()).points_per_yuan == 1
    assert told[-1][0] == told[-1][1] == sum(each.rows for each in report.files)
    assert told == sorted(told)


@pytest.mark.usefixtures("db")
async def test_importing_again_changes_nothing() -> None:
    await import_brand(BRAND)
    before = await rows_in_tables()
    again = await import_brand(BRAND)

    assert await rows_in_tables() == before
    assert [(each.new, each.changed, each.refused) for each in again.files] == [(0, 0, 0)] * 16
    assert sum(each.same for each in again.files) == sum(each.rows for each in again.files)


@pytest.mark.usefixtures("db")
async def test_a_dry_run_counts_everything_and_writes_nothing() -> None:
    report = await import_brand(BRAND, dry_run=True)

    assert report.is_dry_run
    assert sum(each.new for each in report.files) == sum(each.rows for each in report.files)
    assert await rows_in_tables() == [0] * 8


@pytest.mark.usefixtures("db")
async def test_a_corrected_row_corrects_its_record(brand: Path) -> None:
    await import_brand(brand)
    spoil(brand / "products.csv", "云朵沙发", "云朵沙发二代")
    spoil(brand / "rates.csv", "1,300,8500", "2,300,8500")
    report = await import_brand(brand)

    assert {each.file: each.changed for each in report.files if each.changed} == {
        "products.csv": 1,
        "rates.csv": 1,
    }
    assert (await Product.get(code="P1001")).title == "云朵沙发二代"
    assert ((await rates()).points_per_yuan, (await rates()).version) == (2, 2)


@pytest.mark.usefixtures("db")
async def test_bad_rows_are_refused_one_by_one_and_the_others_are_taken(brand: Path) -> None:
    spoil(brand / "skus.csv", "2000000100012", "2000000100013")
    spoil(brand / "skus.csv", ",569900,", ",5699.00,")
    spoil(brand / "staff.csv", "guide,S004", "guide,S999")
    spoil(brand / "prices.csv", "S001,P1002-11,69900", "S001,P1002-11,-1")
    report = await import_brand(brand)

    assert faults_of(report)[:4] == [
        ("staff.csv", 15, "store_code", "importing.unknown_reference"),
        ("skus.csv", 2, "barcode", "importing.bad_barcode"),
        ("skus.csv", 3, "list_price_fen", "importing.bad_number"),
        ("prices.csv", 8, "price_fen", "importing.bad_number"),
    ]
    assert {code for *_, code in faults_of(report)[4:]} == {"importing.unknown_reference"}
    assert await Sku.all().count() == 78
    assert not await Sku.filter(code="P1001-11").exists()


@pytest.mark.usefixtures("db")
async def test_refused_rows_come_back_in_a_file_that_runs_no_formula(brand: Path) -> None:
    spoil(brand / "products.csv", "云朵沙发", '"=HYPERLINK(""http://evil"",""点我"")"')
    spoil(brand / "products.csv", "P1001,", "=1+1,")
    report = await import_brand(brand, dry_run=True)
    assert report.refused_file
    with report.refused_file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == report.refused > 1
    assert rows[0]["file"] == "products.csv"
    assert (rows[0]["line"], rows[0]["column"], rows[0]["value"]) == ("2", "code", "'=1+1")
    assert rows[0]["code"] == "importing.bad_code"
    assert not any(cell.startswith(FORMULA_STARTS) for row in rows for cell in row.values())


@pytest.mark.usefixtures("db")
async def test_opening_stock_is_booked_once(brand: Path) -> None:
    await import_brand(brand)
    first = (brand / "stock.csv").read_text().splitlines()[1]
    store, sku, quantity, safety = first.split(",")
    spoil(brand / "stock.csv", first, f"{store},{sku},{int(quantity) + 1},{safety}")
    report = await import_brand(brand)

    assert faults_of(report) == [("stock.csv", 2, "quantity", "importing.opening_stock_fixed")]


@pytest.mark.usefixtures("db")
async def test_a_barcode_belongs_to_one_sku(brand: Path) -> None:
    await import_brand(brand)
    with (brand / "skus.csv").open("a") as file:
        file.write("P1001,P1001-99,2000000100012,粉色,双人位,张,1050201010000000000,1300,1,,true\n")
    twice_in_file = await import_brand(brand)
    (brand / "skus.csv").write_text(
        SKUS + "P1001,P1001-99,2000000100012,粉色,双人位,张,1050201010000000000,1300,1\n"
        "P1001,P1001-98,,燕麦色,双人位,张,1050201010000000000,1300,1\n"
    )
    in_the_shop = await import_brand(brand)

    assert faults_of(twice_in_file) == [("skus.csv", 82, "barcode", "importing.repeated_row")]
    assert faults_of(in_the_shop) == [
        ("skus.csv", 2, "barcode", "importing.taken"),
        ("skus.csv", 3, "size", "importing.taken"),
    ]


@pytest.mark.usefixtures("db")
async def test_ten_thousand_prices_take_seconds(brand: Path) -> None:
    new = [f"N{number}" for number in range(2_000)]
    stores = ("S001", "S002", "S003", "S004", "S005")
    with (brand / "skus.csv").open("a") as file:
        file.writelines(
            f"P1001,{code},,{code},,张,1050201010000000000,1300,9900,,true\n" for code in new
        )
    with (brand / "prices.csv").open("a") as file:
        file.writelines(f"{store},{code},8900,,\n" for code in new for store in stores)
    report = await import_brand(brand)

    assert report.refusals == ()
    assert await Price.filter(price_fen=8_900).count() == 10_000
    assert report.seconds < 60


@pytest.mark.usefixtures("db")
async def test_an_unknown_file_is_said_and_the_others_are_taken(brand: Path) -> None:
    (brand / "prizes.csv").write_text("a,b\n1,2\n")
    report = await import_brand(brand, dry_run=True)

    assert faults_of(report) == [("prizes.csv", 1, "", "importing.unknown_file")]


@pytest.mark.usefixtures("db")
async def test_a_demos_printer_stands_where_it_is_told(brand: Path) -> None:
    await import_brand(brand, printers={"S001": ("127.0.0.1", 19_100)})
    [printer] = await printers_of((await Store.get(code="S001")).id)

    assert (printer.address, printer.columns) == ("127.0.0.1:19100", 48)


async def test_a_process_without_a_database_opens_it_and_closes_it(settings: Settings) -> None:
    report = await run(settings, BRAND, dry_run=True, printer_ports={"S001": 19_100})

    assert report.refused == 0
    assert "dry run, nothing written" in report.text()
    assert report.as_dict()["dryRun"] is True
    assert json.dumps(report.as_dict())


def first_fault(tmp_path: Path, content: bytes | str) -> tuple[int, str, str]:
    path = tmp_path / "skus.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sheet = read_sheet(path, SkuRow)
    assert len(sheet.refusals) + len(sheet.lines) >= 1
    [first, *_] = sheet.refusals
    return first.line, first.column, first.code.removeprefix("importing.")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", (1, "product_code", "missing_column")),
        (SKUS.replace("unit", "unti") + SCARF, (1, "unti", "unknown_column")),
        (SKUS.replace("size", "colour") + SCARF, (1, "colour", "repeated_column")),
        (SKUS + "P1,P1-1\n", (2, "", "wrong_cell_count")),
        (SKUS + SCARF.replace("驼色", '驼"色"x,"'), (2, "", "not_csv")),
        ((SKUS + SCARF).encode("gb18030"), (1, "", "not_utf8")),
        (SKUS + SCARF + SCARF, (3, "code", "repeated_row")),
        (SKUS + SCARF + SCARF.replace("P1-1", "P1-2"), (3, "barcode", "repeated_row")),
        (SKUS + SCARF.replace("P1-1", ""), (2, "code", "value_missing")),
        (SKUS + SCARF.replace("P1-1", "P1 1"), (2, "code", "bad_code")),
        (SKUS + SCARF.replace("39900", "399.00"), (2, "list_price_fen", "bad_number")),
        (SKUS + SCARF.replace("39900", "３９９"), (2, "list_price_fen", "bad_number")),
        (SKUS + SCARF.replace("39900", "9" * 13), (2, "list_price_fen", "out_of_range")),
        (SKUS + SCARF.replace("1300", "10001"), (2, "tax_bp", "out_of_range")),
        (SKUS + SCARF.replace("0000000000,", "000000000,"), (2, "tax_code", "bad_tax_code")),
        (SKUS + SCARF.replace("驼色", "驼" * 21), (2, "colour", "too_long")),
        (SKUS + SCARF.replace("驼色", "驼\x1b色"), (2, "colour", "control_character")),
        (SKUS + SCARF.replace("驼色", "驼\0色"), (2, "colour", "control_character")),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_place_and_kind(
    tmp_path: Path, content: bytes | str, fault: tuple[int, str, str]
) -> None:
    assert first_fault(tmp_path, content) == fault


def test_blank_lines_a_byte_order_mark_and_any_order_of_columns_are_fine(tmp_path: Path) -> None:
    names, values = (line.strip().split(",") for line in (SKUS, SCARF))
    path = tmp_path / "skus.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + f"{','.join(names[::-1])}\r\n\r\n{','.join(values[::-1])}\r\n\n".encode()
    )
    sheet = read_sheet(path, SkuRow)

    assert (sheet.refusals, sheet.rows, sheet.lines[0].number) == ([], 1, 3)
    assert sheet.lines[0].row.list_price_fen == 39_900


@given(st.text())
def test_no_cell_of_ours_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)

    assert not cell.startswith(FORMULA_STARTS)
    assert cell in {text, f"'{text}"}


@given(cells=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_whatever_a_refused_row_held_the_file_reopens_with_the_same_cells(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("refused") / "refused.csv"
    column = next(iter(cells), "")
    zh, en = SENTENCES["importing.bad_value"]
    write_refusals(path, [Refusal("=x.csv", 2, column, "importing.bad_value", zh, en, cells)])
    text = path.read_bytes().decode("utf-8-sig", "surrogatepass")
    _, row = csv.reader(io.StringIO(text, newline=""))

    assert row[3] == safe_cell(cells.get(column, ""))
    assert not any(cell.startswith(FORMULA_STARTS) for cell in row)


def test_every_refusal_says_something_in_both_languages() -> None:
    for zh, en in SENTENCES.values():
        assert 5 <= len(zh) <= 40
        assert zh.isascii() is False
        assert en.isascii() or "“" in en
