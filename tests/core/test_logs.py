"""Logs leak nothing and cannot be forged (S24, S28)."""

import io
import json
import logging
from collections.abc import Iterator

import asyncpg
import pytest

from core.logs import configure_logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs()
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def test_a_planted_newline_stays_in_its_line_and_unknown_fields_stay_out(
    lines: io.StringIO,
) -> None:
    planted = 'oops\n{"event": "forged"}\x1b[31m'
    facts = {"order_no": planted, "phone": "13800138000", "token": "s3cret", "title": "林晓"}
    logging.getLogger("tests").info("something happened", extra=facts)

    [line] = lines.getvalue().splitlines()
    assert json.loads(line)["order_no"] == planted
    assert "\x1b" not in line
    assert not any(secret in line for secret in ("13800138000", "s3cret", "林晓"))


def test_the_values_of_a_row_the_database_refused_stay_out(lines: io.StringIO) -> None:
    refused = asyncpg.UniqueViolationError("duplicate key value violates unique constraint")
    refused.detail = "Key (phone)=(13800138000) already exists,\nwith s3cret."
    try:
        try:
            raise refused
        except asyncpg.UniqueViolationError as error:
            raise RuntimeError("what came of it") from error
    except RuntimeError:
        logging.getLogger("tests").exception("broke")

    told = json.loads(lines.getvalue())["exception"]
    assert "DETAIL: (not logged)" in told
    assert "what came of it" in told
    assert "13800138000" not in told
    assert "s3cret" not in told


def test_a_very_long_value_is_cut(lines: io.StringIO) -> None:
    logging.getLogger("tests").warning("long", extra={"reason": "x" * 100_000})

    assert len(lines.getvalue()) < 3_000
