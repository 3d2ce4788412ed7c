"""What helped once becomes the draft of a playbook."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import File, Organisation, Person, TicketEvent
from tests.conversation.conftest import (
    COORDINATION,
    ELS,
    FATIMA,
    KWAME,
    SANNE,
    TEAM,
    WEST,
    WIM,
    ask,
    open_dm,
    take,
)
from tests.conversation.pages import Notebook, Page
from tests.conversation.stage import BOT, LAYOUT, Said, Stage, room_row, to

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
    assert "Sanne vroeg om een draaiboek van vraag 1" in told
    assert "helpdesk playbook check playbooks/draft-1.yaml" in told
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


async def test_in_the_thread_the_number_can_be_left_out(stage: Stage, solved: str) -> None:
    said = await stage.in_thread(SANNE, TEAM, await stage.card(), "!maak-draaiboek")
    assert "Open de agenda." in await text_of(stage, said)


async def test_as_a_reply_to_the_card(stage: Stage, solved: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "!make-playbook")
    assert "Open de agenda." in await text_of(stage, said)


async def test_in_english(stage: Stage, helped: str) -> None:
    await stage.says(
        SANNE, TEAM, "!answer 1 Hi Fatima. Open the calendar settings and choose the team calendar again."
    )
    await stage.says(SANNE, TEAM, "!solved 1")
    said = await stage.says(SANNE, TEAM, "!make-playbook 1")
    assert "Done. The first version of the playbook is in the trainers' room. They finish it." in to(
        TEAM, said
    )
    draft = await text_of(stage, said)
    assert '"en": "Open the calendar settings and choose the team calendar again."' in draft
    assert '{"nl": "TODO translate", "en": "Hi [name]."}' in draft


async def test_what_is_not_possible_is_told_in_english_too(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!language english")
    said = await stage.says(SANNE, TEAM, "!make-playbook 1")
    assert to(TEAM, said) == [
        "Question 1 is not solved yet. Make a playbook of it when it is clear what helped."
    ]


@pytest.mark.parametrize("who", [ELS, KWAME])
async def test_coordinators_and_trainers_ask_for_it_in_the_trainers_room(
    stage: Stage, solved: str, who: str
) -> None:
    await stage.join(COORDINATION, ELS)
    await stage.join(TRAINERS, who)
    said = await stage.says(who, TRAINERS, "!maak-draaiboek 1")
    assert "Open de agenda." in await text_of(stage, said)
    assert any(text.startswith("Gedaan.") for text in to(TRAINERS, said))


async def test_a_trainer_reads_no_question_that_way(stage: Stage, solved: str) -> None:
    await stage.join(TRAINERS, KWAME)
    said = await stage.says(KWAME, TRAINERS, "!status 1")
    assert "agenda" not in "".join(to(TRAINERS, said))


async def test_another_team_does_not(stage: Stage, solved: str) -> None:
    said = await stage.says(WIM, WEST, "!maak-draaiboek 1")
    assert not to(TRAINERS, said)
    assert "geen vraag 1" in to(WEST, said)[0]


async def test_what_was_asked_in_an_encrypted_room_goes_into_no_other(stage: Stage, solved: str) -> None:
    await stage.room(solved, encrypted=True, size=2)
    await stage.room(TRAINERS, encrypted=False)
    said = await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    assert not [one for one in said if one.room == TRAINERS]
    assert "versleuteld" in to(TEAM, said)[0]
    await stage.room(TRAINERS, encrypted=True)
    assert await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))


@pytest.mark.parametrize(("asked_in", "trainers"), [(None, False), (None, None), (True, None)])
async def test_what_is_not_known_to_be_open_counts_as_encrypted(
    stage: Stage, solved: str, asked_in: bool | None, trainers: bool | None
) -> None:
    for room, encrypted in ((solved, asked_in), (TRAINERS, trainers)):
        row = room_row(room, size=2)
        row.encrypted = encrypted
        async with stage.db.transaction() as session:
            await session.merge(row)
    said = await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    assert not [one for one in said if one.room == TRAINERS]


async def test_what_was_asked_in_the_open_may(stage: Stage, solved: str) -> None:
    await stage.room(TRAINERS, encrypted=False)
    assert await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))


async def test_not_where_anybody_can_walk_in(stage: Stage, solved: str) -> None:
    await stage.room(TRAINERS, encrypted=True, join_rule="public")
    said = await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    assert not [one for one in said if one.room == TRAINERS]
    assert "iedereen binnenkomen" in to(TEAM, said)[0]


async def test_without_a_trainers_room_it_says_so(
    stage: Stage, solved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.conversation.stage.LAYOUT", dataclasses.replace(LAYOUT, trainers=None))
    stage.configure(stage.setting.config)
    said = await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    assert to(TEAM, said) == [
        "Er is hier geen kamer voor trainers. Vraag een coördinator om er een te maken."
    ]


async def test_of_others_than_whoever_asked_nothing_stands_in_it_either(stage: Stage, helped: str) -> None:
    async with stage.db.transaction() as session:
        session.add(Person(user_id="@jo:test", name="Jo Okafor", created_at=stage.now))
        session.add(
            Organisation(name="Stichting Zonnedak", name_key="stichting zonnedak", created_at=stage.now)
        )
    await stage.says(
        SANNE,
        TEAM,
        "!antwoord 1 Zet de agenda weer aan. Jo Okafor van Zonnedak deed dat ook, vraag Okafor maar.",
    )
    await stage.says(SANNE, TEAM, "!opgelost 1")
    draft = await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))
    assert "Zet de agenda weer aan." in draft
    assert "[naam] van [organisatie] deed dat ook, vraag [naam] maar." in draft


async def test_a_subject_that_a_helper_wrote_is_a_note(stage: Stage, solved: str) -> None:
    await stage.says(SANNE, TEAM, "!onderwerp 1 Lastige klant")
    draft = await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))
    assert "Lastige" not in draft
    assert "Onze gedeelde agenda is ineens leeg" in draft


async def test_an_answer_that_was_deleted_is_not_in_it(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!antwoord 1 Wis alles.")
    wrong = stage.last
    await stage.says(SANNE, TEAM, "!antwoord 1 Open de agenda.")
    await stage.deletes(SANNE, TEAM, wrong)
    await stage.says(SANNE, TEAM, "!opgelost 1")
    draft = await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))
    assert "Wis alles" not in draft
    assert "Open de agenda." in draft


async def test_it_is_written_down_that_it_was_made_and_nothing_of_it(stage: Stage, solved: str) -> None:
    await stage.says(SANNE, TEAM, "!maak-draaiboek 1")
    async with stage.db.reading() as session:
        [row] = await session.scalars(select(TicketEvent).where(TicketEvent.what == "drafted"))
        assert (row.actor, row.detail) == (SANNE, {})


async def test_what_was_merged_into_it_is_in_it(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!antwoord 1 Open de agenda.")
    for number, asked, answer in ((2, "contacten", "Haal ze opnieuw op."), (3, "taken", "Zet ze weer aan.")):
        await stage.says(FATIMA, helped, f"!nieuw En de {asked} zijn leeg")
        await stage.says(SANNE, TEAM, f"!pak {number}")
        await stage.says(SANNE, TEAM, f"!antwoord {number} {answer}")
        await stage.says(SANNE, TEAM, f"!notitie {number} niet doorvertellen")
    await stage.says(SANNE, TEAM, "!samenvoegen 3 2")
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.says(SANNE, TEAM, "!opgelost 1")
    draft = await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 3"))
    answers = [
        draft.index(f'"nl": "{words}"')
        for words in ("Open de agenda.", "Haal ze opnieuw op.", "Zet ze weer aan.")
    ]
    assert answers == sorted(answers)
    assert "En de taken zijn leeg" in draft
    assert "doorvertellen" not in draft


async def test_of_a_colleague_whose_question_was_merged_nothing_tells_either(stage: Stage) -> None:
    own = await stage.room("!buurtwarmte:test", size=12)
    await stage.join(own, FATIMA, KWAME, BOT)
    async with stage.db.transaction() as session:
        session.add(
            Organisation(name="Zonnedak Kersenpit", name_key="zonnedak kersenpit", created_at=stage.now)
        )
        await session.flush()
        session.add(Person(user_id=KWAME, organisation_id=1, created_at=stage.now))
    for who, words in ((FATIMA, "onze wiki is traag"), (KWAME, "bij zonnedak ook")):
        await stage.says(who, own, f"!hulp {words}")
        await stage.says(who, own, "Noord")
    await stage.says(SANNE, TEAM, "!pak 1")
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.says(SANNE, TEAM, "!antwoord 1 Begin de wiki opnieuw.")
    await stage.says(SANNE, TEAM, "!opgelost 1")
    draft = await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))
    assert "bij [organisatie] ook" in draft


WORD = st.text("bcdfghjklmnpqrstvwxz", min_size=8, max_size=12)
WAYS = st.sampled_from(["thread", "command", "english", "subject"])


async def _noted(notebook: Notebook, notes: list[tuple[str, str]], answer: str) -> str:
    """The draft of a question about which helpers wrote these notes, each in its way."""
    stage = await notebook.stage()
    try:
        await open_dm(stage)
        await ask(stage)
        await take(stage)
        await stage.says(SANNE, TEAM, f"!antwoord 1 Open {answer}.")
        for way, note in notes:
            if way == "thread":
                await stage.in_thread(SANNE, TEAM, await stage.card(), note)
            else:
                name = {"command": "notitie", "english": "note", "subject": "onderwerp"}[way]
                await stage.says(SANNE, TEAM, f"!{name} 1 {note}")
        await stage.says(SANNE, TEAM, "!opgelost 1")
        return await text_of(stage, await stage.says(SANNE, TEAM, "!maak-draaiboek 1"))
    finally:
        await notebook.db.close()


def test_no_note_survives(first_page: Page, tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:

        @settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))
        @given(notes=st.lists(st.tuples(WAYS, WORD), min_size=1, max_size=4), answer=WORD)
        def conversation(notes: list[tuple[str, str]], answer: str) -> None:
            draft = runner.run(_noted(Notebook(first_page, tmp_path / "notes.db"), notes, answer))
            assert f"Open {answer}." in draft
            assert not [note for _, note in notes if note in draft and note not in answer]

        conversation()
