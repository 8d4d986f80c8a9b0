import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.strict_json import MAX_DEPTH, NotStrict, read_object

REFUSED = {
    "nothing": b"",
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "a list": b"[]",
    "a number": b"1",
    "two objects": b"{}{}",
    "a name twice": b'{"a":1,"a":1}',
    "a name twice, deeper": b'{"b":{"a":1,"a":1}}',
    "NaN": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a number of thousands of digits": b'{"a":' + b"9" * 5000 + b"}",
    "a nul": b'{"a":"\\u0000"}',
    "a nul in a name": b'{"\\u0000":1}',
    "half a pair": b'{"a":"\\ud83d"}',
    "17 levels": b'{"a":' * 17 + b"1" + b"}" * 17,
    "17 levels of lists": b'{"a":' + b"[" * 16 + b"]" * 16 + b"}",
    "a hundred thousand levels": b'{"a":' * 100_000,
    "a trailing comma": b'{"a":1,}',
    "a comment": b"{}//",
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_not_strict_is_refused_by_one_name(fault: str) -> None:
    with pytest.raises(NotStrict):
        read_object(REFUSED[fault])


def test_sixteen_levels_and_a_whole_pair_pass() -> None:
    deep: dict[str, Any] = {"a": "🎉"}
    for _ in range(15):
        deep = {"a": deep}

    assert read_object(json.dumps(deep)) == deep


plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
trees = st.recursive(
    st.one_of(plain, st.integers(-(10**18), 10**18), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(plain, inner, max_size=3)),
    max_leaves=8,
)


@effort(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.dictionaries(plain, trees, max_size=4))
def test_what_is_written_is_read_again_or_is_too_deep(tree: dict[str, Any]) -> None:
    raw = json.dumps(tree, ensure_ascii=False).encode()
    if depth_of(tree) > MAX_DEPTH:
        with pytest.raises(NotStrict, match="too deep"):
            read_object(raw)
    else:
        assert read_object(raw) == tree


def depth_of(tree: Any) -> int:
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else None
    return 0 if parts is None else 1 + max(map(depth_of, parts), default=0)


@effort(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    for sent in (raw, b'{"a":' + raw + b"}"):
        with suppress(NotStrict):
            assert isinstance(read_object(sent), dict)
