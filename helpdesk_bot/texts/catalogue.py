"""Loads the catalogues and refuses to start with an incomplete one.

A catalogue is a gettext file per language. Its message ids are keys ('ticket.created'), so that no language is the
original of another. `{name}` is a place for a value; a text with plural forms is chosen by the value `n`.
"""

import gettext
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

CATALOGUES = Path(__file__).parent / "catalogues"
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_KEY = re.compile(r"[a-z]+(\.[a-z0-9_]+)+")
_KEY_LINE = re.compile(r'^msgid "(.+)"$', re.MULTILINE)


class CatalogueError(Exception):
    """The catalogues do not fit together. `findings` says per fault which language, which key and what."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("The texts are not complete:\n" + "\n".join(f"- {finding}" for finding in findings))
        self.findings = tuple(findings)


class UnknownTextError(LookupError):
    """The program asks for a text that no catalogue has."""


@dataclass(frozen=True, slots=True)
class _Language:
    locale: Locale
    words: gettext.GNUTranslations
    forms: dict[str, tuple[str, ...]]  # per key: its plural forms, or the one form it has


class Catalogues:
    """Every text in every language. Made by `load`, which raises CatalogueError."""

    def __init__(self, default: str, languages: dict[str, _Language]) -> None:
        self.default = default
        self._languages = languages

    @classmethod
    def load(
        cls, default: str = "nl", languages: Sequence[str] | None = None, folder: Path = CATALOGUES
    ) -> "Catalogues":
        """Reads the catalogues of `languages` (all there are when None). `default` answers for unknown languages."""
        there = {path.stem: path for path in sorted(folder.glob("*.po"))}
        wanted = list(there) if languages is None else list(dict.fromkeys([default, *languages]))
        missing = [f"{code}: there is no catalogue {code}.po" for code in wanted if code not in there]
        if default not in wanted:
            missing.append(f"{default}: there is no catalogue {default}.po")
        if missing:
            raise CatalogueError(missing)
        findings: list[str] = []
        read = {code: _read(there[code], findings) for code in wanted}
        if not findings:
            findings = _compare({code: language.forms for code, language in read.items() if language})
        if findings:
            raise CatalogueError(findings)
        return cls(default, {code: language for code, language in read.items() if language})

    def languages(self) -> tuple[str, ...]:
        """The languages there are, the default first."""
        return (self.default, *sorted(code for code in self._languages if code != self.default))

    def known(self, language: str | None) -> str:
        """`language` when there is a catalogue for it ('en-GB' finds 'en'), else the default."""
        code = (language or "").replace("_", "-").partition("-")[0].lower()
        return code if code in self._languages else self.default

    def locale(self, language: str | None) -> Locale:
        """How dates, numbers and lists are written."""
        return self._languages[self.known(language)].locale

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._languages[self.default].forms)

    def forms(self, language: str, key: str) -> tuple[str, ...]:
        """All forms of a text: one, or one for each plural of the language."""
        return self._languages[self.known(language)].forms[key]

    def text(self, language: str | None, key: str, n: int | None = None) -> str:
        """The text with its places still open."""
        found = self._languages[self.known(language)]
        forms = found.forms.get(key)
        if forms is None:
            raise UnknownTextError(f"no text has the key {key!r}")
        if len(forms) == 1:
            return forms[0]
        if n is None:
            raise ValueError(f"the text {key!r} has plural forms and needs a value for n")
        return found.words.ngettext(key, key, n)

    def t(self, language: str | None, key: str, n: int | None = None, **params: object) -> str:
        """The text filled in, for places where no markup is shown. Other places use `render.Texts.say`."""
        values = params if n is None else {"n": n, **params}
        return PLACE.sub(lambda place: str(values[place[1]]), self.text(language, key, n))


def places(text: str) -> frozenset[str]:
    """The names of the values that a text has a place for."""
    return frozenset(PLACE.findall(text))


def _read(path: Path, findings: list[str]) -> _Language | None:
    content = path.read_text(encoding="utf-8")
    try:
        catalog = read_po(BytesIO(content.encode()), abort_invalid=True)
    except (PoFileError, ValueError, UnknownLocaleError) as error:
        findings.append(f"{path.name}: {error}")
        return None
    twice = [key for key, count in Counter(_KEY_LINE.findall(content)).items() if count > 1]
    findings.extend(f"{path.name}: {key} is there twice" for key in twice)
    if catalog.locale is None:
        findings.append(f"{path.name}: the header has no 'Language:'")
        return None
    forms: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if not message.id:
            continue
        plural = not isinstance(message.id, str)
        key = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string or ""
        forms[key] = (said,) if isinstance(said, str) else tuple(said)
        findings.extend(
            f"{path.name}:{line}: {fault}" for line, fault in _faults(message.lineno, key, forms[key])
        )
        if message.fuzzy:
            findings.append(
                f"{path.name}:{message.lineno}: {key} is marked fuzzy; look at it and take the mark away"
            )
        if plural and len(forms[key]) != catalog.num_plurals:
            findings.append(
                f"{path.name}:{message.lineno}: {key} has {len(forms[key])} plural forms, "
                f"this language has {catalog.num_plurals}"
            )
    return _Language(catalog.locale, _translations(catalog), forms)


def _faults(line: int | None, key: str, forms: tuple[str, ...]) -> list[tuple[int | None, str]]:
    faults = []
    if not _KEY.fullmatch(key):
        faults.append((line, f"{key!r} is no key; keys look like 'ticket.created'"))
    if not all(form.strip() for form in forms):
        faults.append((line, f"{key} has no text" if len(forms) == 1 else f"{key} misses a plural form"))
    faults.extend(
        (line, f"{key} has a brace that is not a place such as {{name}}")
        for form in forms
        if set("{}") & set(PLACE.sub("", form))
    )
    return faults


def _translations(catalog: Catalog) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _compare(languages: dict[str, dict[str, tuple[str, ...]]]) -> list[str]:
    findings = []
    for key in sorted({key for forms in languages.values() for key in forms}):
        having = {code: forms[key] for code, forms in languages.items() if key in forms}
        findings += [f"{code}: {key} is missing" for code in languages if code not in having]
        if len({len(forms) > 1 for forms in having.values()}) > 1:
            findings.append(f"{key} has plural forms in one language and none in another")
        # 'One question' need not hold the number, so {n} may be left out of a form.
        named = {code: frozenset().union(*map(places, forms)) for code, forms in having.items()}
        if len(set(named.values())) > 1:
            shown = "; ".join(
                f"{code}: {', '.join(sorted(names)) or 'none'}" for code, names in named.items()
            )
            findings.append(f"{key} has other places in other languages ({shown})")
        findings += [
            f"{code}: {key}: {', '.join(sorted(names - places(form)))} is missing in a plural form"
            for code, names in named.items()
            for form in having[code]
            if names - places(form) - {"n"}
        ]
    return findings
