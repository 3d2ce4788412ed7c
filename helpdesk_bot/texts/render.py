"""Says things: a key and values in, plain text and HTML out, in the reader's language."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.texts.catalogue import CatalogueError, Catalogues, places
from helpdesk_bot.texts.fill import Filler, pinged
from helpdesk_bot.texts.markup import (
    inline,
    join_bodies,
    list_body,
    list_html,
    only_words,
    parse,
    to_body,
    to_html,
)
from helpdesk_bot.texts.rendered import Rendered, all_mentions, plain
from helpdesk_bot.texts.values import (
    Hours,
    Link,
    Person,
    Quote,
    Somebody,
    clean,
    linked,
    one_line,
    shortened,
    without_fallback,
)

__all__ = ["LIMIT", "Hours", "Link", "Person", "Quote", "Rendered", "Somebody", "Texts"]

# Bytes of plain text and HTML together, as JSON. An event may be 64 KB; encryption makes it a third longer, and
# signatures, relations and a short fallback for edits must fit too.
LIMIT = 42_000
# A place at the beginning of a sentence, also in strong or emphasised words.
_BEGINNING = re.compile(r"(?P<before>(?:\A|[.!?:]\n+|[.!?]\s+|\n)[*_]*)\{(?P<name>[a-z][a-z0-9_]*)\}")


class Texts:
    """The voice of the helpdesk."""

    def __init__(self, catalogues: Catalogues, zone: str = "Europe/Amsterdam", limit: int = LIMIT) -> None:
        """Raises CatalogueError when a text can't be shown."""
        self.catalogues = catalogues
        self.zone = ZoneInfo(zone)
        self.limit = limit
        self._word_lists: dict[tuple[str, str], frozenset[str]] = {}
        _check(catalogues)

    @classmethod
    def load(
        cls, default: str = "nl", languages: Sequence[str] | None = None, zone: str = "Europe/Amsterdam"
    ) -> "Texts":
        """With the catalogues of the package; all of them when no `languages` are named."""
        return _loaded(default, tuple(languages) if languages is not None else None, zone)

    @property
    def default(self) -> str:
        return self.catalogues.default

    @property
    def languages(self) -> tuple[str, ...]:
        return self.catalogues.languages()

    def say(self, language: str | None, key: str, /, now: datetime | None = None, **params: Any) -> Rendered:
        """A text in a language. `n` chooses the plural form; `now` is needed for moments and dates.

        Raises UnknownTextError for a key that is nowhere and TypeError for a value that is missing or has no words:
        faults of the caller, never of what people wrote.
        """
        return self._fitting(lambda longest: self._fill(language, key, now, params, longest), language)

    def own(
        self, language: str | None, template: str, /, now: datetime | None = None, **params: Any
    ) -> Rendered:
        """A text that is in no catalogue, such as one of a playbook, written in the same markup. Raises ValueError when it
        can't be shown, and TypeError as `say` does."""
        return self._fitting(lambda longest: self._filled(language, template, now, params, longest), language)

    def word(self, language: str | None, key: str, /, **params: Any) -> str:
        """A text as plain words only, such as the key of a reaction."""
        return self.say(language, key, **params).body

    def word_list(self, language: str | None, key: str, /) -> frozenset[str]:
        """Words to recognise in what people write, as `plain_key` leaves them; those of every language, because many
        people say 'yes' in a Dutch conversation."""
        known = self.catalogues.known(language)
        if (known, key) not in self._word_lists:  # thirty of them are asked about one message
            lists = (self.catalogues.t(code, key) for code in {known, *self.languages})
            words = frozenset(plain_key(word) for listed in lists for word in listed.split(","))
            self._word_lists[known, key] = words - {""}
        return self._word_lists[known, key]

    def user_text(self, body: str, language: str | None = None) -> Rendered:
        """What a person wrote: their words and line breaks, web addresses clickable, no markup of theirs."""
        said = clean(without_fallback(body))

        def make(longest: int) -> Rendered:
            text = shortened(said, longest, self._cut_mark(language))
            return Rendered(text, linked(text), inline=True)

        return self._fitting(make, language)

    def join(self, parts: Iterable[Rendered]) -> Rendered:
        """One message of several texts, each its own paragraph."""
        whole = tuple(parts)
        if len(whole) == 1:
            return whole[0]

        def make(longest: int) -> Rendered:
            made = [part.cut(longest) for part in whole]
            body = join_bodies([(part.body, part.body.startswith(("> ", "- ", "1. "))) for part in made])
            return Rendered(body, "".join(part.block_html for part in made), all_mentions(made))

        return self._fitting(make, None)

    def bullets(self, items: Iterable[Rendered | str], numbered: bool = False) -> Rendered:
        """A list. Plain strings are data, such as names."""
        whole = tuple(item if isinstance(item, Rendered) else plain(one_line(item)) for item in items)

        def make(longest: int) -> Rendered:
            made = [item.cut(longest) for item in whole]
            body = list_body([item.body for item in made], numbered)
            html = list_html([item.html for item in made], numbered) if made else ""
            return Rendered(body, html, all_mentions(made))

        return self._fitting(make, None)

    def _fill(
        self, language: str | None, key: str, now: datetime | None, params: Mapping[str, Any], longest: int
    ) -> Rendered:
        template = self.catalogues.text(language, key, params.get("n"))
        return self._filled(language, template, now, params, longest)

    def _filled(
        self,
        language: str | None,
        template: str,
        now: datetime | None,
        params: Mapping[str, Any],
        longest: int,
    ) -> Rendered:
        missing = places(template) - params.keys()
        if missing:
            raise TypeError(f"the text {template!r} needs a value for {', '.join(sorted(missing))}")
        template, params = _with_capitals(template, params)
        filler = Filler(self.catalogues, language, self.zone, now, longest)
        values = {name: filler.fragment(params[name]) for name in places(template)}
        nodes = parse(template)
        return Rendered(
            to_body(nodes, values).strip(),
            to_html(nodes, values),
            frozenset(mxid for name in values for mxid in pinged(params[name])),
            inline(nodes, values),
        )

    def _fitting(self, make: Callable[[int], Rendered], language: str | None) -> Rendered:
        """The whole text, or as much of what people wrote as one event holds. Never empty: a message without words is
        shown as nothing at all."""
        made = whole = make(self.limit)
        if made.size > self.limit:
            low, high = 0, self.limit
            while low < high:
                middle = (low + high + 1) // 2
                low, high = (middle, high) if make(middle).size <= self.limit else (low, middle - 1)
            made = make(low)
        if made.size > self.limit:
            # Our own words alone are too many, such as an endless list: an end is better than nothing. Thirty bytes is
            # more than any character takes in plain text and HTML together.
            short = shortened(made.body, self.limit // 30, self._cut_mark(language))
            made = Rendered(short, linked(short), made.mentions, inline=True)
        if not made.body.strip():
            empty = plain(self.catalogues.t(language, "text.empty"))
            made = Rendered(empty.body, empty.html, made.mentions, inline=True)
        whole_from = self.limit if made is whole else None
        return Rendered(made.body, made.html, made.mentions, made.inline, make, whole_from)

    def _cut_mark(self, language: str | None) -> str:
        return self.catalogues.t(language, "text.cut")


@lru_cache(maxsize=8)
def _loaded(default: str, languages: tuple[str, ...] | None, zone: str) -> Texts:
    """Nobody changes what they get: the catalogues are those of the package."""
    return Texts(Catalogues.load(default, languages), zone)


def _with_capitals(template: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Where words of ours stand for a name at the beginning of a sentence, a place of its own that has a capital."""
    begins: dict[str, Somebody] = {}

    def begun(found: re.Match[str]) -> str:
        value = params[found["name"]]
        if not isinstance(value, Somebody):
            return found[0]
        begins[f"{found['name']}_begins"] = Somebody(value.words[:1].upper() + value.words[1:])
        return f"{found['before']}{{{found['name']}_begins}}"

    return _BEGINNING.sub(begun, template), {**params, **begins}


def _check(catalogues: Catalogues) -> None:
    findings = []
    for language in catalogues.languages():
        for key in sorted(catalogues.keys):
            for form in catalogues.forms(language, key):
                if only_words(form):  # most are, and to parse thousands takes a while
                    continue
                try:
                    parse(form)
                except ValueError as error:
                    findings.append(f"{language}: {key}: {error}")
    parse.cache_clear()  # most are not said for weeks, and would take megabytes; what is said is kept again
    if findings:
        raise CatalogueError(findings)
