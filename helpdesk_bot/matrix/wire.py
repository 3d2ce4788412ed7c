"""Reading JSON that strangers had a hand in, so that nothing in it can stop what comes after.

One event that can not be parsed would stop every later sync, and one that can not be stored would stop every later
commit. So what no parser or database takes is replaced: too deep nesting by null, endless numbers by null, half
surrogate pairs and NUL characters by '\N{REPLACEMENT CHARACTER}'.
"""

import json
import math
import re
from typing import Any

DEEPEST = 100
_LONGEST_NUMBER = 100
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(_STRING + rb"|[\[\]{}]", re.DOTALL)
_BARE_STRING = re.compile(rb'"[^"]*"')
_SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


def parse(raw: bytes) -> Any:
    """Raises ValueError for what is no JSON."""
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _is_deep(raw):
        raw = _pruned(raw)
    text = raw.decode(errors="replace")  # Python's own reading of bytes lets half surrogate pairs through
    try:
        value = json.loads(text, parse_constant=_nothing, parse_float=_finite)
    except ValueError:
        # Python refuses to read numbers of thousands of digits; that is the only JSON it does not read.
        value = json.loads(text, parse_constant=_nothing, parse_float=_finite, parse_int=_number)
    return storable(value) if b"\\u" in raw and _SUSPECT.search(raw) else value


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _nothing(_: str) -> None:
    return None


def _number(text: str) -> int | None:
    return int(text) if len(text) <= _LONGEST_NUMBER else None


def _is_deep(raw: bytes) -> bool:
    """Takes away the innermost brackets, level by level, at the speed of C."""
    marks = raw.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _OTHERS)
    brackets = _BARE_STRING.sub(b"", marks.replace(b'""', b""))
    for _ in range(DEEPEST):
        fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if fewer == brackets:
            break
        brackets = fewer
    return bool(brackets)


def _pruned(raw: bytes) -> bytes:
    kept: list[bytes] = []
    depth = start = 0
    for token in _TOKEN.finditer(raw):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(raw[start : token.start()])
        elif mark in (b"]", b"}"):
            if depth == DEEPEST + 1:
                kept.append(b"null")
                start = token.end()
            depth -= 1
    if depth > DEEPEST:
        raise ValueError("the brackets do not close")
    kept.append(raw[start:])
    return b"".join(kept)


def clean_text(value: str) -> str:
    """Text that every database and client can take."""
    if value.isascii():
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def storable(value: Any) -> Any:
    """The same, with every string one that a database takes."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value
