"""The small Markdown that catalogues are written in, and how it becomes HTML and plain text.

A text is parsed while its places are still open; values are put into the finished structure. So no value, whatever is
in it, can change the structure. The HTML has only elements that Matrix clients show alike, without white space between
them, which some clients show as text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from helpdesk_bot.texts.catalogue import PLACE
from helpdesk_bot.texts.values import anchor, safe_url

_MARKDOWN = MarkdownIt("zero").enable(
    ["emphasis", "link", "backticks", "fence", "newline", "escape", "list", "heading", "blockquote"]
)
_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: ordinary letters to Markdown, in no catalogue
_BLOCKS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
}
_INLINE = {"strong": "strong", "em": "em"}


# Begins with a letter or a place, and has nothing that is markup: one paragraph of words.
_ONLY_WORDS = re.compile(r"(?:[^\W\d_]|\{[a-z][a-z0-9_]*\})(?:[\w ,.:;?!'’‘…%/()–-]|\{[a-z][a-z0-9_]*\})*")


def only_words(text: str) -> bool:
    """Whether a text has no structure at all, so that there is nothing about it that can't be shown."""
    return "_" not in PLACE.sub("", text) and _ONLY_WORDS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of structure. `kind` is an HTML element, or text, place or br. `text`: words, a place's name, an href."""

    kind: str
    text: str = ""
    inner: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A value made ready: in a sentence and, when it has such a form, alone in its paragraph."""

    body: str
    html: str
    block_body: str | None = None
    block_html: str | None = None


@lru_cache(maxsize=2_048)
def parse(text: str) -> tuple[Node, ...]:
    """The structure of a catalogue text. Raises ValueError when it has something that not every client can show."""
    opened = PLACE.sub(lambda place: f"{_OPEN}{place[1]}{_CLOSE}", text)
    nodes = tuple(_block(node) for node in SyntaxTreeNode(_MARKDOWN.parse(opened)).children)
    kept = sorted(node.text for node in walk(nodes) if node.kind == "place")
    if kept != sorted(PLACE.findall(text)):
        raise ValueError("a place stands where no value can be put, such as in the address of a link")
    return nodes


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.inner)


def inline(nodes: tuple[Node, ...], values: Mapping[str, Fragment]) -> bool:
    """Whether the text is one paragraph, which can stand in a sentence and needs no element around it."""
    return len(nodes) == 1 and nodes[0].kind == "p" and _alone(nodes[0], values) is None


def to_html(nodes: tuple[Node, ...], values: Mapping[str, Fragment]) -> str:
    if inline(nodes, values):
        return _html(nodes[0].inner, values)
    return "".join(_block_html(node, values) for node in nodes)


def to_body(nodes: tuple[Node, ...], values: Mapping[str, Fragment]) -> str:
    return join_bodies([_block_body(node, values) for node in nodes])


def join_bodies(blocks: list[tuple[str, bool]]) -> str:
    """Plain text of blocks. A block that belongs to the words before it (a list, a quote) follows without a gap."""
    written = ""
    for body, follows in blocks:
        if body:
            written += ("\n" if follows else "\n\n") * bool(written) + body
    return written


def list_html(items: list[str], ordered: bool) -> str:
    kind = "ol" if ordered else "ul"
    return f"<{kind}>{''.join(f'<li>{item}</li>' for item in items)}</{kind}>"


def list_body(items: list[str], ordered: bool, start: int = 1) -> str:
    signs = [f"{start + i}. " if ordered else "- " for i in range(len(items))]
    return "\n".join(
        sign + item.replace("\n", "\n" + " " * len(sign)) for sign, item in zip(signs, items, strict=True)
    )


def _block(node: SyntaxTreeNode) -> Node:
    if node.type == "heading":
        return Node(node.tag, inner=_inline_of(node))
    if node.type == "fence":
        return Node("pre", inner=tuple(_words(node.content.rstrip("\n"))))
    if node.type == "paragraph":
        return Node("p", inner=_inline_of(node))
    if node.type not in _BLOCKS:
        raise ValueError(f"'{node.type}' can't be used in a text")
    start = str(node.attrs.get("start", 1)) if node.type == "ordered_list" else ""
    return Node(_BLOCKS[node.type], start, tuple(_block(child) for child in node.children))


def _inline_of(node: SyntaxTreeNode) -> tuple[Node, ...]:
    return tuple(part for line in node.children for child in line.children for part in _inline(child))


def _inline(node: SyntaxTreeNode) -> Iterator[Node]:
    if node.type == "text":
        yield from _words(node.content)
    elif node.type in ("softbreak", "hardbreak"):
        yield Node("br")
    elif node.type == "code_inline":
        yield Node("code", inner=tuple(_words(node.content)))
    else:
        inner = tuple(part for child in node.children for part in _inline(child))
        if node.type == "link":
            href = str(node.attrs["href"])
            if not safe_url(href):
                raise ValueError(f"{href!r} is no web address")
            yield Node("a", href, inner)
        elif node.type in _INLINE:
            yield Node(_INLINE[node.type], inner=inner)
        else:
            raise ValueError(f"'{node.type}' can't be used in a text")


def _words(content: str) -> Iterator[Node]:
    for i, piece in enumerate(content.split(_OPEN)):
        name, closed, rest = piece.partition(_CLOSE)
        if i and closed:
            yield Node("place", name)
            piece = rest
        if piece:
            yield Node("text", piece)


def _alone(node: Node, values: Mapping[str, Fragment]) -> Fragment | None:
    """The value that has this paragraph to itself and its own form for that."""
    if len(node.inner) == 1 and node.inner[0].kind == "place":
        value = values[node.inner[0].text]
        return value if value.block_html is not None else None
    return None


def _html(nodes: tuple[Node, ...], values: Mapping[str, Fragment], *, words_only: bool = False) -> str:
    written = []
    for node in nodes:
        match node.kind:
            case "text":
                written.append(escape(node.text, quote=False))
            case "place" if words_only:
                written.append(escape(values[node.text].body, quote=False))
            case "place":
                written.append(values[node.text].html)
            case "br":
                written.append("<br>")
            case "a":
                written.append(anchor(node.text, _html(node.inner, values, words_only=True)))
            case "code":
                written.append(f"<code>{_html(node.inner, values, words_only=True)}</code>")
            case kind:
                written.append(f"<{kind}>{_html(node.inner, values, words_only=words_only)}</{kind}>")
    return "".join(written)


def _block_html(node: Node, values: Mapping[str, Fragment]) -> str:
    match node.kind:
        case "p":
            alone = _alone(node, values)
            if alone is not None and alone.block_html is not None:
                return alone.block_html
            return f"<p>{_html(node.inner, values)}</p>"
        case "pre":
            return f"<pre><code>{_html(node.inner, values, words_only=True)}</code></pre>"
        case "ul" | "ol" | "blockquote":
            start = f' start="{node.text}"' if node.text not in ("", "1") else ""
            inner = "".join(_block_html(child, values) for child in node.inner)
            return f"<{node.kind}{start}>{inner}</{node.kind}>"
        case "li":
            return f"<li>{to_html(node.inner, values)}</li>"
        case kind:
            return f"<{kind}>{_html(node.inner, values)}</{kind}>"


def _body(nodes: tuple[Node, ...], values: Mapping[str, Fragment]) -> str:
    written = []
    for node in nodes:
        match node.kind:
            case "text":
                written.append(node.text)
            case "place":
                written.append(values[node.text].body)
            case "br":
                written.append("\n")
            case "a":
                words, url = _body(node.inner, values), node.text.removeprefix("mailto:")
                written.append(words if words in (url, node.text) else f"{words} ({url})")
            case _:
                written.append(_body(node.inner, values))
    return "".join(written)


def _block_body(node: Node, values: Mapping[str, Fragment]) -> tuple[str, bool]:
    """The words, and whether they belong to the block before."""
    match node.kind:
        case "p":
            alone = _alone(node, values)
            if alone is not None and alone.block_body is not None:
                return alone.block_body, alone.block_body.startswith(("> ", "- ", "1. "))
            return _body(node.inner, values), False
        case "ul" | "ol":
            items = [to_body(item.inner, values) for item in node.inner]
            return list_body(items, node.kind == "ol", int(node.text or 1)), True
        case "blockquote":
            return quoted(to_body(node.inner, values)), True
        case _:
            return _body(node.inner, values), False


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() if not line else f"> {line}" for line in text.split("\n"))
