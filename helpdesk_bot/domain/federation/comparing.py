"""What one side says again once both have told what they know of one lent question.

A word may be lost, and a side may be put back from a backup while the other went on. Both tell each other what they know, and
both ask this function; when nothing is said again on either side, they mean the same.
"""

from dataclasses import dataclass

from helpdesk_bot.domain.federation.lending import In, Out, heard_by_helper, heard_by_origin, word_of


@dataclass(frozen=True, slots=True)
class Known:
    """Of one side: its state, with the version that it last gave it; the newest version that it heard of the other's; how many
    messages it said, and up to which of the other's it heard all."""

    state: Out | In
    version: int = 0
    seen: int = 0
    said: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """`state`: whether our state is said again. `version`: the one that it has from now on, also when it is not said. Messages
    are said again from place `messages_from`, None for none; `said`: as many count as said from now on."""

    state: bool
    version: int
    messages_from: int | None
    said: int


def compare(mine: Known, theirs: Known) -> Again:
    """What they lack of ours.

    They heard a newer version than we remember: we were put back, and what we say has to be newer than that. They heard an
    older one: it was lost, and is said again as it was. Each heard the other's newest, and yet ours would still change theirs:
    one of the two was put back and gave a version out for the second time, so ours is said anew.
    """
    word = word_of(mine.state)
    if word is None:
        again = False
    elif theirs.seen == mine.version:
        again = mine.seen >= theirs.version and _changes(word, theirs.state)
    else:
        again = True
    return Again(
        state=again,
        version=max(mine.version, theirs.seen) + (again and theirs.seen >= mine.version),
        messages_from=theirs.heard + 1 if theirs.heard < mine.said else None,
        said=max(mine.said, theirs.heard),
    )


def nothing_known(theirs: Known) -> Known:
    """Of a question that this side does not know of, never or not any more: as if all had been said and heard, and it were
    over. But an offer that was never answered may have been lost; telling this brings it once more."""
    if isinstance(theirs.state, In):
        return Known(Out.WITHDRAWN, version=theirs.seen, seen=theirs.version)
    if theirs.state is Out.OFFERED and theirs.seen == 0:
        return Known(In.OFFERED)
    return Known(In.RETURNED, version=theirs.seen, seen=theirs.version)


def _changes(word: str, theirs: Out | In) -> bool:
    if isinstance(theirs, Out):
        return heard_by_origin(theirs, word, free=True) is not None
    return heard_by_helper(theirs, word) is not None
