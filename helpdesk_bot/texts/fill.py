"""Makes values ready to be put into a text, in the reader's language. Everything in them is data."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from helpdesk_bot.domain import worktime
from helpdesk_bot.texts.catalogue import Catalogues
from helpdesk_bot.texts.markup import Fragment, quoted
from helpdesk_bot.texts.moments import day, duration, moment, work
from helpdesk_bot.texts.opening import opening
from helpdesk_bot.texts.rendered import Rendered
from helpdesk_bot.texts.values import (
    Hours,
    Link,
    Person,
    Quote,
    Somebody,
    anchor,
    clean,
    isolated,
    linked,
    name_of,
    one_line,
    profile_url,
    safe_url,
    shortened,
    without_fallback,
)


@dataclass(frozen=True, slots=True)
class Filler:
    """For one text in one language. `longest`: characters of what people wrote, so that it fits in an event."""

    catalogues: Catalogues
    language: str | None
    zone: ZoneInfo
    now: datetime | None
    longest: int

    def fragment(self, value: object) -> Fragment:
        """Raises TypeError for what has no words."""
        match value:
            case Rendered():
                return _rendered(value.cut(self.longest))
            case Quote():
                return self._quote(value)
            case Person():
                name, url = name_of(value), profile_url(value.mxid)
                html = escape(name, quote=False)
                return Fragment(name, anchor(url, html) if url else html)
            case Link():
                return _link(value)
            case Somebody():
                return Fragment(value.words, escape(value.words, quote=False))
            case list() | tuple():
                items = [self.fragment(item) for item in value]
                return Fragment(
                    format_list([item.body for item in items], locale=self._locale),
                    format_list([item.html for item in items], locale=self._locale),
                )
            case _:
                words = self._simple(value)
                return Fragment(words, escape(words, quote=False))

    def _simple(self, value: object) -> str:
        match value:
            case str():
                return one_line(value)
            case bool():
                raise TypeError("yes and no have no one word: choose the text by it")
            case int():
                return str(int(value))
            case float():
                return format_decimal(value, locale=self._locale)
            case Hours():
                return work(value.minutes, self._words)
            case worktime.Hours():
                return opening(value, self._locale, self._words)
            case timedelta():
                return duration(value, self._words)
            case date():
                return self._when(value)
        raise TypeError(f"a text can't hold a {type(value).__name__}")

    def _when(self, value: date) -> str:
        if self.now is None:
            raise TypeError("a moment can't be told without knowing what time it is now")
        if isinstance(value, datetime):
            return moment(value, self.now, self.zone, self._locale, self._words)
        return day(value, self.now.astimezone(self.zone).date(), self._locale, self._words)

    def _quote(self, value: Quote) -> Fragment:
        most = self.longest if value.longest is None else min(self.longest, value.longest)
        text = shortened(clean(without_fallback(value.text)), most, self._words("text.cut"))
        text = text or self._words("text.empty")
        line = f"‘{isolated(' '.join(text.split()))}’"
        block = f"<blockquote>{linked(text)}</blockquote>"
        return Fragment(line, escape(line, quote=False), quoted(text), block)

    def _words(self, key: str, n: int | None = None, **values: str) -> str:
        return self.catalogues.t(self.language, key, n, **values)

    @property
    def _locale(self) -> Locale:
        return self.catalogues.locale(self.language)


def pinged(value: object) -> frozenset[str]:
    """Whose phones a value makes buzz."""
    match value:
        case Person(ping=True) if profile_url(value.mxid):
            return frozenset({value.mxid})
        case Rendered():
            return value.mentions
        case list() | tuple():
            return frozenset().union(*map(pinged, value))
    return frozenset()


def _rendered(value: Rendered) -> Fragment:
    if value.inline:
        return Fragment(value.body, value.html)
    line = " ".join(value.body.split())
    return Fragment(line, escape(line, quote=False), value.body, value.html)


def _link(value: Link) -> Fragment:
    url = value.url.strip()
    words = one_line(value.text) or one_line(url)
    if not safe_url(url):
        return Fragment(words, escape(words, quote=False))
    return Fragment(words if words == url else f"{words} ({url})", anchor(url, escape(words, quote=False)))
