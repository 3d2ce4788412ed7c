"""What is carried on of a file: the file, its name and its measures, whatever else it claims."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.media import MEDIA_TYPES, caption, file_name, portable

KEYS = [
    "msgtype", "body", "filename", "url", "file", "info", "key", "iv", "hashes", "v", "thumbnail_url", "thumbnail_file",
    "thumbnail_info", "mimetype", "w", "h", "size", "formatted_body", "m.relates_to", "m.mentions", "external_url",
]  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["mxc://test/abc", "m.image", "m.file", "https://evil.example", "sha256", "\u202egpj.exe", "\x00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
contents = st.dictionaries(st.sampled_from(KEYS), values)
KNOWN = {
    "msgtype", "body", "filename", "url", "file", "info", "org.matrix.msc3245.voice",
}  # fmt: skip


@given(contents, st.sampled_from(sorted(MEDIA_TYPES)))
def test_nothing_but_the_file_comes_through(content: dict[str, Any], msgtype: str) -> None:
    clean = portable({**content, "msgtype": msgtype})
    if clean is None:
        return
    assert set(clean) <= KNOWN
    assert ("url" in clean) != ("file" in clean)
    assert str(clean.get("url") or clean["file"]["url"]).startswith("mxc://")
    assert 0 < len(clean["body"]) <= 200
    assert clean["body"].isprintable()
    assert "/" not in clean["body"]
    json.dumps(clean)


@given(contents)
def test_it_never_fails(content: dict[str, Any]) -> None:
    portable(content)
    caption(content)
    file_name(content)


def test_a_thumbnail_has_no_thumbnail() -> None:
    info: dict[str, Any] = {"thumbnail_url": "mxc://test/t", "w": 1}
    for _ in range(5_000):
        info = {"thumbnail_url": "mxc://test/t", "thumbnail_info": info}
    clean = portable({"msgtype": "m.image", "body": "x.png", "url": "mxc://test/x", "info": info})
    assert clean is not None
    assert clean["info"] == {"thumbnail_url": "mxc://test/t", "thumbnail_info": {}}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"filename": "a.png", "body": "kijk"}, "a.png"),
        ({"body": "a.png"}, "a.png"),
        ({"body": "../../etc/passwd"}, "passwd"),
        ({"body": "C:\\geheim\\a.png"}, "a.png"),
        ({"body": "a\u202egnp.exe"}, "agnp.exe"),
        ({"body": "map/"}, "file"),
        ({"body": "\x00", "filename": 7}, "file"),
        ({}, "file"),
    ],
)
def test_names(content: dict[str, Any], name: str) -> None:
    assert file_name(content) == name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"filename": "a.png", "body": "kijk"}, "kijk"),
        ({"filename": "a.png", "body": "a.png"}, None),
        ({"body": "kijk"}, None),
        ({"filename": "a.png", "body": " "}, None),
        ({"filename": ["a"], "body": "x"}, None),
    ],
)
def test_words_beside_a_file(content: dict[str, Any], words: str | None) -> None:
    assert caption(content) == words


@pytest.mark.parametrize(
    "url", ["https://test/x", "mxc://test", "mxc://te st/x", "mxc://test/../x", "mxc:///x", 7, None]
)
def test_only_files_on_a_homeserver(url: object) -> None:
    assert portable({"msgtype": "m.image", "body": "x", "url": url}) is None
