"""The parts of `docs/federation.md` that the code itself says: `python -m tests.protocol.document` writes them in."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from helpdesk_bot.actions.federation import borrowing, comparing, greeting, trusting
from helpdesk_bot.config.federation import Federation
from helpdesk_bot.domain.federation import choosing, ordering
from helpdesk_bot.domain.federation.lending import (
    HEARD_BY_HELPER,
    HEARD_BY_ORIGIN,
    HELPER,
    IN_FOLLOWS,
    ORIGIN,
    OUT_FOLLOWS,
    In,
    InMove,
    Out,
    OutMove,
    word_of,
)
from helpdesk_bot.domain.federation.trust import MOVES, Trust, TrustMove, number_of_two
from helpdesk_bot.protocol import words
from helpdesk_bot.protocol.reading import written
from tests.protocol.test_words import SAID

DOCUMENT = Path(__file__).parents[2] / "docs" / "federation.md"
NOORD = ("@helpdesk:noord.example", "7uBzO4UGSsB3ZhX0oDbUAgiq7mXTFJwPnmpcyBxjRqQ")
WEST = ("@helpdesk:west.example", "bWWC7hJFfsPi2lnRDeBfHOXz4v6Qm0dbHdJpDLPAPPY")
_MARKED = re.compile(r"(<!-- begin ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# Moves that people make, or time. Those that follow a word are told by the word.
_WHY: dict[StrEnum, str] = {
    OutMove.WITHDRAW: "it is taken back, somebody else has it, it was solved, or its time is over",
    OutMove.CLOSE: "the question is finished",
    OutMove.REOPEN: "whoever asked opens it again",
    InMove.ACCEPT: "somebody here says yes",
    InMove.DECLINE: "it is declined, or its time is over",
    InMove.GIVE_BACK: "it is given back",
}


def _hears(heard: Mapping[str, StrEnum], move: StrEnum) -> str:
    return " or ".join(f"`{word}`" for word, makes in heard.items() if makes is move)


def _table(
    table: Mapping[tuple[Any, Any], Any], heard: Mapping[str, StrEnum], follows: frozenset[Any]
) -> str:
    lines = ["| in | when | comes into | and says |", "|---|---|---|---|"]
    for (state, move), after in _rows(table):
        why = f"hears {hears}" if (hears := _hears(heard, move)) else _WHY[move]
        if move is OutMove.CONFIRM:
            why += " while nobody has the question"
        said = "nothing" if move in follows else f"`{word_of(after)}`"
        lines.append(f"| {state} | {why} | {after} | {said} |")
    return "\n".join(lines)


def _rows(table: Mapping[tuple[Any, Any], Any]) -> list[tuple[tuple[Any, Any], Any]]:
    """As the states and moves are listed; the order of the table itself changes when a test takes a row out for a while."""

    def place(row: tuple[tuple[Any, Any], Any]) -> list[int]:
        kinds: list[Any] = [type(part) for part in row[0]]
        return [list(kind).index(part) for kind, part in zip(kinds, row[0], strict=True)]

    return sorted(table.items(), key=place)


def _diagram(
    table: Mapping[tuple[Any, Any], Any], heard: Mapping[str, StrEnum], follows: frozenset[Any]
) -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> offered"]
    for (state, move), after in _rows(table):
        hears = f"hears {', '.join(word for word, makes in heard.items() if makes is move)}"
        says = f"says {word_of(after)}"
        label = hears if move in follows else f"{hears}; {says}" if move is OutMove.CONFIRM else says
        lines.append(f"    {state} --> {after}: {label}")
    return "\n".join([*lines, "```"])


def _origin() -> str:
    how = (ORIGIN, HEARD_BY_ORIGIN, OUT_FOLLOWS)
    return f"{_diagram(*how)}\n\n{_table(*how)}"


def _helper() -> str:
    how = (HELPER, HEARD_BY_HELPER, IN_FOLLOWS)
    return f"{_diagram(*how)}\n\n{_table(*how)}"


def _tells() -> str:
    """What each state is told with."""
    lines = ["| side | state | is told with |", "|---|---|---|"]
    for side, states in (("origin", list(Out)), ("helper", list(In))):
        for state in states:
            word = word_of(state)
            lines.append(
                f"| {side} | {state} | {f'`{word}`' if word else 'nothing: it waits for its people'} |"
            )
    return "\n".join(lines)


def _trust() -> str:
    lines = ["| in | when | comes into |", "|---|---|---|"]
    why = {
        TrustMove.ASK: "they invite us into a room of the two",
        TrustMove.ADD: "our people add them",
        TrustMove.COMPARE: "our people say that the number is the same",
        TrustMove.SUSPECT: "the number is not the one that was compared",
        TrustMove.REMOVE: "our people remove them",
        TrustMove.BLOCK: "our people block them",
    }
    lines += [
        f"| {state or 'unknown'} | {why[move]} | {after} |" for (state, move), after in _in_order(MOVES)
    ]
    return "\n".join(lines)


def _in_order(
    moves: Mapping[tuple[Trust | None, TrustMove], Trust],
) -> list[tuple[tuple[Trust | None, TrustMove], Trust]]:
    order = [None, *Trust]
    return sorted(moves.items(), key=lambda item: order.index(item[0][0]))


def _number() -> str:
    lines = ["| of | Matrix address | master key |", "|---|---|---|"]
    lines += [f"| {name} | `{user}` | `{key}` |" for name, (user, key) in (("one", NOORD), ("other", WEST))]
    return "\n".join([*lines, "", f"gives `{number_of_two(WEST, NOORD)}`."])


def _limits() -> str:
    config = Federation()
    rows = [
        ("characters in one message; what is longer is cut, and says so", words.LONGEST_TEXT),
        ("lent questions in one `sync`; more go in several", words.MOST_LISTED),
        ("places that a message may be ahead and still be kept", ordering.FURTHEST),
        ("an answer to an offer, by the origin's `expires_at`", _time(config.answer_within)),
        ("a sign of life (`hello`), at least every", _time(config.hello_every)),
        ("a `hello` that nothing answered is said again after", _time(greeting.UNHEARD)),
        ("what changed in a `hello` is told no sooner after the last than", _time(greeting.NOT_AGAIN)),
        ("whoever was silent for longer is asked nothing new", _time(choosing.ALIVE)),
        ("comparing (`sync`) what goes on, every", _time(comparing.EVERY)),
        ("comparing after something was missing", _time(comparing.SOON)),
        ("what ended is compared for", _time(comparing.KEPT)),
        ("helpdesks that are asked at once", choosing.AT_ONCE),
        ("words of one helpdesk in a minute; what comes above is not looked at", config.words_per_minute),
        ("questions of others at once; more are declined with `no_room`", config.most_borrowed),
        ("questions of one other at once, asked or taken", config.most_borrowed * borrowing.MOST_OFFERED),
        ("helpdesks that nobody added and that want to be peers, at a time", trusting.MOST_ASKING),
    ]  # fmt: skip
    return "\n".join(["| what | how much |", "|---|---|", *(f"| {what} | {much:,} |" if isinstance(much, int)
                      else f"| {what} | {much} |" for what, much in rows)])  # fmt: skip


def _time(length: timedelta) -> str:
    for name, unit in (
        ("days", timedelta(days=2)),
        ("hours", timedelta(hours=1)),
        ("minutes", timedelta(minutes=1)),
    ):
        if length >= unit:
            per = timedelta(days=1) if name == "days" else unit
            count = int(length / per)
            return f"{count} {name if count > 1 else name[:-1]}"
    raise ValueError(length)


def _examples() -> str:
    return "\n\n".join(
        f"[`{word.type}`](federation/{word.type}.schema.json)\n\n```json\n"
        f"{json.dumps(written(word), indent=2, ensure_ascii=False)}\n```"
        for word in SAID
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "origin": _origin,
    "helper": _helper,
    "tells": _tells,
    "trust": _trust,
    "number": _number,
    "limits": _limits,
    "examples": _examples,
}


def filled(text: str) -> str:
    """The document with these parts as the code has them now."""
    return _MARKED.sub(lambda block: f"{block[1]}{BLOCKS[block[2]]()}\n{block[3]}", text)


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text("utf-8")), "utf-8")
