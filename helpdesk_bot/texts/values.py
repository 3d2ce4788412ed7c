"""What a text can be filled in with. Values are data: nothing in them is ever read as markup."""

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Person:
    """Someone by name, shown as a mention that opens their profile. Only `ping` makes their phone buzz."""

    mxid: str
    name: str
    ping: bool = False


@dataclass(frozen=True, slots=True)
class Somebody:
    """Words of ours in the place of a name, such as 'someone at the helpdesk'. They begin a sentence with a capital."""

    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """A web address with words for it. Anything but http(s) and mailto is shown as words only."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote, line breaks kept. Set apart from the words around it when alone in its paragraph.

    `longest`: characters shown, with a mark where it was cut off.
    """

    text: str
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of work, told in hours however many there are: '30 uur' and never '1 dag en 6 uur'."""

    minutes: int


LONGEST_INLINE = 1_000  # characters of a name, a subject, a file name
LONGEST_URL = 2_000  # that is made clickable
_MXID = re.compile(r"@[^:\s]{1,255}:[A-Za-z0-9.:\[\]-]{1,255}")
_URL = re.compile(r"https?://[^\s<>\"'“”‘’«»]+", re.IGNORECASE)
# Line and paragraph separators are line breaks; bidirectional embeddings, overrides and isolates turn text round beyond
# their own value; byte order marks and word joiners only hide.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\u2060-\u2064\ufdd0-\ufdef]"
)
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_EVERYONE = re.compile(r"@(?=room\b)", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_FALLBACK = re.compile(r"> (\* )?<@[^>\n]+>")


def clean(text: str) -> str:
    """Text with line breaks as the only control characters, that pings nobody and can be encoded."""
    text = _HIDDEN.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")
    text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    # Clients that know nothing of intentional mentions look for the bare word.
    return _EVERYONE.sub("@\N{WORD JOINER}", text).strip()


def one_line(text: str) -> str:
    """Cleaned text without line breaks, so that a name can't look like a message of its own."""
    # Cut before anything is searched in it; twice the length leaves room for what is taken out.
    return isolated(shortened(" ".join(clean(text[: LONGEST_INLINE * 2]).split()), LONGEST_INLINE))


def isolated(text: str) -> str:
    """Text that holds right-to-left script between isolates, so that the sentence around it keeps its order."""
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text


def shortened(text: str, length: int, mark: str = "…") -> str:
    """At most `length` characters, with `mark` where something was cut off."""
    return text if len(text) <= length else text[:length].rstrip() + mark


def without_fallback(body: str) -> str:
    """A message without the copy of the message it replies to, which older clients put before it."""
    if not _FALLBACK.match(body):
        return body
    lines = body.split("\n")
    first = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[first:]).lstrip("\n")


def linked(text: str) -> str:
    """HTML of cleaned text with line breaks kept and web addresses clickable."""
    parts, end = [], 0
    for found in _URL.finditer(text):
        if len(found[0]) > LONGEST_URL:
            continue
        url = _trimmed(found[0])
        if not safe_url(url) or "matrix.to/#/@" in url:  # a clickable mention would be somebody's name
            continue
        parts += [_plain_html(text[end : found.start()]), anchor(url, escape(url, quote=False))]
        end = found.start() + len(url)
    return "".join([*parts, _plain_html(text[end:])])


def addresses(text: str) -> list[str]:
    """The web addresses in what somebody wrote, in order."""
    return [_trimmed(found[0]) for found in _URL.finditer(text)]


def anchor(url: str, inner_html: str) -> str:
    return f'<a href="{escape(url)}">{inner_html}</a>'


def safe_url(url: str) -> bool:
    """Whether a client may be given this address to open."""
    if clean(url) != url or re.search(r"[\s<>\"\\]", url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return (parts.scheme in ("http", "https") and bool(host)) or (
        parts.scheme == "mailto" and "@" in parts.path
    )


def profile_url(mxid: str) -> str | None:
    """The address that clients show as a mention; None when this is no Matrix id."""
    return f"https://matrix.to/#/{quote(mxid, safe='@:')}" if _MXID.fullmatch(mxid) else None


def event_url(room_id: str, event_id: str | None = None) -> str:
    """The address of a room, or of a message in it, that opens in the reader's own client."""
    room = f"https://matrix.to/#/{quote(room_id, safe='!:')}"
    return f"{room}/{quote(event_id, safe='$')}" if event_id else room


def name_of(person: Person) -> str:
    """What to call them: the readable part of their Matrix id when they have no name."""
    return one_line(person.name) or one_line(person.mxid.removeprefix("@").partition(":")[0]) or "?"


def _trimmed(url: str) -> str:
    """An address without the punctuation of the sentence it stands in."""
    while url and (
        url[-1] in ".,;:!?*_…" or (url[-1] in _PAIRS and url.count(url[-1]) > url.count(_PAIRS[url[-1]]))
    ):
        url = url[:-1]
    return url


def _plain_html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
