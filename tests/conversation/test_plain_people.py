"""Odd but likely: numbers in words, words behind commands, the wrong thread, a note in the middle of an answer."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk_bot.storage.models import Ticket
from tests.conversation.conftest import COORDINATION, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST
from tests.conversation.stage import BOT, Stage, redacted, to

OWN = "!own:test"


@pytest.fixture
async def own(stage: Stage) -> str:
    """A room of an organisation, with Fatima and Kwame."""
    await stage.room(OWN, size=3, name="Buurtwarmte")
    await stage.join(OWN, FATIMA, KWAME, BOT)
    return OWN


async def count(stage: Stage) -> int:
    async with stage.db.reading() as session:
        return await session.scalar(select(func.count(Ticket.id))) or 0


class TestWhichQuestion:
    @pytest.fixture
    async def two(self, stage: Stage, helped: str) -> str:
        await stage.says(FATIMA, helped, "!nieuw Mijn scherm is zwart")
        return helped

    @pytest.mark.parametrize("words", ["vraag 1", "Vraag 1", "nr 1", "nr. 1", "nummer 1", "#1", "1"])
    async def test_a_number_as_people_say_it(self, stage: Stage, two: str, words: str) -> None:
        await stage.says(FATIMA, two, f"!opgelost {words}")
        assert ((await stage.ticket(1)).status, (await stage.ticket(2)).status) == ("closed", "new")

    @pytest.mark.parametrize("words", ["!pak vraag 2", "!claim question 2"])
    async def test_also_in_the_team(self, stage: Stage, two: str, words: str) -> None:
        await stage.says(JORIS, TEAM, words)
        assert (await stage.ticket(2)).assignee == JORIS

    @pytest.mark.parametrize(
        "words", ["!prioriteit hoog 1", "!prioriteit hoog vraag 1", "!prioriteit 1 hoog"]
    )
    async def test_a_number_at_the_end(self, stage: Stage, two: str, words: str) -> None:
        await stage.says(SANNE, TEAM, words)
        assert (await stage.ticket(1)).priority == "high"

    async def test_a_time_in_a_thread_is_no_number(self, stage: Stage, two: str) -> None:
        await stage.says(FATIMA, two, "!nieuw En de printer ook")
        await stage.in_thread(JORIS, TEAM, await stage.card(3), "!pak ik kijk er naar om 2")
        assert ((await stage.ticket(3)).assignee, (await stage.ticket(2)).assignee) == (JORIS, None)

    async def test_a_number_in_an_answer_is_part_of_it(self, stage: Stage, two: str) -> None:
        """In the thread of question 1: 'question 2' is what it is about, not whom it goes to."""
        said = await stage.in_thread(SANNE, TEAM, await stage.card(1), "!antwoord vraag 2 is ook al opgelost")
        assert any("vraag 2 is ook al opgelost" in words for words in to(two, said))
        assert (await stage.ticket(2)).status == "new"

    async def test_somebody_elses_thread(self, stage: Stage, own: str) -> None:
        await stage.says(FATIMA, own, "!hulp onze agenda is leeg")
        root = stage.last
        await stage.says(KWAME, own, "!hulp mijn scherm is zwart")
        [no] = to(own, await stage.in_thread(KWAME, own, root, "!opgelost"))
        assert "Vraag 1 is van Fatima" in no
        assert (await stage.ticket(2)).status == "new"

    async def test_a_colleague_says_where_they_are(self, stage: Stage, own: str) -> None:
        await stage.says(FATIMA, own, "!hulp onze agenda is leeg")
        await stage.in_thread(KWAME, own, stage.last, "!stadsdeel Noord")
        assert (await stage.ticket(1)).team_room == TEAM

    async def test_what_is_private_is_not_told_in_a_shared_room(
        self, stage: Stage, own: str, dm: str
    ) -> None:
        await stage.says(FATIMA, own, "!hulp onze agenda is leeg")
        root = stage.last
        await stage.says(FATIMA, own, "!stadsdeel Noord")
        await stage.says(FATIMA, dm, "Mijn baas leest mijn mail")
        await stage.says(SANNE, TEAM, "!samenvoegen 1 2")
        said = to(own, await stage.in_thread(FATIMA, own, root, "!status"))
        assert said
        assert not any("baas" in words for words in said)


async def test_noord_as_a_reply_to_the_first_of_two(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze agenda is leeg")
    where = next(s.event_id for s in stage.sent if "In welk stadsdeel" in s.body)
    await stage.says(FATIMA, dm, "!nieuw Mijn scherm is zwart")
    said = await stage.replies(FATIMA, dm, where, "Noord")
    assert [(await stage.ticket(n)).team_room for n in (1, 2)] == [TEAM, TEAM]
    assert sum("gaat nu naar het team van Noord" in words for words in to(dm, said)) == 2


class TestNewOnPurpose:
    async def test_what_comes_next_is_the_question(self, stage: Stage, helped: str) -> None:
        [what] = to(helped, await stage.says(FATIMA, helped, "!nieuw"))
        assert "Waar kan ik mee helpen?" in what
        await stage.says(FATIMA, helped, "Onze printer is stuk")
        assert (await stage.ticket(2)).question == "Onze printer is stuk"
        await stage.says(FATIMA, helped, "hij knippert rood")
        assert await count(stage) == 2

    async def test_a_reply_in_a_shared_room(self, stage: Stage) -> None:
        await stage.join(HELP, KWAME)
        await stage.says(KWAME, HELP, "!hulp de wifi is weg")
        await stage.says(KWAME, HELP, "!nieuw")
        what = next(s.event_id for s in reversed(stage.sent) if "Waar kan ik" in s.body)
        await stage.replies(KWAME, HELP, what, "Onze printer is stuk")
        assert (await stage.ticket(2)).question == "Onze printer is stuk"

    async def test_not_days_later(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, helped, "!nieuw")
        await stage.passes(timedelta(days=2))
        await stage.says(FATIMA, helped, "de agenda is weer leeg")
        assert await count(stage) == 1


class TestWordsBehindACommand:
    async def test_waiting_for_a_photo(self, stage: Stage, helped: str) -> None:
        said = to(helped, await stage.says(SANNE, TEAM, "!wacht 1 Kun je een foto van je scherm sturen?"))
        assert any("Kun je een foto van je scherm sturen?" in words for words in said)
        assert any("wacht op jouw antwoord" in words for words in said)

    async def test_solved_and_how(self, stage: Stage, helped: str) -> None:
        card = await stage.card()
        said = to(helped, await stage.in_thread(SANNE, TEAM, card, "!opgelost 2 agenda's teruggezet"))
        assert any("2 agenda's teruggezet" in words for words in said)
        assert any("Klopt dat?" in words for words in said)

    async def test_solved_but(self, stage: Stage, helped: str) -> None:
        said = await stage.says(FATIMA, helped, "!opgelost maar hoe voorkom ik dit de volgende keer?")
        assert any("hoe voorkom ik dit" in words for words in to(TEAM, said))
        assert (await stage.ticket()).status == "claimed"

    async def test_solved_and_why(self, stage: Stage, helped: str) -> None:
        said = await stage.says(FATIMA, helped, "!opgelost het lag aan de router")
        assert any("het lag aan de router" in words for words in to(TEAM, said))
        assert (await stage.ticket()).confirmed

    async def test_a_sigh_behind_status(self, stage: Stage, helped: str) -> None:
        said = await stage.says(FATIMA, helped, "!status? Ik wacht al drie dagen")
        assert any("Sanne helpt je" in words for words in to(helped, said))
        assert any("Ik wacht al drie dagen" in words for words in to(TEAM, said))

    async def test_a_command_by_accident(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "!mijn printer doet het niet")
        assert "printer doet het niet" in (await stage.ticket()).question

    async def test_a_helpers_remark_stays_inside(self, stage: Stage, asked: str) -> None:
        said = await stage.says(JORIS, TEAM, "!pak 1 ik kijk er morgen naar")
        assert "🔒 binnen" in to(TEAM, said)
        assert not any("ik kijk er morgen naar" in words for words in to(asked, said))

    async def test_spoed_is_no_solved(self, stage: Stage, helped: str) -> None:
        said = await stage.says(FATIMA, helped, "!spoed!! alles ligt plat")
        assert any("alles ligt plat" in words for words in to(TEAM, said))


class TestANoteInAnAnswer:
    @pytest.mark.parametrize(
        "text",
        [
            "Zet hem uit en weer aan.\n!notitie zij heeft schulden",
            "> Ik zie niets\n\n!notitie zij heeft schulden",
            "@sanne !notitie zij heeft schulden",
            "!!notitie zij heeft schulden",
            "!  notitie zij heeft schulden",
            "**!note** zij heeft schulden",
        ],
    )
    async def test_nothing_goes_out(self, stage: Stage, helped: str, text: str) -> None:
        said = await stage.replies(JORIS, TEAM, await stage.card(), text)
        assert not to(helped, said)
        assert any("niet" in words and "doorgestuurd" in words for words in to(TEAM, said))

    async def test_by_command(self, stage: Stage, helped: str) -> None:
        said = await stage.says(SANNE, TEAM, "!antwoord 1 zet hem uit\n!notitie 1 zij heeft schulden")
        assert not to(helped, said)

    async def test_by_correction(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Zet hem uit")
        said = await stage.edits(SANNE, TEAM, stage.last, "Zet hem uit\n!notitie zij heeft schulden")
        assert not [s for s in said if s.room == helped]

    async def test_in_a_caption(self, stage: Stage, helped: str) -> None:
        said = await stage.sends(
            SANNE,
            TEAM,
            body="!notitie schulden",
            filename="a.jpg",
            **{"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}},
        )
        assert not to(helped, said)


async def test_too_long_to_arrive_whole(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "a" * 24_000)
    assert not to(helped, said)
    assert any("in twee delen" in words for words in to(TEAM, said))
    told = to(helped, await stage.says(FATIMA, helped, "b" * 24_000))
    assert any("Stuur de rest in een nieuw bericht" in words for words in told)


class TestAnOpenTeamRoom:
    """Anybody may walk in: then it is no place for what people ask in private."""

    async def opened(self, stage: Stage, rule: str = "public") -> None:
        await stage.room(TEAM, join_rule=rule, encrypted=True)
        await stage.join(TEAM, "@mallory:test")
        await stage.event("@els:test", TEAM, "m.room.join_rules", {"join_rule": rule}, state_key="")

    async def test_what_is_asked_goes_elsewhere(self, stage: Stage, dm: str) -> None:
        await self.opened(stage)
        await stage.says(FATIMA, dm, "Mijn baas leest mijn mail")
        said = await stage.says(FATIMA, dm, "Noord")
        assert not any("baas" in words for words in to(TEAM, said))
        assert (await stage.ticket()).team_room == stage.setting.layout.overflow
        assert not any("@mallory:test" in str(s.content) for s in said)

    async def test_what_was_asked_follows_and_comes_back(self, stage: Stage, helped: str) -> None:
        await self.opened(stage)
        assert (await stage.ticket()).team_room == stage.setting.layout.overflow
        assert (await stage.ticket()).assignee is None  # Sanne does not help there
        said = await stage.says(FATIMA, helped, "Mijn baas leest mijn mail")
        assert not to(TEAM, said)
        await stage.room(TEAM, join_rule="invite", encrypted=True)
        await stage.event("@els:test", TEAM, "m.room.join_rules", {"join_rule": "invite"}, state_key="")
        assert (await stage.ticket()).team_room == TEAM

    async def test_when_the_citys_room_is_open_too(self, stage: Stage, dm: str) -> None:
        await stage.room(stage.setting.layout.overflow, join_rule="public")
        await self.opened(stage)
        await stage.says(FATIMA, dm, "Mijn baas leest mijn mail")
        said = await stage.says(FATIMA, dm, "Noord")
        assert any("baas" in words for words in to(COORDINATION, said))


async def test_an_eye_roll_stays_inside(stage: Stage, helped: str) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    for sign in ("🤦", "🙄", "✅", "👎"):
        assert not await stage.reacts(JORIS, TEAM, copy.event_id, sign)
    said = await stage.reacts(JORIS, TEAM, copy.event_id, "👍")
    assert to(TEAM, said) == ["👍 verstuurd"]
    mark = next(s.event_id for s in said if s.room == TEAM)
    assert mark in redacted(await stage.deletes(JORIS, TEAM, stage.last))


async def test_the_name_of_whoever_says_it(stage: Stage, helped: str) -> None:
    said = to(helped, await stage.reacts(JORIS, TEAM, await stage.card(), "✅"))
    assert said[0].startswith("Joris denkt dat vraag 1 is opgelost")
    assert "Dan gaat Sanne verder" in said[0]


async def test_who_left_is_asked_elsewhere(stage: Stage, helped: str) -> None:
    await stage.room(helped, size=1)
    await stage.join(helped, FATIMA, membership="leave")
    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    assert not to(helped, said)
    assert any("Klopt dat?" in s.body for s in said if s.room.startswith("!new-dm-fatima"))


async def test_alone_is_alone(stage: Stage, dm: str) -> None:
    """Somebody joined the direct chat: what is said to one person goes to another room."""
    await stage.says(FATIMA, dm, "Onze agenda is leeg")
    await stage.room(dm, size=3)
    await stage.join(dm, KWAME)
    said = await stage.says(SANNE, TEAM, f"!ticket {FATIMA} je wachtwoord is verlopen")
    assert not any("wachtwoord" in words for words in to(dm, said))


async def test_an_old_card(stage: Stage, asked: str) -> None:
    old = await stage.card()
    await stage.says(SANNE, TEAM, "!stadsdeel 1 West")
    assert (await stage.ticket()).team_room == WEST
    [no] = to(TEAM, await stage.reacts(JORIS, TEAM, old, "✋"))
    assert "Deze kaart geldt niet meer" in no


async def test_help_with_an_exclamation_mark(stage: Stage) -> None:
    await stage.join(HELP, KWAME)
    await stage.says(KWAME, HELP, "Hulp! Mijn printer print niet meer")
    assert (await stage.ticket()).question == "Mijn printer print niet meer"
    await stage.says(KWAME, HELP, "!vraag en de scanner ook niet")
    assert await count(stage) == 1


async def test_a_photo_that_was_not_for_us(stage: Stage) -> None:
    await stage.join(HELP, KWAME)
    await stage.sends(KWAME, HELP)
    photo = stage.last
    said = to(HELP, await stage.replies(KWAME, HELP, photo, "!hulp wat betekent dit?"))
    assert any("niet het bericht waarop je antwoordt" in words for words in said)


async def test_a_word_first_and_english_then(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Wifi")
    said = to(dm, await stage.says(FATIMA, dm, "Can you help me with our website please?"))
    assert any("part of the city" in words for words in said)


DUTCH, ENGLISH = "Schrijf in één bericht wat er is", "Write what is going on"


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("Hoi", {DUTCH}),
        ("Goedemorgen allemaal!", {DUTCH}),
        ("hello there 👋", {ENGLISH}),
        ("Team", {DUTCH, ENGLISH}),  # nobody knows yet what she speaks
    ],
)
async def test_a_greeting_is_no_question(stage: Stage, dm: str, words: str, answered: set[str]) -> None:
    [how] = to(dm, await stage.says(FATIMA, dm, words))
    assert {each for each in (DUTCH, ENGLISH) if each in how} == answered
    assert await count(stage) == 0
    await stage.says(FATIMA, dm, "Onze printer doet het niet meer")
    assert (await stage.ticket()).question == "Onze printer doet het niet meer"
    await stage.says(FATIMA, dm, "hoi")
    assert await count(stage) == 1


@pytest.mark.parametrize("words", ["Hallo, is daar iemand?", "hoi de wifi", "goedemorgen, 12 mensen"])
async def test_a_greeting_with_anything_more_is_one(stage: Stage, dm: str, words: str) -> None:
    await stage.says(FATIMA, dm, words)
    assert (await stage.ticket()).question == words


async def test_a_greeting_among_others_that_is_for_us(stage: Stage, own: str) -> None:
    said = to(own, await stage.says(FATIMA, own, "@helpdesk hoi", **{"m.mentions": {"user_ids": [BOT]}}))
    assert any("Beantwoorden" in words for words in said)
    assert await count(stage) == 0


async def test_what_i_asked_is_told_to_me(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    [line] = to(helped, await stage.says(FATIMA, helped, "!status"))
    assert "Sanne wacht op jouw antwoord" in line
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    [mine] = to(helped, await stage.says(FATIMA, helped, "!mijn"))
    assert "Schrijf ja of nee" in mine
    await stage.says(FATIMA, helped, "ja")
    assert to(helped, await stage.says(FATIMA, helped, "!mijn")) == ["Je hebt geen open vragen."]


async def test_a_list_leads_to_the_card(stage: Stage, helped: str) -> None:
    [listed] = [s for s in await stage.says(JORIS, TEAM, "!open") if s.room == TEAM]
    assert (await stage.card()) in listed.content["formatted_body"].replace("%24", "$")


async def test_a_stadsdeel_without_a_name(stage: Stage, helped: str) -> None:
    [which] = to(helped, await stage.says(FATIMA, helped, "!stadsdeel"))
    assert which.startswith("Welk stadsdeel?")


@pytest.mark.parametrize("text", ["foto volgt", "morgen vergadering"])
async def test_no_name_of_an_organisation(stage: Stage, dm: str, text: str) -> None:
    await stage.says(FATIMA, dm, "Onze agenda is leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, text)
    assert (await stage.ticket()).organisation_id is None
