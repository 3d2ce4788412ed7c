"""Whoever is called reads in which words the alarm was raised, and not only what was asked before it."""

from tests.conversation.conftest import COORDINATION, FATIMA, SANNE
from tests.conversation.duty import NOORD, chat, with_duty
from tests.conversation.panic.emergency import HOUR, PATIENCE, call_to
from tests.conversation.stage import Said, Stage, redacted, to

NEWSLETTER = "Onze nieuwsbrief komt niet aan bij mensen met Gmail"


def called(said: list[Said]) -> str:
    [words] = to(chat(SANNE), said)
    return words


async def test_the_words_of_the_alarm_come_first(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, NEWSLETTER)
    words = called(await duty.says(FATIMA, dm, "!paniek iemand mailt onze leden om geld"))
    assert words.index("iemand mailt onze leden om geld") < words.index("Eerder gevraagd: Onze nieuwsbrief")


async def test_in_the_language_of_whoever_is_called(duty: Stage, dm: str) -> None:
    await duty.says(SANNE, chat(SANNE), "!language English")
    await duty.says(FATIMA, dm, NEWSLETTER)
    words = called(await duty.says(FATIMA, dm, "!paniek iemand mailt onze leden om geld"))
    assert "iemand mailt onze leden om geld" in words
    assert "Asked before: Onze nieuwsbrief" in words


async def test_without_words_it_is_the_question(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, NEWSLETTER)
    words = called(await duty.says(FATIMA, dm, "!paniek"))
    assert NEWSLETTER in words
    assert "Eerder gevraagd" not in words


async def test_a_question_that_is_the_alarm_is_said_once(duty: Stage, dm: str) -> None:
    words = called(await duty.says(FATIMA, dm, "!paniek we zijn gehackt"))
    assert words.count("we zijn gehackt") == 1
    assert "Eerder gevraagd" not in words


async def test_words_that_were_asked_about_first(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, NEWSLETTER)
    await duty.says(FATIMA, dm, "O nee, ik ben gehackt!")
    await duty.says(FATIMA, dm, "Er staat een vreemde naam bij")
    words = called(await duty.says(FATIMA, dm, "ja"))
    assert "O nee, ik ben gehackt!" in words
    assert "Eerder gevraagd: Onze nieuwsbrief" in words


async def test_long_words_are_cut(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, NEWSLETTER)
    words = called(await duty.says(FATIMA, dm, "!paniek we zijn gehackt " + "en nog iets " * 60))
    assert "we zijn gehackt" in words
    assert len(words) < 900


async def test_whoever_decides_reads_them_too(stage: Stage, dm: str) -> None:
    await with_duty(stage, NOORD, per_day=1)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    await stage.says(FATIMA, dm, "!paniek alles is weg")
    await stage.says(FATIMA, dm, "!opgelost")
    stage.now += HOUR
    await stage.says(FATIMA, dm, f"!nieuw {NEWSLETTER}")
    said = await stage.says(FATIMA, dm, "!paniek iemand mailt onze leden om geld")
    [words] = to(COORDINATION, said)
    assert words.index("iemand mailt onze leden om geld") < words.index("Eerder gevraagd: Onze nieuwsbrief")


async def test_deleted_they_are_nowhere_any_more(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, NEWSLETTER)
    said = await duty.says(FATIMA, dm, "!paniek het wachtwoord appeltaart is gelekt")
    alarm, call = duty.last, call_to(SANNE, said)
    said = await duty.deletes(FATIMA, dm, alarm)
    assert call in redacted(said)
    assert not any("appeltaart" in s.body for s in said)
    assert NEWSLETTER in called([s for s in said if s.body])
    assert not any("appeltaart" in s.body for s in await duty.passes(PATIENCE))
