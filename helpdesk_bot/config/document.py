"""A YAML file as plain values, with the place of each: so that every complaint can name its line."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helpdesk_bot.config.findings import Finding

Route = tuple[str | int, ...]
Place = tuple[int, int]
LARGEST = 1_000_000

_NO_FILE = "Name the right file with --config, or run `helpdesk init`."
_QUOTES = 'Put it in quotes: "!abc:example.org", "#hulp-noord:example.org", "@name:example.org".'


@dataclass(slots=True)
class Document:
    """`keys` has the place of each key or list item, `values` that of what it holds, `spans` where in `text` that is."""

    path: Path
    text: str = ""
    data: Any = None
    keys: dict[Route, Place] = field(default_factory=dict)
    values: dict[Route, Place] = field(default_factory=dict)
    spans: dict[Route, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def complain(self, route: Route, what: str, remedy: str, *, at_key: bool = False) -> None:
        """Adds a finding at the place of `route`, or of the nearest thing around it that exists."""
        places = self.keys if at_key else self.values
        at = route
        while at and at not in places:
            at = at[:-1]
        line, column = places.get(at, (1, 1))
        self.findings.append(Finding(str(self.path), what, remedy, line, column))


def read(path: Path, remedy: str = _NO_FILE) -> Document:
    """`remedy`: what to do when there is no such file, or nothing in it."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("it is far too large")
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        if isinstance(error, UnicodeDecodeError):
            why = "it is not UTF-8 text"
        return Document(path, findings=[Finding(str(path), f"can't be read: {why}", remedy)])
    return parse(text, path, remedy)


def parse(text: str, path: Path, remedy: str = _NO_FILE) -> Document:
    """`path` and `remedy` are only for what is said about the text."""
    document = Document(path, text)
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem):
            mark = error.context_mark or mark  # where the quote or bracket was opened that nothing closes
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"this is not YAML: {error.problem or error.context}"
        document.findings.append(Finding(str(path), what, _syntax_remedy(what), *place))
        return document
    except YAMLError as error:
        document.findings.append(
            Finding(str(path), f"this is not YAML: {error}", "Save the file as UTF-8 text.", 1, 1)
        )
        return document
    except RecursionError:
        what = "lists and settings are far too deep in one another"
        document.findings.append(Finding(str(path), what, "Write it flatter.", 1, 1))
        return document
    if isinstance(root, MappingNode):
        document.data = _Reader(yaml, document).value(root, ())
    else:
        document.findings.append(Finding(str(path), "holds no settings", remedy, 1, 1))
    return document


def _syntax_remedy(problem: str) -> str:
    if "'@'" in problem or "'`'" in problem or "tag" in problem:
        return _QUOTES
    if "'\\t'" in problem:
        return "Indent with spaces, not with tabs."
    return "Look at this line and the one above: indentation, a missing colon, or a quote that is not closed."


class _Reader:
    def __init__(self, yaml: YAML, document: Document) -> None:
        self._construct = yaml.constructor.construct_object
        self._document = document
        self._seen: set[int] = set()

    def value(self, node: Node, route: Route) -> Any:
        mark = node.start_mark
        self._document.values[route] = (mark.line + 1, mark.column + 1)
        self._document.spans[route] = (mark.index, node.end_mark.index)
        self._document.keys.setdefault(route, (mark.line + 1, mark.column + 1))
        if id(node) in self._seen:
            # An alias repeats a node; a few lines of them could make a value larger than memory.
            # Its value has the place of the first one.
            what = "an alias (*name) is not possible here"
            self._document.complain(route, what, "Write the value out.", at_key=True)
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, route)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*route, at)) for at, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, route)

    def _mapping(self, node: MappingNode, route: Route) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._document.complain(route, "a key must be one word", "Write `key: value`.")
                continue
            key = str(key_node.value)
            here = (*route, key)
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in result:
                first = self._document.keys[here][0]
                self._document.findings.append(
                    Finding(
                        str(self._document.path),
                        f"'{key}' is here twice; the first is in line {first}",
                        "Keep one of the two.",
                        *place,
                    )
                )
                continue
            self._document.keys[here] = place
            result[key] = self.value(value_node, here)
        return result

    def _scalar(self, node: ScalarNode, route: Route) -> Any:
        tag = str(node.tag or "")
        if not tag.startswith("tag:yaml.org,2002:"):
            self._document.complain(route, f"{tag} is taken for a tag of YAML", _QUOTES)
            return None
        try:
            value = self._construct(node)
        except (YAMLError, ValueError):
            self._document.complain(route, "this value can't be read", "Put it in quotes.")
            return None
        if isinstance(value, str):
            return self._text(value, route)
        if value is None or isinstance(value, bool | int | float):
            return value
        return str(node.value)  # a date, for one: nothing here is a date

    def _text(self, value: str, route: Route) -> str | None:
        """Half characters and control characters would break whatever the text is used for."""
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if "\ufffd" in whole or any(unicodedata.category(letter) == "Cc" for letter in whole):
            self._document.complain(
                route, "this text holds a character that is none", "Write it again by hand."
            )
            return None
        return whole
