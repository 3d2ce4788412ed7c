"""How people answer what they are asked about themselves: one thing at a time, at their own pace, and corrected."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import SANNE, TEAM
from tests.conversation.first_chat.amira import AMIRA, DM, MINUTE, says, technician
from tests.conversation.stage import Stage, to


class TestAnswers:
    @pytest.mark.both_databases
    async def test_the_whole_chat(self, stage: Stage, met: list[str]) -> None:
        assert "mail" in await says(stage, "1, 3 en website")
        assert "Nederlands en Turks" in await says(stage, "Nederlands en Turks")
        assert "vrijwilliger" in await says(stage, "vrijwilliger")
        assert "Noord en West" in await says(stage, "Noord en West")
        assert "3 vragen" in await says(stage, "drie")
        assert "22:00 tot 08:00" in await says(stage, "tussen 22:00 en 8:00")
        end = await says(stage, "ja")
        assert "dat was alles" in end
        assert "account en inloggen, mail en website" in end
        amira = await technician(stage)
        assert (amira.skills, amira.languages) == (["access", "mail", "website"], ["nl", "tr"])
        assert (amira.paid, amira.stadsdelen, amira.most_open) == (False, ["noord", "west"], 3)
        assert (amira.quiet_from, amira.quiet_until, amira.show_name) == ("22:00", "08:00", True)
        assert amira.quiet_said
        assert amira.asking is None

    async def test_every_question_can_be_passed_over(self, stage: Stage, met: list[str]) -> None:
        said = [await says(stage, "overslaan") for _ in range(7)]
        assert [f"{place} van 7" in words for place, words in enumerate(said[:6], start=2)] == [True] * 6
        assert "dat was alles" in said[6]
        assert (await technician(stage)).skills == []

    async def test_who_passes_over_when_they_rest_has_said_nothing_of_it(
        self, stage: Stage, met: list[str]
    ) -> None:
        asked = [await says(stage, "overslaan") for _ in range(5)][-1]
        assert "Zeg je niets, dan laat ik je van 22:00 tot 08:00 met rust." in asked
        assert "Zeg je niets" not in await says(stage, "overslaan")
        assert not (await technician(stage)).quiet_said

    async def test_it_goes_on_after_days(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        await stage.passes(timedelta(days=3))
        assert "3 van 7" in await says(stage, "Nederlands")

    async def test_later(self, stage: Stage, met: list[str]) -> None:
        assert "!profiel verder" in await says(stage, "mail", "later")
        [again] = to(DM, await stage.says(AMIRA, DM, "!profiel verder"))
        assert "2 van 7" in again

    async def test_stop(self, stage: Stage, met: list[str]) -> None:
        assert "vraag niets meer" in await says(stage, "stop")
        assert not await stage.passes(timedelta(days=10))

    async def test_a_sign_is_an_answer_too(self, stage: Stage, met: list[str]) -> None:
        for _ in range(6):
            said = await stage.says(AMIRA, DM, "overslaan")
        [asked] = [s.event_id for s in said if s.room == DM]
        assert "dat was alles" in to(DM, await stage.reacts(AMIRA, DM, asked, "👎"))[0]
        assert not (await technician(stage)).show_name

    async def test_a_reply_to_an_earlier_question_is_about_that_one_no_more(
        self, stage: Stage, met: list[str]
    ) -> None:
        first = next(s.event_id for s in stage.sent if s.room == DM)
        await says(stage, "mail")
        said = await stage.replies(AMIRA, DM, first, "website")
        assert "2 van 7" not in str(to(DM, said))
        assert (await technician(stage)).skills == ["mail"]


class TestCorrections:
    async def test_of_an_answer(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        answer = stage.last
        await says(stage, "Nederlands")
        [noted] = to(DM, await stage.edits(AMIRA, DM, answer, "mail en agenda"))
        assert "mail en agenda" in noted
        assert "van 7" not in noted
        amira = await technician(stage)
        assert (amira.skills, amira.languages, amira.asking) == (["mail", "calendar"], ["nl"], "paid")

    async def test_of_one_that_was_passed_over(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "overslaan")
        await stage.edits(AMIRA, DM, stage.last, "mail")
        assert (await technician(stage)).skills == ["mail"]

    async def test_into_what_is_no_answer(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        [how] = to(DM, await stage.edits(AMIRA, DM, stage.last, "koffie"))
        assert "niets veranderd" in how
        assert (await technician(stage)).skills == ["mail"]

    async def test_of_what_was_not_understood(self, stage: Stage, met: list[str]) -> None:
        await stage.passes(MINUTE)
        assert "niet zeker" in await says(stage, "koffie")
        [noted] = to(DM, await stage.edits(AMIRA, DM, stage.last, "mail"))
        assert "2 van 7" in noted

    async def test_of_the_last_answer(self, stage: Stage, met: list[str]) -> None:
        """Who would rather not be named has to be able to say so."""
        for _ in range(6):
            await stage.says(AMIRA, DM, "overslaan")
        await says(stage, "ja")
        await stage.edits(AMIRA, DM, stage.last, "nee")
        assert not (await technician(stage)).show_name

    async def test_by_somebody_else(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        assert not await stage.edits(SANNE, DM, stage.last, "agenda")

    async def test_of_who_has_left(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        answer = stage.last
        await stage.join(TEAM, AMIRA, membership="leave")
        await stage.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=AMIRA)
        assert "niemand" in to(DM, await stage.edits(AMIRA, DM, answer, "agenda"))[0]
        assert (await technician(stage)).skills == ["mail"]


class TestInTheirOwnWords:
    @pytest.mark.parametrize(
        ("words", "many"),
        [("alles een beetje", 11), ("Ik doe vooral e-mail en websites", 2), ("alles met mail", 1)],
    )
    async def test_skills(self, stage: Stage, met: list[str], words: str, many: int) -> None:
        assert "2 van 7" in await says(stage, words)
        assert len((await technician(stage)).skills) == many

    @pytest.mark.parametrize(
        ("words", "paid"),
        [
            ("Ik doe het vrijwillig", False),
            ("gewoon vrijwilliger hoor", False),
            ("I do it voluntarily", False),
            ("Ik krijg ervoor betaald", True),
        ],
    )
    async def test_volunteer_or_paid(self, stage: Stage, met: list[str], words: str, paid: bool) -> None:
        assert "4 " in await says(stage, "overslaan", "overslaan", words)
        assert (await technician(stage)).paid == paid

    async def test_all_languages_are_too_many(self, stage: Stage, met: list[str]) -> None:
        assert "niet zeker" in await says(stage, "mail", "alles")

    async def test_a_site_that_was_hacked_is_no_skill(self, stage: Stage, met: list[str]) -> None:
        await stage.says(AMIRA, DM, "website gehackt")
        assert (await technician(stage)).skills == []

    async def test_who_asks_for_english_reads_the_question_again(self, stage: Stage, met: list[str]) -> None:
        again = await says(stage, "!language en")
        assert "From now on" in again
        assert "1 of 7" in again
        assert "2 of 7" in await says(stage, "mail")

    async def test_but_not_who_has_put_it_off(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "later")
        assert "of 7" not in await says(stage, "!language en")
