"""`!overdracht` moves runs too, with what the giver wants to say about them."""

from datetime import timedelta

import pytest

from helpdesk_bot.storage.models import RunRole
from tests.conversation.conftest import ELS, SANNE, TEAM
from tests.conversation.runs.walker import OWN, TARIK, Walker
from tests.conversation.stage import LAYOUT, Said, Stage, redacted, to

WILMA, DM, TRAINERS = "@wilma:test", "!dm-tarik:test", str(LAYOUT.trainers)
THERE = "!new-dm-wilma:test"


@pytest.fixture
async def led(begun: Walker) -> Walker:
    """A run that is going on, and a second trainer."""
    await begun.stage.join(TRAINERS, WILMA)
    return begun


async def trainer(walker: Walker) -> str:
    async with walker.stage.db.reading() as session:
        return (await session.get_one(RunRole, (walker.number, "trainer"))).user_id


def all_of(said: list[Said]) -> str:
    return "\n".join(one.body for one in said if one.kind == "send")


def restart(stage: Stage) -> None:
    """Another process goes on with the same database."""
    stage.configure(stage.setting.config, stage.setting.shelf)


async def test_a_run_moves_after_its_summary_was_looked_at(led: Walker) -> None:
    stage = led.stage
    [shown] = to(DM, await stage.says(TARIK, DM, f"!overdracht {WILMA}"))
    assert f"Stappenplan {led.number}" in shown
    assert "Jij bent daar trainer" in shown
    assert "stap 1" in shown.casefold()
    assert await trainer(led) == TARIK
    restart(stage)
    said = await stage.says(TARIK, DM, "klopt")
    assert await trainer(led) == WILMA
    assert f"Klaar. Wilma gaat verder met stappenplan {led.number}" in to(DM, said)[0]
    assert "Noor, Wilma begeleidt jullie vanaf nu" in to(OWN, said)[0]
    assert "jij bent nu trainer" in to(THERE, said)[0]
    await led.answer(await led.turn())
    said = await stage.passes(timedelta(minutes=11))
    assert "1.1" in all_of([one for one in said if one.room == THERE]), "what waits comes to her"


@pytest.fixture
async def told(led: Walker) -> str:
    """He wrote to her about it, and it has moved: returns his message."""
    await led.stage.says(TARIK, DM, f"!overdracht {WILMA}")
    shown = to(DM, await led.stage.says(TARIK, DM, "Noor belt liever, na vieren"))
    assert "na vieren" in shown[0]
    words = led.stage.last
    said = await led.stage.says(TARIK, DM, "klopt")
    assert [one.room for one in said if "na vieren" in one.body] == [THERE]
    return words


async def test_own_words_are_taken_away_when_they_are_deleted(led: Walker, told: str) -> None:
    await led.stage.edits(TARIK, DM, told, "Noor belt liever, na vijven")
    restart(led.stage)
    gone = redacted(await led.stage.deletes(TARIK, DM, told))
    held = [one.event_id for one in led.stage.sent if one.room == THERE and "belt liever" in one.body]
    assert len(held) == 2, "what was said, and the correction"
    assert sorted(map(str, gone)) == sorted(held)


async def test_own_words_follow_a_correction(led: Walker, told: str) -> None:
    [edit] = await led.stage.edits(TARIK, DM, told, "Noor belt liever, na vijven")
    assert (edit.room, "na vijven" in edit.body) == (THERE, True)
    assert edit.edits is not None


async def test_nobody_else_changes_them(led: Walker, told: str) -> None:
    assert "na zessen" not in all_of(await led.stage.edits(WILMA, THERE, told, "Noor belt na zessen"))
    assert redacted(await led.stage.deletes(WILMA, THERE, told)) == []


async def test_own_words_that_were_deleted_in_time_go_nowhere(led: Walker) -> None:
    stage = led.stage
    await stage.says(TARIK, DM, f"!overdracht {WILMA}")
    await stage.says(TARIK, DM, "GEHEIM")
    said = to(DM, await stage.deletes(TARIK, DM, stage.last))
    assert "Niemand anders heeft ze gelezen" in said[0]
    await stage.says(TARIK, DM, "klopt")
    assert await trainer(led) == WILMA
    assert not [one for one in stage.sent if "GEHEIM" in one.body and one.room != DM]


async def test_words_about_the_first_are_deleted_while_the_second_is_looked_at(led: Walker) -> None:
    """With a question besides the run; of both the words go with the message."""
    stage = led.stage
    await stage.join(TEAM, TARIK, WILMA)
    await stage.says(TARIK, DM, "!hulp Mijn scherm is zwart")
    number = (await led.tickets())[-1].id
    dm = await stage.direct("@fatima:test")
    await stage.says("@fatima:test", dm, "Onze agenda is leeg")
    await stage.says("@fatima:test", dm, "Noord")
    await stage.says("@fatima:test", dm, "geen")
    number = (await led.tickets())[-1].id
    await stage.says(TARIK, TEAM, f"!pak {number}")
    assert "1 van 2" in to(DM, await stage.says(TARIK, DM, f"!overdracht {WILMA}"))[0]
    await stage.says(TARIK, DM, "GEHEIM")
    words = stage.last
    assert f"Stappenplan {led.number}" in to(DM, await stage.says(TARIK, DM, "klopt"))[0]
    await stage.deletes(TARIK, DM, words)
    said = to(DM, await stage.says(TARIK, DM, "klopt"))
    assert f"vraag {number}" in said[0]
    assert f"stappenplan {led.number}" in said[0]
    assert not [one for one in stage.sent if "GEHEIM" in one.body and one.room != DM]


@pytest.mark.parametrize("words", ["stappenplan {}", "plan {}", "plannen {}"])
async def test_only_the_named_one(led: Walker, words: str) -> None:
    [shown] = to(DM, await led.stage.says(TARIK, DM, f"!overdracht {WILMA} {words.format(led.number)}"))
    assert f"Stappenplan {led.number}" in shown


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (f"!overdracht {WILMA} plan 99", "ben jij geen trainer"),
        (f"!overdracht {WILMA} 1", "Deze vragen heb je niet: 1"),
        (f"!overdracht {SANNE}", "kan dit niet overnemen"),
    ],
)
async def test_what_can_not_be(led: Walker, words: str, answer: str) -> None:
    assert answer in to(DM, await led.stage.says(TARIK, DM, words))[0]
    assert await trainer(led) == TARIK


async def test_what_changed_meanwhile_stays(led: Walker) -> None:
    """Somebody else was named, or the colleague is no trainer any more."""
    stage = led.stage
    await stage.says(TARIK, DM, f"!overdracht {WILMA}")
    await stage.says(ELS, "!coordinatie:test", f"!rol {led.number} trainer {ELS}")
    assert "Niet verhuisd" in to(DM, await stage.says(TARIK, DM, "klopt"))[0]
    assert await trainer(led) == ELS


async def test_the_colleague_went_away_meanwhile(led: Walker) -> None:
    """It goes to who went away meanwhile, and whoever gave it reads so: it is theirs to choose another."""
    stage = led.stage
    hers = await stage.direct(WILMA)
    await stage.says(TARIK, DM, f"!overdracht {WILMA}")
    await stage.says(TARIK, DM, "klopt")
    await stage.says(WILMA, hers, f"!overdracht {TARIK}")
    await stage.says(TARIK, DM, "!pauze")
    shown = await stage.says(WILMA, hers, "klopt")
    assert "gaat verder met stappenplan" in all_of(shown)
    assert "Tarik is op dit moment weg" in all_of(shown)
    assert await trainer(led) == TARIK


async def test_in_english(led: Walker) -> None:
    stage = led.stage
    await stage.says(TARIK, DM, "!language en")
    assert "There you are trainer" in to(DM, await stage.says(TARIK, DM, f"!handover {WILMA}"))[0]
    assert "Done. Wilma goes on with plan" in to(DM, await stage.says(TARIK, DM, "that's right"))[0]
