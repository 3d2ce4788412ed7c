"""What people read, in every language that it is written in."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints
from pydantic_core import PydanticCustomError

from helpdesk_bot.config.document import Route

NEEDED = ("nl", "en")
TO_WRITE = "TODO"  # how a text begins that somebody has still to write
_LANGUAGE = re.compile(r"[a-z]{2}")
_FIELD = re.compile(r"\{([^{}]*)\}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


def _complete(words: dict[str, str]) -> dict[str, str]:
    for language in words:
        if not _LANGUAGE.fullmatch(language):
            raise _refused(f"has '{language}', which is no language", "Use two letters, such as nl or en.")
    for language in NEEDED:
        if language not in words:
            raise _refused(f"has no text in '{language}'", f"Add `{language}: …`.")
    fields = {language: fields_of(text) for language, text in words.items()}
    for language, found in fields.items():
        if found != fields[NEEDED[0]]:
            other = ", ".join(sorted(found ^ fields[NEEDED[0]]))
            raise _refused(
                f"has {{{other}}} in one of '{NEEDED[0]}' and '{language}' only",
                "Use it in both, or in none.",
            )
    return words


def _refused(what: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("words", "{what}", {"what": what, "remedy": remedy})


Words = Annotated[dict[str, Text], AfterValidator(_complete)]


def fields_of(text: str) -> frozenset[str]:
    """The names of what is filled in: `{users}` is 'users'."""
    return frozenset(_FIELD.findall(text))


def fill(text: str, values: Mapping[str, object]) -> str:
    """With the values in their places; what has none stays as it is written."""
    return _FIELD.sub(lambda found: str(values.get(found[1], found[0])), text)


def in_language(words: Mapping[str, str], language: str) -> str:
    """In this language, or else in the first one that there has to be."""
    return words.get(language) or words[NEEDED[0]]


def texts(section: BaseModel) -> Iterator[tuple[Route, str]]:
    """Every text that the organisation reads, with its place, in every language; facts are for trainers."""
    yield from _texts(section.model_dump(by_alias=True), ())


def _texts(value: object, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, dict):
        if set(NEEDED) <= set(value):
            yield from (((*route, language), text) for language, text in value.items())
            return
        for key, inner in value.items():
            if key != "facts":
                yield from _texts(inner, (*route, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, (*route, at))
