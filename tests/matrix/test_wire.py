"""JSON from strangers."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.matrix.wire import DEEPEST, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_good_json_is_read_as_it_is(value: Any) -> None:
    if "\\u0000" not in json.dumps(value):
        assert parse(json.dumps(value).encode()) == value
        assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_rubbish_is_one_kind_of_error(raw: bytes) -> None:
    with suppress(ValueError):
        parse(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (rb'"\ud83d"', "\N{REPLACEMENT CHARACTER}"),
        (rb'{"\ude00": ["\ud83d\ude00"]}', {"\N{REPLACEMENT CHARACTER}": ["😀"]}),
        (b'"\xed\xa0\xbd"', "\N{REPLACEMENT CHARACTER}" * 3),
        (rb'"a\u0000b"', "a\N{REPLACEMENT CHARACTER}b"),
        (rb'"a\\u0000b"', "a\\u0000b"),
        (b"[NaN, Infinity, -Infinity, 1e999, 1E+400, 1e10]", [None, None, None, None, None, 1e10]),
        (b"[" + b"9" * 5_000 + b", 12]", [None, 12]),
        (b'["[[", "]\\"[", {"a": "}"}]', ["[[", ']"[', {"a": "}"}]),
    ],
)
def test_what_no_database_takes_is_replaced(raw: bytes, value: Any) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize("depth", [DEEPEST - 2, DEEPEST, 500, 100_000])
def test_depth_costs_only_who_is_deep(depth: int) -> None:
    before = time.perf_counter()
    deep = b'{"a":' * (depth // 2) + b"[" * (depth // 2) + b"]" * (depth // 2) + b"}" * (depth // 2)
    events = parse(b'{"events": [{"body": "]]"}, ' + deep + b', {"body": "hoi"}]}')["events"]
    assert (events[0], events[2]) == ({"body": "]]"}, {"body": "hoi"})
    json.dumps(events)
    assert time.perf_counter() - before < 1
    with pytest.raises(ValueError, match=r"."):
        parse(b"[" * max(depth, DEEPEST + 1))


def test_is_no_slower_than_it_must_be() -> None:
    event = {
        "type": "m.room.message",
        "content": {"body": 'hoi [daar] "x"', "m.mentions": {}},
        "sender": "@a:b",
    }
    raw = json.dumps(
        {"rooms": {"join": {f"!{n}:x": {"timeline": {"events": [event] * 20}} for n in range(50)}}}
    ).encode()
    plain, careful = (min(_seconds(read, raw) for _ in range(20)) for read in (json.loads, parse))
    assert careful < 6 * plain


def _seconds(read: Callable[[bytes], Any], raw: bytes) -> float:
    start = time.perf_counter()
    read(raw)
    return time.perf_counter() - start
