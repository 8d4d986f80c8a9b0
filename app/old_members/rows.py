"""One row of a file of old members, and the sentence of each fault. It knows no database."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from crm.people.errors import BadBirthday, BadCard, BadEmail, BadName, BadPhone
from crm.people.queries import Entrance, Gender
from crm.people.service import OldMember, plain_old_member

COLUMNS = (
    "phone",
    "card_no",
    "name",
    "gender",
    "birthday",
    "email",
    "joined_on",
    "store_code",
    "entrance",
    "points",
)
E = TypeVar("E", Gender, Entrance)
MOST_POINTS = 10_000_000
SENTENCES: dict[str, tuple[str, str]] = {
    "members.no_id": ("手机号和卡号至少填一个", "A phone or a card number is needed."),
    "members.bad_phone": ("手机号不正确，请核对", "This is not a mobile number: check it."),
    "members.bad_card": ("卡号不正确，请核对", "This is no card number: check it."),
    "members.bad_email": ("邮箱不正确，请核对", "This is not an e-mail address: check it."),
    "members.bad_name": ("姓名不能保存，请修改", "This name cannot be kept: change it."),
    "members.bad_gender": (
        "性别请填 female、male 或 other",
        "Gender is female, male or other.",
    ),
    "members.bad_birthday": (
        "生日请按 1990-01-31 填写",
        "Write a birthday as 1990-01-31.",
    ),
    "members.child": (
        "未满十四周岁，须由监护人同意后再加入",
        "Under fourteen: a guardian has to agree first.",
    ),
    "members.bad_day": ("入会日期不正确，请核对", "The day of joining is wrong: check it."),
    "members.bad_store": ("没有这个门店编号", "There is no store with this code."),
    "members.bad_entrance": ("来源渠道不在六种之内", "The entrance is none of the six."),
    "members.bad_points": ("积分请填非负整数", "Points are a whole number, not below zero."),
    "members.two_members": (
        "手机号和卡号属于两个不同的会员，请先核实合并",
        "Phone and card belong to two members: join them first.",
    ),
    "members.repeated": (
        "文件中已有相同的手机号或卡号",
        "The file has this phone or card already.",
    ),
    "members.bad_row": (
        "这一行的格数不对",
        "This row has another number of cells than the header.",
    ),
}


class BadFile(Exception):
    """The file as a whole cannot be taken; the text says why."""


class BadRow(Exception):
    """This row cannot be taken."""

    def __init__(self, column: str, fault: str) -> None:
        super().__init__(column, fault)
        self.column, self.fault = column, fault


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stood, and what it says."""

    number: int
    cells: Mapping[str, str]


def size_and_fingerprint(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of the file: by it a stopped import knows where it was."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def read_lines(path: Path, *, after: int = 0) -> Iterator[Line]:
    """The rows behind line `after`, one at a time. Raises BadFile."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(header)
            for values in reader:
                if reader.line_num > after and any(value.strip() for value in values):
                    cells = dict(zip(header, values, strict=False))
                    known = cells if len(values) == len(header) else {}
                    yield Line(reader.line_num, known)
        except UnicodeDecodeError:
            raise BadFile("not UTF-8: save it as “CSV UTF-8”") from None
        except csv.Error as error:
            raise BadFile(f"line {reader.line_num} is not CSV: {error}") from None


def _check_header(header: list[str]) -> None:
    strangers = [name for name in header if name not in COLUMNS]
    if strangers or len(set(header)) < len(header) or not {"phone", "card_no"} & set(header):
        raise BadFile(
            f"the first line names the columns, of {', '.join(COLUMNS)}, each once;"
            " phone or card_no is needed"
        )


def read_member(line: Line, stores: Mapping[str, int], today: date) -> OldMember:
    """What a row says. Raises BadRow for the first fault."""
    if not line.cells:
        raise BadRow("", "bad_row")
    said = {name: line.cells.get(name, "").strip() for name in COLUMNS}
    if not said["phone"] and not said["card_no"]:
        raise BadRow("phone", "no_id")
    try:
        return plain_old_member(
            line=line.number,
            phone=said["phone"],
            card_no=said["card_no"],
            email=said["email"],
            name=said["name"],
            gender=_choice(Gender, said["gender"], "gender"),
            birthday=_birthday(said["birthday"], today),
            joined_on=_day(said["joined_on"], "joined_on", "bad_day", today),
            store_id=_store(said["store_code"], stores),
            entrance=_choice(Entrance, said["entrance"], "entrance") or Entrance.STORE,
            points=_points(said["points"]),
        )
    except BadPhone:
        raise BadRow("phone", "bad_phone") from None
    except BadCard:
        raise BadRow("card_no", "bad_card") from None
    except BadEmail:
        raise BadRow("email", "bad_email") from None
    except BadName:
        raise BadRow("name", "bad_name") from None
    except BadBirthday:
        raise BadRow("birthday", "bad_birthday") from None


def _choice(kind: type[E], text: str, column: str) -> E | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise BadRow(column, f"bad_{column}") from None


def _birthday(text: str, today: date) -> date | None:
    born = _day(text, "birthday", "bad_birthday", today)
    if born is not None and (today.year - born.year, *_md(today)) < (14, *_md(born)):
        raise BadRow("birthday", "child")
    return born


def _md(day: date) -> tuple[int, int]:
    return day.month, day.day


def _day(text: str, column: str, fault: str, today: date) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRow(column, fault) from None
    if not date(1900, 1, 1) <= day <= today:
        raise BadRow(column, fault)
    return day


def _store(code: str, stores: Mapping[str, int]) -> int | None:
    if not code:
        return None
    if code not in stores:
        raise BadRow("store_code", "bad_store")
    return stores[code]


def _points(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= MOST_POINTS):
        raise BadRow("points", "bad_points")
    return int(text)
