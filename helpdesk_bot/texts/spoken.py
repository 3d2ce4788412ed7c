"""Names of the languages that people speak, which are many more than those the helpdesk itself speaks."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from helpdesk_bot.domain.layout import plain_key

# Beside all with a code of two letters: languages of Amsterdam with one of three.
_ALSO = ("ary", "ckb", "fil", "kmr", "pap", "prs", "sgn", "srn", "tzm", "yue", "zgh")


def language_name(code: str, reader: str) -> str:
    """'Turks' for ('tr', 'nl')."""
    return _names(reader).get(code, code)


@cache
def languages_by_code() -> Mapping[str, frozenset[str]]:
    """What each language is called in Dutch, in English and by who speaks it, as `plain_key` leaves it."""
    names: dict[str, set[str]] = {}
    for reader in ("nl", "en"):
        for code, name in _names(reader).items():
            names.setdefault(code, set()).add(plain_key(name))
    for code, known in names.items():
        own = _own_name(code)
        if own:
            known.add(plain_key(own))
    return {code: frozenset(known - {""}) for code, known in names.items()}


@cache
def _names(reader: str) -> Mapping[str, str]:
    return {
        code: name for code, name in Locale.parse(reader).languages.items() if len(code) == 2 or code in _ALSO
    }


def _own_name(code: str) -> str | None:
    try:
        return Locale.parse(code).get_language_name(code)
    except UnknownLocaleError:
        return None
