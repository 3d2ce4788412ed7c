"""Somebody comes to help, and is asked how: one thing at a time, at their own pace, and never at the cost of a question."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.getting_to_know import meet_one
from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import FATIMA, HELP, JORIS, SANNE, TEAM, WEST
from tests.conversation.stage import BOT, Said, Stage, to

AMIRA = "@amira:test"
DM = "!new-dm-amira:test"
MINUTE = timedelta(minutes=1)


async def joins(stage: Stage, user: str, room: str = TEAM) -> list[Said]:
    """Somebody comes into a room."""
    await stage.join(room, user)
    name = user[1:].partition(":")[0].capitalize()
    content = {"membership": "join", "displayname": name}
    return (await stage.event(user, room, "m.room.member", content, state_key=user))[1]


async def technician(stage: Stage, user: str = AMIRA) -> Technician:
    async with stage.db.reading() as session:
        return await session.get_one(Technician, user)


@pytest.fixture
async def met(stage: Stage) -> list[str]:
    """Amira has joined the team of Noord; what she was told."""
    await joins(stage, AMIRA)
    return to(DM, await stage.passes(MINUTE))


async def says(stage: Stage, *words: str) -> str:
    """Amira writes in her direct chat; the one thing that the bot says back to the last of it."""
    for text in words:
        said = await stage.says(AMIRA, DM, text)
    [answer] = to(DM, said)
    return answer


class TestWelcome:
    async def test_it_begins_a_little_later(self, stage: Stage) -> None:
        assert not await joins(stage, AMIRA)
        said = await stage.passes(MINUTE)
        assert [s.kind for s in said if s.room == f"direct:{AMIRA}"] == ["direct"]
        [hello] = to(DM, said)
        assert "Hallo Amira" in hello
        assert "team van Noord" in hello
        assert "1 van 7" in hello
        assert "overslaan" in hello
        assert not await stage.passes(timedelta(hours=1))

    async def test_once_also_when_they_join_another_team(self, stage: Stage, met: list[str]) -> None:
        await joins(stage, AMIRA, WEST)
        await joins(stage, AMIRA)
        assert len(met) == 1
        assert not await stage.passes(timedelta(hours=1))

    async def test_two_rooms_at_once_are_one_chat(self, stage: Stage) -> None:
        await joins(stage, AMIRA, WEST)
        await joins(stage, AMIRA)
        [hello] = to(DM, await stage.passes(MINUTE))
        assert "Noord en West" in hello

    async def test_not_whoever_has_left_again(self, stage: Stage) -> None:
        await joins(stage, AMIRA)
        await stage.join(TEAM, AMIRA, membership="leave")
        assert not await stage.passes(MINUTE)

    async def test_not_where_anybody_can_walk_in(self, stage: Stage) -> None:
        await stage.room(TEAM, join_rule="public")
        await joins(stage, AMIRA)
        assert not await stage.passes(MINUTE)

    async def test_not_in_a_help_room_and_not_the_bot(self, stage: Stage) -> None:
        await joins(stage, AMIRA, HELP)
        await joins(stage, BOT)
        assert not await stage.passes(MINUTE)

    async def test_in_their_own_language(self, stage: Stage) -> None:
        dm = await stage.direct(AMIRA)
        await stage.says(AMIRA, dm, "!language en")
        await joins(stage, AMIRA)
        [hello] = to(dm, await stage.passes(MINUTE))
        assert "1 of 7" in hello
        [noted] = to(dm, await stage.says(AMIRA, dm, "mail and website"))
        assert "mail and website" in noted


class TestWhoSatThereAlready:
    """Five people have been in the team rooms since before the helpdesk asked such things."""

    async def look(self, stage: Stage) -> list[Said]:
        async with stage.db.transaction() as session:
            await meet_one(Act(session, stage.now, stage.setting))
        return await stage.passes(timedelta())

    async def test_one_at_a_time(self, stage: Stage) -> None:
        asked = [await self.look(stage) for _ in range(4)]
        hellos = [[s.room for s in said if s.type == "m.room.message"] for said in asked]
        assert hellos == [["!new-dm-joris:test"], ["!new-dm-sanne:test"], ["!new-dm-wim:test"], []]

    async def test_who_only_wrote_a_command_before_is_asked_too(self, stage: Stage) -> None:
        await stage.says(JORIS, TEAM, "!terug")
        await stage.says(SANNE, TEAM, "!weg tot vrijdag")  # not while she is away
        asked = [await self.look(stage) for _ in range(3)]
        hellos = [[s.room for s in said if s.type == "m.room.message"] for said in asked]
        assert hellos == [["!new-dm-joris:test"], ["!new-dm-wim:test"], []]

    async def test_who_found_their_profile_is_not(self, stage: Stage) -> None:
        await stage.says(JORIS, TEAM, "!profiel aantal 3")
        assert [s.room for s in await self.look(stage) if s.kind == "send"] == ["!new-dm-sanne:test"]

    async def test_not_at_night(self, stage: Stage) -> None:
        stage.now += timedelta(hours=12)  # 22:00 in Amsterdam
        assert not await self.look(stage)


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
        assert amira.asking is None

    async def test_every_question_can_be_passed_over(self, stage: Stage, met: list[str]) -> None:
        said = [await says(stage, "overslaan") for _ in range(7)]
        assert [f"{place} van 7" in words for place, words in enumerate(said[:6], start=2)] == [True] * 6
        assert "dat was alles" in said[6]
        assert (await technician(stage)).skills == []

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


class TestReminder:
    async def test_once(self, stage: Stage, met: list[str]) -> None:
        await says(stage, "mail")
        [again] = to(DM, await stage.passes(timedelta(days=4)))
        assert "enige keer" in again
        assert "2 van 7" in again
        assert "3 van 7" in await says(stage, "Nederlands")
        assert not await stage.passes(timedelta(days=30))

    async def test_late_after_a_long_stop(self, stage: Stage, met: list[str]) -> None:
        assert len(await stage.passes(timedelta(days=40))) == 1

    async def test_not_when_it_is_finished(self, stage: Stage, met: list[str]) -> None:
        for _ in range(7):
            await stage.says(AMIRA, DM, "overslaan")
        assert not await stage.passes(timedelta(days=30))


class TestProfile:
    async def change(self, stage: Stage, words: str, who: str = SANNE) -> str:
        dm = await stage.direct(who)
        [said] = to(dm, await stage.says(who, dm, words))
        return said

    @pytest.mark.parametrize(
        ("words", "noted"),
        [
            ("!profiel vaardigheden mail, bestanden", "bestanden en delen en mail"),
            ("!profiel vaardigheiden mail", "mail"),
            ("!profile skills website", "website"),
            ("!profiel talen Turks en español", "Spaans en Turks"),
            ("!profiel aantal 3", "3 vragen"),
            ("!profiel rust 22:00-8:00", "22:00 tot 08:00"),
            ("!profiel rust nee", "altijd iets krijgen"),
            ("!profiel naam nee", "iemand van de helpdesk"),
            ("!profiel leren website", "website"),
            ("!profiel stadsdelen overal", "Noord, West en Nieuw-West"),
            ("!profiel betaald betaald", "betaald"),
            ("!profiel rust", "22:00"),  # how to write it
        ],
    )
    async def test_a_line_is_changed(self, stage: Stage, words: str, noted: str) -> None:
        said = await self.change(stage, words)
        assert noted.casefold() in said.casefold()

    @pytest.mark.parametrize(
        ("before", "words", "after"),
        [
            ("mail, agenda", "+ website", ["mail", "calendar", "website"]),
            ("mail", "+mail", ["mail"]),
            ("mail", "ook agenda", ["mail", "calendar"]),
            ("mail", "agenda erbij", ["mail", "calendar"]),
            ("mail", "wordpress erbij", ["mail", "website"]),
            ("geen", "ook agenda", ["calendar"]),
            ("mail, agenda", "- mail", ["calendar"]),
            ("mail, agenda", "geen mail meer", ["calendar"]),
            ("mail, agenda", "not mail", ["calendar"]),
            ("mail, agenda", "remove mail and calendar", []),
            ("mail", "- agenda", ["mail"]),
            ("mail, agenda", "website", ["website"]),
            ("mail", "geen", []),
            ("mail", "geen van deze", []),
            ("mail", "ook agenda?", ["mail"]),
            ("mail", "+ koffie", ["mail"]),
            ("mail", "+", ["mail"]),
            ("mail", "- website\n- agenda", ["calendar", "website"]),
        ],
    )
    async def test_one_thing_of_a_list(self, stage: Stage, before: str, words: str, after: list[str]) -> None:
        await self.change(stage, f"!profiel vaardigheden {before}")
        await self.change(stage, f"!profiel vaardigheden {words}")
        assert (await technician(stage, SANNE)).skills == after

    async def test_another_stadsdeel_beside_that_of_the_team(self, stage: Stage) -> None:
        await self.change(stage, "!profiel stadsdelen + West")
        assert (await technician(stage, SANNE)).stadsdelen == ["noord", "west"]

    async def test_what_nobody_said_is_not_told_as_said(self, stage: Stage) -> None:
        assert "geen onderwerp gekozen" in await self.change(stage, "!profiel")

    @pytest.mark.parametrize(
        "words", ["!profiel aantal 99", "!profiel vaardigheden koken", "!profiel naam x"]
    )
    async def test_what_is_not_understood_changes_nothing(self, stage: Stage, words: str) -> None:
        assert "niets veranderd" in await self.change(stage, words)

    async def test_an_unknown_line(self, stage: Stage) -> None:
        assert "aantal" in await self.change(stage, "!profiel schoenmaat 43")

    async def test_shown_in_words(self, stage: Stage) -> None:
        await self.change(stage, "!profiel aantal 3")
        assert "hoogstens 3 vragen" in await self.change(stage, "!profiel")

    async def test_in_the_team_room_it_goes_to_the_direct_chat(self, stage: Stage) -> None:
        said = await stage.says(SANNE, TEAM, "!profiel")
        [here] = to(TEAM, said)
        assert "eigen gesprek" in here
        assert "Talen" in to("!new-dm-sanne:test", said)[0]

    @pytest.mark.parametrize(("who", "room"), [(FATIMA, "dm"), (SANNE, HELP)])
    async def test_not_for_requesters_nor_where_they_read(
        self, stage: Stage, dm: str, who: str, room: str
    ) -> None:
        [refused] = [s.body for s in await stage.says(who, dm if room == "dm" else room, "!profiel")]
        assert "`!profiel`" not in refused or "team" in refused
        assert "Talen" not in refused

    async def test_each_their_own(self, stage: Stage) -> None:
        await self.change(stage, "!profiel aantal 3")
        assert "hoogstens 3" not in await self.change(stage, "!profiel", JORIS)


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
