"""What is no answer: never at the cost of a question."""

import pytest

from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.first_chat.amira import AMIRA, DM, says, technician
from tests.conversation.stage import Stage, to


class TestSomethingElse:
    async def test_a_question_becomes_one(self, stage: Stage, met: list[str]) -> None:
        said = await stage.says(AMIRA, DM, "Mijn mail doet het niet meer sinds gisteren")
        told, put_off = to(DM, said)
        assert "vraag 1" in told
        assert "!profiel verder" in put_off
        assert (await technician(stage)).skills == []
        assert "Noord" in to(DM, await stage.says(AMIRA, DM, "Noord"))[0]  # where, and not a skill

    async def test_a_word_that_is_neither(self, stage: Stage, met: list[str]) -> None:
        how = await says(stage, "koffie")
        assert "niet zeker wat je bedoelt" in how
        assert "!hulp" in how
        assert "2 van 7" in await says(stage, "mail")

    async def test_a_file_is_a_question(self, stage: Stage, met: list[str]) -> None:
        assert "vraag 1" in to(DM, await stage.sends(AMIRA, DM))[0]

    async def test_asked_for_a_new_question_since(self, stage: Stage, met: list[str]) -> None:
        await stage.says(AMIRA, DM, "!nieuw")
        assert "vraag 1" in to(DM, await stage.says(AMIRA, DM, "website"))[0]
        assert (await technician(stage)).skills == []

    async def test_who_is_no_helper_any_more_is_answered_as_anybody(
        self, stage: Stage, met: list[str]
    ) -> None:
        await stage.join(TEAM, AMIRA, membership="leave")
        await stage.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=AMIRA)
        assert "vraag 1" in to(DM, await stage.says(AMIRA, DM, "mail"))[0]

    async def test_a_requester_is_asked_nothing(self, stage: Stage, dm: str) -> None:
        assert "vraag 1" in to(dm, await stage.says(FATIMA, dm, "mail"))[0]


NEITHER = [
    "Mijn mail doet het niet", "mail?", "kan iemand naar mijn website kijken", "help", "mail werkt niet", "ik ben gehackt!",
    "Nederlands praten vind ik lastig, kan het ook in het Turks", "West is waar onze printer staat", "3 mensen kunnen niet inloggen",
    "ja maar hoe dan", "nee, mijn agenda is leeg", "overslaan lukt niet in de app", "later komt de monteur voor onze wifi", "…",
    "https://example.org/mail", "1 2 3 4 5 6 7 8 9 99", "Not in the weekend does the site work",
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "text"), [((n + more) % 7, text) for more in (0, 3) for n, text in enumerate(NEITHER)]
)
async def test_no_question_is_ever_taken_for_an_answer(
    stage: Stage, met: list[str], step: int, text: str
) -> None:
    """At whatever line: it becomes a question, or the bot says that it did not understand. Nothing is silently kept."""
    for _ in range(step):
        await stage.says(AMIRA, DM, "overslaan")
    before = (await technician(stage)).asking
    said = to(DM, await stage.says(AMIRA, DM, text))
    assert said
    assert any(
        "vraag 1" in words or "question 1" in words or "!hulp" in words or "!help" in words for words in said
    )
    assert (await technician(stage)).asking == before
