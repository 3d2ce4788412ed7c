"""The main road, from question to thanks, as a transcript."""

from datetime import timedelta

from tests.conversation.conftest import FATIMA, JORIS, SANNE, TEAM
from tests.conversation.stage import Stage, to


async def test_from_question_to_thanks_in_a_direct_chat(stage: Stage) -> None:
    dm = await stage.direct(FATIMA)

    said = await stage.says(
        FATIMA, dm, "Hallo, onze ledenlijst staat op Google Drive en iedereen met de link kan erbij."
    )
    [welcome] = to(dm, said)
    assert "1" in welcome
    assert "stadsdeel" in welcome
    assert not to(TEAM, said)

    said = await stage.says(FATIMA, dm, "Noord")
    assert "Noord" in to(dm, said)[0]
    card, asked = to(TEAM, said)
    assert "Google Drive" in card
    assert "Fatima" in card
    assert "Joris, kun jij vraag 1 oppakken?" in asked

    said = await stage.says(FATIMA, dm, "Buurtwarmte Noord")
    assert "Buurtwarmte Noord" in to(dm, said)[0]

    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    assert "Sanne helpt je" in to(dm, said)[0]

    said = await stage.reacts(JORIS, TEAM, await stage.card(), "✋")
    assert not to(dm, said)
    assert "Sanne" in to(TEAM, said)[0]

    said = await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij hebben vast ook een datalek.")
    assert not to(dm, said)
    assert to(TEAM, said) == ["🔒 binnen"]

    said = await stage.replies(
        SANNE, TEAM, await stage.card(), "Dag Fatima, zullen we de link samen uitzetten?"
    )
    assert "zullen we de link samen uitzetten" in to(dm, said)[0]
    assert "Sanne" in to(dm, said)[0]
    assert "📨 verstuurd" in to(TEAM, said)

    said = await stage.says(FATIMA, dm, "Ja graag, dat is gelukt geloof ik")
    assert "dat is gelukt geloof ik" in to(TEAM, said)[0]
    assert not to(dm, said)

    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    assert "opgelost" in to(dm, said)[0]

    said = await stage.says(FATIMA, dm, "ja")
    assert (await stage.ticket()).confirmed
    said = await stage.says(FATIMA, dm, "Dankjewel Sanne!")
    assert any("Dankjewel Sanne!" in words for words in to(TEAM, said))

    said = await stage.says(FATIMA, dm, "Nu nog iets: de printer doet het niet")
    assert (await stage.ticket(2)).subject.startswith("Nu nog iets")
    assert not await stage.failed()


async def test_nobody_tells_the_stadsdeel(stage: Stage) -> None:
    dm = await stage.direct(FATIMA)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet meer")
    assert not await stage.passes(timedelta(minutes=9))
    said = await stage.passes(timedelta(minutes=2))
    assert "Mijn mail doet het niet meer" in to("!team-stad:test", said)[0]
    assert to(dm, said)
    said = await stage.says(FATIMA, dm, "o sorry, in Noord")
    assert "Mijn mail doet het niet meer" in to(TEAM, said)[0]
    assert any("Noord" in words for words in to("!team-stad:test", said))
