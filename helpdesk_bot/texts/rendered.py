"""A finished text, and how several become one."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text for a message: `body` for text clients and screen readers, `html` for the others.

    `mentions`: whose phone should buzz. `inline`: the HTML has no paragraphs and can stand in a sentence.
    """

    body: str
    html: str
    mentions: frozenset[str] = frozenset()
    inline: bool = False
    # The same with what people wrote cut to so many characters; None when there is nothing to cut.
    remake: Callable[[int], "Rendered"] | None = field(default=None, compare=False, repr=False)
    # Cut to so many characters or more, it is this very text: made again at each text around it, one within five others
    # would be made 32 times. None when that is not so.
    whole_from: int | None = field(default=None, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes in an event, at most: a sender may escape what is not ASCII."""
        return len(json.dumps(self.body)) + len(json.dumps(self.html))

    def cut(self, longest: int) -> "Rendered":
        whole = self.whole_from is not None and longest >= self.whole_from
        return self if whole or self.remake is None else self.remake(longest)

    @property
    def block_html(self) -> str:
        """HTML that can stand between other paragraphs."""
        return f"<p>{self.html}</p>" if self.inline else self.html


def plain(text: str) -> Rendered:
    """Words without markup."""
    return Rendered(text, escape(text, quote=False), inline=True)


def all_mentions(parts: Iterable[Rendered]) -> frozenset[str]:
    return frozenset().union(*(part.mentions for part in parts))
