"""The bench of large brands asks what can be asked."""

import pytest

from app.bench.crm.figures import Figure, line, p95
from app.bench.crm.references import TEN, fifty
from crm.segments.queries import parse, write


@pytest.mark.usefixtures("settings")
async def test_every_reference_segment_is_understood() -> None:
    assert len(TEN) == 10
    assert len(fifty()) == 50
    for data in fifty().values():
        assert parse(write(parse(data))) == parse(data)


def test_a_figure_says_whether_it_was_reached() -> None:
    assert "at most 500: reached" in line(Figure("count", 120, "ms", 500).facts())
    assert "at least 0.3: NOT reached" in line(Figure("rate", 0.2, "x", 0.3, is_least=True).facts())
    assert "at" not in line(Figure("told", 1, "s").facts()).split("told")[1]
    assert p95([float(n) for n in range(100)]) == 95
