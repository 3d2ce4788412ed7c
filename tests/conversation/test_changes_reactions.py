"""Reactions follow to the other side, both ways and back, and words do not."""

from tests.conversation.conftest import FATIMA, JORIS, SANNE, TEAM
from tests.conversation.stage import Stage, redacted


async def test_a_reaction_both_ways_and_back(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    answer, [copy] = stage.last, [s for s in said if s.room == helped]
    [passed_on] = await stage.reacts(FATIMA, helped, copy.event_id, "❤️")
    assert (passed_on.room, passed_on.body, passed_on.refs["about"]) == (TEAM, "❤", answer)
    assert redacted(await stage.deletes(FATIMA, helped, stage.last)) == [passed_on.event_id]
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    told = stage.last
    passed_on = next(s for s in await stage.reacts(JORIS, TEAM, copy.event_id, "🎉") if s.room == helped)
    assert (passed_on.room, passed_on.refs["about"]) == (helped, told)


async def test_the_same_sign_of_two_people_stands_until_the_last_takes_it_back(
    stage: Stage, helped: str
) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    told = stage.last
    passed_on = next(s for s in await stage.reacts(JORIS, TEAM, copy.event_id, "🎉") if s.room == helped)
    first = stage.last
    assert not await stage.reacts(SANNE, TEAM, copy.event_id, "🎉")
    second = stage.last
    other = next(s for s in await stage.reacts(SANNE, TEAM, copy.event_id, "❤") if s.room == helped)
    assert (other.body, other.refs["about"]) == ("❤", told)
    assert not await stage.deletes(JORIS, TEAM, first)
    assert redacted(await stage.deletes(SANNE, TEAM, second))[0] == passed_on.event_id
    again = next(s for s in await stage.reacts(JORIS, TEAM, copy.event_id, "🎉") if s.room == helped)
    assert again.event_id != passed_on.event_id


async def test_a_reaction_in_words_stays_inside(stage: Stage, helped: str) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    assert not await stage.reacts(JORIS, TEAM, copy.event_id, "eindelijk")


async def test_reactions_to_anything_else(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij is de penningmeester")
    assert not await stage.reacts(SANNE, TEAM, stage.last, "👍")
    assert not await stage.reacts(SANNE, TEAM, await stage.card(), "🎂")
    assert not await stage.reacts(FATIMA, helped, "$nergens", "👍")
    for content in (
        {},
        {"m.relates_to": 7},
        {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": 7}},
    ):
        assert not (await stage.event(FATIMA, helped, "m.reaction", content))[1]
    assert not await stage.failed()
