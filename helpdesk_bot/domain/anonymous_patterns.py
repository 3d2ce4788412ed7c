"""What can be told by its form: addresses, numbers, secrets."""

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from helpdesk_bot.domain.language import ORDINARY
from helpdesk_bot.domain.layout import plain_key


class Kind(StrEnum):
    """What stood there. Each is the text key `anonymous.<value>`."""

    LINK = "link"
    ADDRESS = "address"  # of somebody on Matrix, or of a room
    MAIL = "mail"
    ACCOUNT = "account"
    SECRET = "secret"
    POSTCODE = "postcode"
    STREET = "street"
    NUMBER = "number"  # a telephone number, or any other long one
    NAME = "name"
    ORGANISATION = "organisation"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Sites:
    """Whose site tells nobody: of tools that everybody may know. `makers`: words that stand before '.com'; `words`: before those."""

    makers: Set[str]
    words: Set[str]

    @classmethod
    def of(cls, tools: Iterable[str]) -> "Sites":
        rows = [plain_key(name).split() for name in tools]
        firsts = {row[0] for row in rows if len(row) > 1} - _NO_MAKERS
        return cls(firsts | {"".join(row) for row in rows}, frozenset(word for row in rows for word in row))

    def kept(self, host: str) -> str | None:
        """'drive.google.com' stays; of 'buurtwarmte.nextcloud.com' 'nextcloud.com'; 'nextcloud.buurtwarmte.nl' does not."""
        labels = host.casefold().removeprefix("www.").split(".")
        if len(labels) < 2 or labels[-2] not in self.makers:
            return None
        at = len(labels) - 2
        while at and labels[at - 1] in self.words:
            at -= 1
        return ".".join(labels[at:])


Put = Callable[[Sites, str, re.Match[str]], str]


def _mark(_: Sites, mark: str, __: re.Match[str]) -> str:
    return mark


def _link(sites: Sites, mark: str, found: re.Match[str]) -> str:
    host = re.sub(r"\A\w+://", "", found[0]).partition("/")[0].partition("?")[0].partition(":")[0]
    return sites.kept(host) or mark


def _said(_: Sites, mark: str, found: re.Match[str]) -> str:
    """'Je wachtwoord is niet goed' tells none; behind a colon anything does."""
    told = found.string[found.start() : found.start("value")]
    return found[0] if found["value"].split()[0] in _NO_SECRETS and not {":", "="} & {*told} else mark


def _token(_: Sites, mark: str, found: re.Match[str]) -> str:
    core = found[0].rstrip(_ENDS)
    tail = found[0][len(core) :].lstrip("!?")
    return mark + tail if _random(core) else found[0]


def _groups(_: Sites, mark: str, found: re.Match[str]) -> str:
    """A key to old messages is written in groups of four."""
    odd = sum(_runs(group) > 1 or group[1:] != group[1:].lower() for group in re.split("[ -]", found[0]))
    return mark if odd > 1 else found[0]


def _postcode(_: Sites, mark: str, found: re.Match[str]) -> str:
    """'1031 ab' is one; '2026 is' and '1080 px' are none."""
    letters = found["letters"]
    plain = letters.islower() and (letters in ORDINARY or letters in _MEASURES)
    return found[0] if plain else mark


def _random(word: str) -> bool:
    """Whether it looks as if nobody reads it: 'Welkom2026', 'x7$kq', 'aB3dE9'."""
    digits = sum(c.isdecimal() for c in word)
    if not any(c.isalpha() for c in word) or word.casefold() in _PRODUCTS:
        return False
    if any(c in "!$%^~|" for c in word[1:]):
        return True
    if not digits:
        return len(re.findall("[a-z][A-Z]", word)) > 3
    mixed = word != word.casefold() and word != word.upper()
    return (
        any(c in "#&*?_+=@" for c in word)
        or _runs(word) > 2
        or (len(word) >= 8 and digits >= (2 if mixed else 3))
    )


def _runs(word: str) -> int:
    """How often letters and digits take turns."""
    return len(re.findall(r"\d+|[^\W\d_]+", word))


_ENDS = ".,;:!?"
_PRODUCTS = frozenset({"office365", "microsoft365", "windows10", "windows11"})
_NO_SECRETS = frozenset(
    {
        "niet",
        "geen",
        "al",
        "wel",
        "nog",
        "te",
        "een",
        "de",
        "het",
        "je",
        "jouw",
        "dat",
        "kwijt",
        "verlopen",
        "vergeten",
    }
    | {
        "verkeerd",
        "fout",
        "goed",
        "nodig",
        "veranderd",
        "gewijzigd",
        "ingesteld",
        "opgeslagen",
        "bij",
        "in",
        "voor",
        "om",
    }
    | {
        "not",
        "no",
        "a",
        "the",
        "your",
        "too",
        "wrong",
        "lost",
        "expired",
        "forgotten",
        "needed",
        "changed",
        "correct",
        "set",
    }
)
_MEASURES = frozenset({"px", "kb", "mb", "gb", "tb", "km", "cm", "mm", "kg", "st"})
_NO_MAKERS = frozenset({"open", "the", "wiki"})  # 'Open Collective' is not at open.com
# With which people write a site without 'https'. Of other endings ('brief.docx') it may be a file.
_TOP = (
    "nl|be|de|fr|uk|eu|es|it|at|ch|us|com|org|net|info|biz|io|app|dev|me|tv|coop|amsterdam|frl|nu|cloud|social|online|site|"
    "shop|page|link|space|community|earth|energy|garden|today|world|gle|sh|to|ly|chat|im|art|tech|xyz"
)
_PASS = r"\w*(?:wachtwoord|wachtzin|passwoord|password|passphrase|passwd)|pw|ww|pass"
_CODE = r"(?:\w+)?(?:code|sleutel|token)|pin|key|login|inlognaam|gebruikersnaam|username|recovery key|security key"
_IS = r"(?:(?:\s+[^\s.,;!?:=]+){0,4}?\s*[:=]\s*|(?:\s+[^\s.,;!?:=]+){0,4}?\s+(?:is|was|luidt|wordt)\s*:?\s*)"
_ODD = r"(?=\S*[\d!$%^~|#])\S+"
_STREETS = (
    "straat|weg|laan|plein|gracht|kade|dijk|hof|pad|steeg|plantsoen|singel|veld|park|markt|haven|eiland|boulevard|baan|allee|"
    "poort|wal|rak|drift|sluis|dreef|oord|ring|straatweg|street|road|avenue|lane|square"
)
_ALWAYS_STREETS = "straat|laan|gracht|kade|plein|singel|steeg|plantsoen|boulevard|straatweg"

# In this order: an address of mail holds the name of a site, an account number a long number. Every part has a bound, or one
# place to begin: a message of one long word must hold up nobody.
PATTERNS: tuple[tuple[Kind, re.Pattern[str], Put], ...] = (
    (Kind.ADDRESS, re.compile(r"[@#!][\w.=/+-]+:[\w.-]+(?::\d+)?"), _mark),
    (
        Kind.MAIL,
        re.compile(
            r"[^\s@<>(),;:/\"\[\]]{1,200}(?:@|\s*[(\[](?:at|apenstaartje)[)\]]\s*)[\w-]+(?:\.[\w-]+)*"
        ),
        _mark,
    ),
    (
        Kind.LINK,
        re.compile(
            r"(?:\b\w+://|\bwww\.)\S*[^\s.,;:!?)\]'\">*]|(?<![\w@.-])[\w-]+(?:\.[\w-]+)+/\S*"
            rf"|(?<![\w@.-])(?:[\w-]+\.)+(?:{_TOP})(?![\w-])(?:[:?#]\S+)?",
            re.IGNORECASE,
        ),
        _link,
    ),
    (Kind.ADDRESS, re.compile(r"(?<!\w)@\w[\w.-]+"), _mark),
    (
        Kind.ACCOUNT,
        re.compile(r"\b[A-Z]{2}\d{2}(?:[ .]?[A-Z]{4})?(?:[ .]?\d{1,4}){2,8}(?!\w)", re.IGNORECASE),
        _mark,
    ),
    (
        Kind.SECRET,
        re.compile(rf"\b(?:{_PASS}){_IS}(?P<value>{_ODD}|\S+[^\n.,;!?]*)", re.IGNORECASE),
        _said,
    ),
    (
        Kind.SECRET,
        re.compile(
            rf"\b(?:{_PASS}|{_CODE})(?:{_IS}|\s+(?={_ODD})|\s+(?=[\"'“‘«]))(?P<value>[\"'“‘«][^\"'”’»\n]+[\"'”’»]|\S+)",
            re.IGNORECASE,
        ),
        _said,
    ),
    (Kind.SECRET, re.compile(r"(?:\b[A-Za-z0-9]{4}[ -]){3,}[A-Za-z0-9]{4}\b"), _groups),
    (Kind.SECRET, re.compile(r"[^\s\"'()\[\]<>*`]{6,}"), _token),
    (
        Kind.POSTCODE,
        re.compile(r"\b[1-9]\d{3}\s?(?P<letters>[A-Za-z]{2})\b"),
        _postcode,
    ),
    (
        Kind.STREET,
        re.compile(
            r"(?:\b(?:[A-Z][\w'-]{0,40}|van|der|de|den|het|ter|ten)\s+){0,4}(?:"
            rf"\b[A-Z][\w'-]{{0,40}}(?:{_STREETS})|\b\w{{3,40}}(?:{_ALWAYS_STREETS}))\s+(?:nr\.?\s*)?\d+\w*(?:-\w+)?"
        ),
        _mark,
    ),
    (Kind.NUMBER, re.compile(r"(?<!\w)\+?\(?\d(?:[\s().-]{0,2}\d){5,}(?!\w)"), _mark),
)
