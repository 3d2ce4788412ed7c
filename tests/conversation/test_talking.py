"""Inside and outside: what reaches the requester, and what never does."""

import pytest

from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Said, Stage, edits_in, to


def marks(said: list[Said]) -> list[str]:
    return [s.body for s in said if s.type == "m.reaction"]


async def test_a_reply_to_the_card_goes_out(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat de agenda aan?")
    assert to(helped, said) == ["Sanne (helpdesk):\n\nStaat de agenda aan?"]
    assert marks(said) == ["📨 verstuurd"]


async def test_a_reply_to_what_the_requester_wrote_goes_out(stage: Stage, helped: str) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "Ik zie niets") if s.room == TEAM]
    said = await stage.replies(
        SANNE, TEAM, copy.event_id, "Ook niet bij vorige maand?", thread=await stage.card()
    )
    assert "vorige maand" in to(helped, said)[0]
    assert to(TEAM, said) == ["📨 verstuurd"]  # it stands in the thread already


async def test_a_reply_outside_the_thread_is_repeated_in_it(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Staat de agenda aan?")
    [copy] = [s for s in said if s.room == TEAM and s.type == "m.room.message" and not s.edits]
    assert copy.refs["thread"] == await stage.card()


async def test_the_thread_itself_stays_inside(stage: Stage, helped: str) -> None:
    said = await stage.in_thread(JORIS, TEAM, await stage.card(), "Heeft zij betaald?")
    assert not to(helped, said)
    assert marks(said) == ["🔒 binnen"]


async def test_a_reply_to_a_note_stays_inside(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Heeft zij betaald?")
    said = await stage.replies(SANNE, TEAM, stage.last, "Geen idee", thread=await stage.card())
    assert not to(helped, said)
    assert marks(said) == ["🔒 binnen"]


async def test_a_reply_to_an_answer_of_a_colleague_stays_inside(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Staat de agenda aan?")
    assert not to(helped, await stage.replies(JORIS, TEAM, stage.last, "Dat weet zij toch niet"))


async def test_a_reply_to_the_bots_own_words_stays_inside(stage: Stage, asked: str) -> None:
    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    [claimed] = [s for s in said if s.room == TEAM and not s.edits]
    said = await stage.replies(JORIS, TEAM, claimed.event_id, "Fijn, ik kon niet", thread=await stage.card())
    assert not to(asked, said)
    assert marks(said) == ["🔒 binnen"]


async def test_a_reply_across_threads_stays_inside(stage: Stage, helped: str) -> None:
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    said = await stage.replies(SANNE, TEAM, await stage.card(1), "Deze eerst", thread=await stage.card(2))
    assert not to(helped, said)
    assert not to(HELP, said)


@pytest.mark.both_databases
async def test_the_command_answer_in_the_thread(stage: Stage, helped: str) -> None:
    said = await stage.in_thread(SANNE, TEAM, await stage.card(), "!antwoord Staat de agenda aan?")
    assert "Staat de agenda aan?" in to(helped, said)[0]


async def test_a_number_in_the_words_is_no_other_question(stage: Stage, helped: str) -> None:
    """'2' is also the number of Kwame's question: he must not get Fatima's answer."""
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    said = await stage.in_thread(
        SANNE, TEAM, await stage.card(1), "!antwoord 2 dingen: zet hem uit en weer aan"
    )
    assert "2 dingen" in to(helped, said)[0]
    assert not to(HELP, said)
    said = await stage.in_thread(SANNE, TEAM, await stage.card(1), "!antwoord 1 Lukt dat?")
    assert "1 Lukt" not in to(helped, said)[0]


async def test_the_command_answer_elsewhere_needs_the_number(stage: Stage, helped: str) -> None:
    said = await stage.says(SANNE, TEAM, "!antwoord 1 Staat de agenda aan?")
    assert "agenda aan" in to(helped, said)[0]
    assert any("Sanne antwoordde de vrager" in words for words in to(TEAM, said))
    said = await stage.says(SANNE, TEAM, "!antwoord Staat de agenda aan?")
    assert not to(helped, said)
    assert "Over welke vraag" in to(TEAM, said)[0]


async def test_from_the_helpers_own_direct_chat(stage: Stage, helped: str) -> None:
    own = await stage.direct(SANNE)
    said = await stage.says(SANNE, own, "!answer 1 Staat de agenda aan?")
    assert "agenda aan" in to(helped, said)[0]
    assert to(own, said) == ["📨 verstuurd"]
    assert any("agenda aan" in words for words in to(TEAM, said))
    assert "Over welke vraag" in to(own, await stage.says(SANNE, own, "!antwoord Staat de agenda aan?"))[0]


async def test_a_note_from_elsewhere_reaches_the_team_only(stage: Stage, helped: str) -> None:
    said = await stage.says(ELS, COORDINATION, "!notitie 1 Zij heeft recht op een voucher")
    assert not to(helped, said)
    assert any("voucher" in words and "alleen voor het team" in words for words in to(TEAM, said))


async def test_the_command_note_as_a_reply_to_the_card(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "!notitie Zij heeft recht op een voucher")
    assert not to(helped, said)
    assert "🔒 binnen" in marks(said)


async def test_nothing_to_send(stage: Stage, helped: str) -> None:
    assert "nog geen antwoord" in to(TEAM, await stage.says(SANNE, TEAM, "!antwoord 1"))[0]
    assert "geen tekst" in to(TEAM, await stage.says(SANNE, TEAM, "!notitie 1"))[0]


async def test_another_helper_may_answer_too(stage: Stage, helped: str) -> None:
    said = await stage.replies(JORIS, TEAM, await stage.card(), "Ik weet het toevallig")
    assert to(helped, said)[0].startswith("Joris (helpdesk)")
    assert (await stage.ticket()).assignee == SANNE


async def test_after_the_end_an_answer_is_refused_aloud(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Graag gedaan!")
    assert not to(helped, said)
    assert "afgesloten" in to(TEAM, said)[0]


async def test_colleagues_among_themselves(stage: Stage, helped: str) -> None:
    assert not await stage.says(JORIS, TEAM, "Wie is er vanavond bij de borrel?")
    assert not await stage.replies(SANNE, TEAM, stage.last, "Ik")


async def test_a_mention_without_a_question_in_the_team_room(stage: Stage, helped: str) -> None:
    [where] = to(TEAM, await stage.says(JORIS, TEAM, "@Helpdesk mijn eigen laptop is stuk"))
    assert "kamer voor helpers" in where
    assert "Er staat één vraag open" in to(TEAM, await stage.says(JORIS, TEAM, "@Helpdesk !open"))[0]


async def test_while_the_homeserver_takes_nothing(stage: Stage, dm: str) -> None:
    """All of it waits, points at each other, and goes out in the right order."""
    stage.offline = True
    await stage.says(FATIMA, dm, "Onze agnda is leeg")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(SANNE, TEAM, "!pak 1")
    await stage.edits(FATIMA, dm, question, "Onze agenda is leeg")
    await stage.says(FATIMA, dm, "wachtwoord: appeltaart")
    await stage.deletes(FATIMA, dm, stage.last)
    await stage.says(SANNE, TEAM, "!antwoord 1 Staat hij aan?")
    stage.offline = False
    said = await stage.settle()
    assert [words.partition(" ")[0] for words in to(dm, said)] == ["Je", "Dank", "Sanne", "Sanne"]
    card = await stage.card()
    assert next(s for s in said if s.room == TEAM).event_id == card
    [edit] = [s for s in said if s.edits == card]
    assert "Onze agenda is leeg" in edit.body
    [gone] = [s for s in said if s.kind == "redact"]
    assert gone.refs["about"] in {s.event_id for s in said if "appeltaart" in s.body}


async def test_hostile_words_stay_words(stage: Stage, helped: str) -> None:
    said = await stage.says(FATIMA, helped, "<b>@room</b> **let op** [klik](javascript:x) \x00\ud800")
    [copy] = [s for s in said if s.room == TEAM]
    assert "<b>" not in copy.content["formatted_body"]
    assert "javascript" not in str(copy.content["formatted_body"]).split("href")[-1] or "href" not in str(
        copy.content
    )
    assert copy.content["m.mentions"] == {}
    assert not await stage.failed()


async def test_in_english(stage: Stage) -> None:
    dm = await stage.direct(KWAME)
    [welcome] = to(dm, await stage.says(KWAME, dm, "Our shared calendar is empty since this morning"))
    assert "Your question has arrived" in welcome
    said = await stage.says(KWAME, dm, "Noord")
    assert "taal: Engels" in to(TEAM, said)[0]
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Is it on?")
    assert to(dm, said)[0] == "Sanne is helping you with question 1. Just write here: Sanne will read it."


async def test_the_language_follows_what_they_write_later(stage: Stage) -> None:
    dm = await stage.direct(KWAME)
    assert "vraag 1" in to(dm, await stage.says(KWAME, dm, "Nextcloud!!"))[0]
    await stage.says(KWAME, dm, "It says that my password is wrong but I did not change it")
    assert "Question 1 now goes" in to(dm, await stage.says(KWAME, dm, "Noord"))[0]


async def test_the_language_can_be_chosen(stage: Stage, helped: str) -> None:
    said = await stage.says(FATIMA, helped, "!taal engels")
    assert "speak English" in to(helped, said)[0]
    assert "taal: Engels" in edits_in(TEAM, said)[0]
    assert "(helpdesk)" in to(helped, await stage.replies(SANNE, TEAM, await stage.card(), "Hi"))[0]
    assert "thinks question 1" in to(helped, await stage.says(SANNE, TEAM, "!opgelost 1"))[0]
