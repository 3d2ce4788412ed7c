"""Whoever has a role in a run is away or gone: others go on, the people in it hear who that is, and nothing stands still."""

from datetime import timedelta

import pytest

from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.storage.models import RunRole, Ticket
from tests.conversation.conftest import COORDINATION, SANNE, TEAM
from tests.conversation.runs.walker import NOOR, OWN, TARIK, Walker
from tests.conversation.stage import LAYOUT, Said, Stage, to

BAS, WILMA = "@bas:test", "@wilma:test"
TRAINERS = str(LAYOUT.trainers)
DM = "!dm-tarik:test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def led(begun: Walker) -> Walker:
    """A run that is going on, and a second trainer."""
    await begun.stage.join(TRAINERS, WILMA)
    await begun.stage.direct(WILMA)
    return begun


@pytest.fixture
async def reserved(led: Walker) -> Walker:
    """The same, and she is the reserve."""
    await led.stage.says(TARIK, DM, f"!rol {led.number} reserve trainer {WILMA}")
    return led


def all_of(said: list[Said]) -> str:
    return "\n".join(one.body for one in said if one.kind == "send" and not one.edits)


def restart(stage: Stage) -> None:
    """Another process goes on with the same database."""
    stage.configure(stage.setting.config, stage.setting.shelf)


async def leaves(stage: Stage, room: str, user: str) -> list[Said]:
    await stage.join(room, user, membership="leave")
    said = await stage.event(user, room, "m.room.member", {"membership": "leave"}, state_key=user)
    return said[1]


async def who(walker: Walker, role: str = "trainer") -> tuple[str, str | None]:
    """Who has it, and who is the reserve."""
    async with walker.stage.db.reading() as session:
        row = await session.get_one(RunRole, (walker.number, role))
        return row.user_id, row.deputy


async def test_the_reserve_goes_on_for_who_is_away(reserved: Walker) -> None:
    stage = reserved.stage
    said = all_of(await stage.says(TARIK, DM, "!weg 5 dagen"))
    assert "je reserve is Wilma" in said
    assert await who(reserved) == (TARIK, WILMA), "he may still say otherwise"
    said_then = await stage.passes(HOUR)
    assert await who(reserved) == (WILMA, TARIK)
    [told] = to(OWN, said_then)
    assert "Noor, Wilma begeleidt jullie vanaf nu" in told
    assert "jij bent nu trainer" in all_of([one for one in said_then if one.room not in (OWN, TRAINERS)])
    assert "Tarik is er een tijdje niet. Wilma is nu trainer" in to(TRAINERS, said_then)[0]
    back = to(DM, await stage.says(TARIK, DM, "!terug"))
    assert any("Wilma is nu trainer" in text and "Jij bent de reserve" in text for text in back), back
    assert await who(reserved) == (WILMA, TARIK), "they agree on it among themselves"


async def test_what_waits_comes_to_who_takes_over(reserved: Walker) -> None:
    stage = reserved.stage
    await reserved.answer(await reserved.turn())
    [waits] = [name for name, state in (await reserved.states()).items() if state is Step.DONE]
    place = f"{reserved.number}.{(await reserved.row(waits)).place}"
    await stage.says(TARIK, DM, "!pauze")
    said = await stage.passes(timedelta(minutes=11))
    assert any(place in text for room in {one.room for one in said} - {DM} for text in to(room, said)), said
    wilma = next(one.room for one in said if place in one.body and one.room != OWN)
    assert "klaar en nagekeken" in all_of(await stage.says(WILMA, wilma, f"!klopt {place}"))


async def test_without_a_reserve_the_trainers_are_asked_until_somebody_is_named(led: Walker) -> None:
    stage = led.stage
    assert "nog geen reserve" in all_of(await stage.says(TARIK, DM, "!weg 2 weken"))
    said = await stage.passes(HOUR)
    assert f"!rol {led.number} trainer @naam" in to(TRAINERS, said)[0]
    assert to(COORDINATION, said) == []
    assert "We zoeken een andere trainer" in to(OWN, said)[0]
    restart(stage)
    again = await stage.passes(2 * DAY)
    assert "heeft nog steeds geen trainer" in to(COORDINATION, again)[0]
    assert "heeft nog steeds geen trainer" in to(TRAINERS, again)[0]
    named = await stage.says(WILMA, TRAINERS, f"!rol {led.number} trainer {WILMA}")
    assert "Wilma begeleidt jullie vanaf nu" in to(OWN, named)[0]
    assert "Jij hoeft daar niets meer voor te doen" in to(DM, named)[0]
    assert "nog steeds" not in all_of(await stage.passes(3 * DAY))


async def test_who_comes_back_in_time_goes_on(led: Walker) -> None:
    stage = led.stage
    await stage.says(TARIK, DM, "!pauze")
    said = await stage.says(TARIK, DM, "!terug")
    assert "Tarik is er weer, en begeleidt jullie verder" in to(OWN, said)[0]
    assert "Tarik is er weer" in to(TRAINERS, said)[0]
    assert "nog steeds" not in all_of(await stage.passes(3 * DAY))
    assert await who(led) == (TARIK, None)


@pytest.mark.parametrize(
    ("away", "answer", "goes"),
    [
        ("!weg 5 dagen", "houden", False),
        ("!weg tot morgen", None, False),
        ("!weg tot morgen", "teruggeven", True),
        ("!weg van 1 tot 20 december", "houden", False),
        ("!weg van 1 tot 20 december", "teruggeven", True),
        ("!weg van 1 tot 20 december", None, True),
    ],
)
async def test_they_say_what_happens(reserved: Walker, away: str, answer: str | None, goes: bool) -> None:
    stage = reserved.stage
    await stage.says(TARIK, DM, away)
    if answer:
        await stage.says(TARIK, DM, answer)
    restart(stage)
    await stage.passes(9 * DAY if "december" in away else 2 * HOUR)
    assert (await who(reserved))[0] == (WILMA if goes else TARIK)


async def test_away_in_words_of_their_own(reserved: Walker) -> None:
    stage = reserved.stage
    assert "Ben je weg" in all_of(await stage.says(TARIK, DM, "Ik ben weg tot 20 december"))
    assert "je reserve is Wilma" in all_of(await stage.says(TARIK, DM, "ja"))


@pytest.mark.parametrize("first", [TARIK, WILMA])
async def test_both_trainers_at_once(reserved: Walker, first: str) -> None:
    """Whoever says so first: there is nobody among the trainers, so the coordinators hear it."""
    stage = reserved.stage
    second = WILMA if first == TARIK else TARIK
    for user in (first, second):
        await stage.says(user, await stage.direct(user), "!pauze")
    said = stage.sent
    asked = [one.body for one in said if one.room == COORDINATION and "heeft nu geen trainer" in one.body]
    assert len(asked) == 1, all_of(said)
    restart(stage)
    assert "heeft nog steeds geen trainer" in to(COORDINATION, await stage.passes(2 * DAY))[0]
    # The one who comes back goes on, as trainer or as reserve.
    await stage.says(second, await stage.direct(second), "!terug")
    assert (await who(reserved))[0] == second
    assert "nog steeds" not in all_of(await stage.passes(3 * DAY))
    await reserved.answer(await reserved.turn())


async def test_both_at_the_same_moment(reserved: Walker) -> None:
    stage = reserved.stage
    for user in (TARIK, WILMA):
        await stage.says(user, await stage.direct(user), "!weg van 1 tot 20 december")
    restart(stage)
    said = await stage.passes(9 * DAY)
    assert "heeft nu geen trainer" in all_of([one for one in said if one.room == COORDINATION])


async def test_the_reserve_who_is_away_comes_back(reserved: Walker) -> None:
    stage = reserved.stage
    await stage.says(WILMA, await stage.direct(WILMA), "!pauze")
    said = await leaves(stage, TRAINERS, TARIK)
    assert "Er is nu geen trainer" in all_of(said)
    await stage.says(WILMA, await stage.direct(WILMA), "!terug")
    assert await who(reserved) == (WILMA, None)


async def test_nothing_heard_after_the_day_of_return(led: Walker) -> None:
    """He kept it while he was away, and then stays away."""
    stage = led.stage
    await stage.says(TARIK, DM, "!weg 5 dagen")
    await stage.says(TARIK, DM, "houden")
    said = await stage.passes(5 * DAY)
    assert "Je doet nog mee in 1 stappenplan" in to(DM, said)[0]
    said = await stage.passes(3 * DAY)
    assert "wel stappenplannen" in to(COORDINATION, said)[0]
    assert "geen trainer" in to(TRAINERS, said)[0]
    assert "We zoeken een andere trainer" in all_of([one for one in said if one.room == OWN])


async def test_a_coordinator_says_it_of_a_trainer(reserved: Walker) -> None:
    stage = reserved.stage
    said = await stage.says("@els:test", COORDINATION, f"!weg {TARIK} 5 dagen")
    assert f"stappenplan {reserved.number}" in to(COORDINATION, said)[0]
    assert "je reserve is Wilma" in to(DM, said)[0]


async def test_the_contact_leaves_while_the_trainer_is_away(led: Walker) -> None:
    """What would have been told to the trainer is told to all of them."""
    stage = led.stage
    await stage.says(TARIK, DM, "!weg tot morgen")
    said = await leaves(stage, OWN, NOOR)
    assert "Er is nu geen contactpersoon" in to(TRAINERS, said)[0]
    restart(stage)
    assert "nog steeds geen contactpersoon" in to(COORDINATION, await stage.passes(2 * DAY))[0]
    await stage.says(WILMA, TRAINERS, f"!rol {led.number} initiatief {BAS}")
    assert await who(led, "initiative") == (BAS, None)
    assert (await led.turn()).dialog.user_id == BAS


async def test_the_contact_hands_over_by_themselves(led: Walker) -> None:
    stage = led.stage
    said = await stage.says(NOOR, OWN, f"!rol {led.number} organisatie {BAS}")
    assert "Bas is nu contactpersoon" in to(DM, said)[0]
    assert (await led.turn()).dialog.user_id == BAS
    refused = await stage.says(BAS, OWN, f"!rol {led.number} trainer {WILMA}")
    assert "alleen voor trainers" in to(OWN, refused)[0]


async def test_nobody_gets_what_they_can_not_read(led: Walker) -> None:
    said = await led.stage.says(TARIK, DM, f"!rol {led.number} organisatie {SANNE}")
    assert "niet in de kamer van de organisatie" in to(DM, said)[0]
    said = await led.stage.says(TARIK, DM, f"!rol {led.number} reserve {SANNE}")
    assert "niet in de kamer van de organisatie" in to(DM, said)[0]
    assert await who(led, "initiative") == (NOOR, None)


async def test_who_is_named_as_reserve_hears_so(led: Walker) -> None:
    said = await led.stage.says(NOOR, OWN, f"!rol {led.number} reserve {BAS}")
    assert any("Bas, jij bent nu reserve" in text for text in to(OWN, said)), to(OWN, said)


async def test_a_technician_s_step_goes_to_another_technician(led: Walker) -> None:
    """Like any question: the organisation hears that somebody else is looked for, and who it is then."""
    stage = led.stage
    for _ in range(200):
        held = [one for one in await led.tickets() if one.assignee == SANNE and one.status == "claimed"]
        if held:
            break
        await led.something()
    [step] = held
    said = await stage.says(SANNE, await stage.direct(SANNE), "!pauze")
    assert f"We zoeken iemand anders voor vraag {step.id}" in all_of([s for s in said if s.room == OWN])
    said = await stage.reacts("@joris:test", TEAM, await stage.card(step.id), "✋")
    assert "Joris" in all_of([one for one in said if one.room == OWN])
    async with stage.db.reading() as session:
        assert (await session.get_one(Ticket, step.id)).assignee == "@joris:test"


async def test_in_english(reserved: Walker) -> None:
    stage = reserved.stage
    for user, room in ((TARIK, DM), (NOOR, OWN)):
        await stage.says(user, room, "!language en")
    assert "your reserve is Wilma" in all_of(await stage.says(TARIK, DM, "!away 5 days"))
    said = all_of(await stage.passes(HOUR))
    assert "from now on Wilma guides you" in said
