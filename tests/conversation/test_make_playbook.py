"""What helped once becomes the draft of a playbook."""

import pytest

from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import File
from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.stage import LAYOUT, Said, Stage, to

TRAINERS = LAYOUT.trainers or ""


async def text_of(stage: Stage, said: list[Said]) -> str:
    [file] = [one for one in said if one.room == TRAINERS and FILE_KEY in one.content]
    async with stage.db.reading() as session:
        row = await session.get_one(File, int(file.event_id.removeprefix("$out")))
        assert row.data is not None
        return row.data.decode()


@pytest.fixture
async def solved(stage: Stage, helped: str) -> str:
    await stage.says(SANNE, TEAM, "!antwoord 1 Dag Fatima. Open de agenda. Mail anders info@coop.nl.")
    await stage.says(SANNE, TEAM, "!notitie 1 Fatima is boos, niets zeggen")
    await stage.says(FATIMA, helped, "Gelukt bij Buurtwarmte, bel me op 0612345678")
    await stage.says(SANNE, TEAM, "!opgelost 1")
    return helped


async def test_it_is_put_in_the_trainers_room_without_names(stage: Stage, solved: str) -> None:
    said = await stage.says(SANNE, TEAM, "!maak-playbook 1")
    assert any("kamer van de trainers" in text for text in to(TEAM, said))
    [told] = to(TRAINERS, said)
    assert "Sanne maakte van vraag 1" in told
    draft = await text_of(stage, said)
    assert "Open de agenda." in draft
    assert "Dag [naam]." in draft
    for secret in ("Fatima", "fatima", "info@", "06123", "boos"):
        assert secret not in draft


async def test_not_before_it_is_solved(stage: Stage, helped: str) -> None:
    said = await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    assert "nog niet opgelost" in to(TEAM, said)[0]
    assert not to(TRAINERS, said)


async def test_without_an_answer_in_words_there_is_nothing_to_make(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!opgelost 1")
    said = await stage.says(SANNE, TEAM, "!make-playbook 1")
    assert "geen antwoord in woorden" in to(TEAM, said)[0]


async def test_only_helpers_may(stage: Stage, solved: str) -> None:
    said = await stage.says(FATIMA, solved, "!maak-draaiboek 1")
    assert not to(TRAINERS, said)
    assert to(solved, said)
