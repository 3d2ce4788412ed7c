"""Every playbook of the library, from its first step to its last and all the way back, on every branch that answers at the
start can give, by simulated people through the real chat code."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from helpdesk_bot.domain.runs.rules import to_undo
from helpdesk_bot.domain.runs.states import OPEN, Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.pages import Notebook
from tests.conversation.runs.walker import OWN, Walker
from tests.playbooks.written import NAMES
from tests.support.branches import LANGUAGES, Trip, branches, trips
from tests.support.script import Sight

PLACES = (OWN, "direct", "direct", OWN)  # so that each language is spoken in both


@pytest.fixture
async def pages(notebook: Notebook) -> AsyncIterator[Notebook]:
    yield notebook
    await notebook.db.close()


@pytest.mark.parametrize("name", NAMES)
async def test_a_playbook_is_walked_to_its_end_on_every_branch(
    pages: Notebook, library: Shelf, name: str
) -> None:
    playbook = library.playbooks[name].open()
    walked: set[frozenset[str]] = set()
    read: set[tuple[str, str]] = set()
    for number, trip in enumerate(trips(playbook)):
        with along(trip):
            room = PLACES[number % len(PLACES)]
            walker = Walker(await pages.stage(), library, trip.language, room)
            await walker.set_up()
            await walker.start(name, trip.branch.answers)
            if number == NAMES.index(name) % len(LANGUAGES):
                await there_and_back(walker, pages)
            await walker.walk()
            states = await walker.states()
            assert await walker.state() is Run.FINISHED
            assert set(states.values()) == {Step.VERIFIED}
        walked.add(frozenset(states))
        read |= {(step, trip.language) for step in states}
    assert walked == {branch.steps for branch in branches(playbook)}
    assert read == {(step.id, language) for step in playbook.steps for language in LANGUAGES}


@contextmanager
def along(trip: Trip) -> Iterator[None]:
    """Says of what went wrong on which way it did."""
    try:
        yield
    except BaseException as wrong:
        wrong.add_note(f"in {trip.language}, with these answers: {dict(trip.branch.answers)}")
        raise


async def there_and_back(walker: Walker, pages: Notebook) -> None:
    """As far as there is a way back (the end, or the last moment before what can't be undone) and back to the beginning. Then it
    is as if they had never turned."""
    await walker.walk(until=faces_no_return)
    walk = (await walker.look()).walk
    names = [step.id for step in to_undo(walk.plan, walk.states)]
    told = [name for name in names if walk.written(name).rollback]
    turning, now = await pages.keep(walker.stage), walker.stage.now
    undone = await walker.goes_back()
    assert await walker.state() is Run.ROLLED_BACK
    assert undone == told
    assert {name for name, state in (await walker.states()).items() if state is Step.ROLLED_BACK} == {*names}
    await pages.turn(walker.stage, turning)
    walker.stage.now = now


def faces_no_return(sight: Sight) -> bool:
    """Whether what comes next can't be undone."""
    states = sight.walk.states
    return any(step.irreversible and states[step.id] in OPEN for step in sight.walk.plan)
