"""What is told about a step with `!gedaan`: a choice, a few words, a file."""

from typing import Any

import pytest

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.actions.runs.digest import SOON
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.storage.models import Person, Room
from tests.conversation.runs.small import BAS, DM, NOOR, TARIK, TRAINERS, playbook, shelf, step, words
from tests.conversation.runs.walker import OWN, SANNE, Walker
from tests.conversation.stage import BOT, Said, Stage, redacted, to

TEAM = "!team-noord:test"
CHOICES = [
    {"value": "own", "label": {"nl": "Een eigen server", "en": "Our own server"}},
    {"value": "rented", "label": {"nl": "Bij een host", "en": "With a host"}},
]
TOLD: dict[str, dict[str, Any]] = {
    "number": {"type": "number", "ask": words("Hoeveel?")},
    "choice": {"type": "choice", "ask": words("Waar staat het?"), "choices": CHOICES, "key": "place"},
    "text": {"type": "text", "ask": words("Waar ligt de sleutel?")},
    "file": {"type": "file", "ask": words("Stuur de lijst")},
}


async def asked_for(stage: Stage, kind: str, *more: dict[str, Any], role: str = "initiative") -> Walker:
    """At a step about which something has to be told."""
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", evidence=TOLD[kind], role=role), *more])))
    await walker.set_up()
    await stage.join(TEAM, SANNE)
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    return walker


async def says(walker: Walker, text: str, who: str = NOOR) -> list[str]:
    """In the organisation's own room."""
    return to(walker.room, await walker.stage.says(who, walker.room, text, **named()))


def named() -> dict[str, Any]:
    return {"m.mentions": {"user_ids": [BOT]}}


async def kept(walker: Walker) -> str | None:
    row = await walker.row("one")
    assert (row.evidence is not None) is (row.state is Step.DONE)
    return row.evidence


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.204", "1204"),
        ("12,430 files", "12430"),
        ("1.204.000", "1204000"),
        ("ongeveer 45", "45"),
        ("007", "7"),
        ("het zijn er 1.204.", "1204"),
    ],
)
async def test_a_number_is_read_as_people_write_it(stage: Stage, text: str, number: str) -> None:
    walker = await asked_for(stage, "number")
    await walker.reply(await walker.turn(), text)
    assert await kept(walker) == number


@pytest.mark.parametrize("text", ["1.5", "0.500", "12,43", "1.204 of 1.206", "1.2.3", "1.204,50"])
async def test_what_may_be_another_number_completes_nothing(stage: Stage, text: str) -> None:
    walker = await asked_for(stage, "number")
    await walker.reply(await walker.turn(), text)
    assert await kept(walker) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("morgen om 10", "10"),
        ("ik kan pas 3 december", "3"),
        ("over 2 weken pas", "2"),
        ("not before 3 December", "3"),
        ("Nee, 3 ontbreken nog", "3"),
        ("stap 4", "4"),
        ("-5", "5"),
        ("10 %", "10"),
    ],
)
async def test_a_number_among_words_of_their_own_is_asked_about(stage: Stage, text: str, number: str) -> None:
    walker = await asked_for(stage, "number")
    turn = await walker.turn()
    [question] = to(OWN, await walker.reply(turn, text))
    assert f"Zal ik dit opschrijven?\n> {number}\n" in question
    assert await kept(walker) is None
    [confirm] = [one for one in await walker.open() if one.what is Ask.CONFIRM]
    await walker.reply(confirm, "nee")
    assert await kept(walker) is None
    await walker.reply(turn, text)
    [confirm] = [one for one in await walker.open() if one.what is Ask.CONFIRM]
    await walker.reply(confirm, "ja")
    assert await kept(walker) == number


async def test_a_number_that_was_part_of_a_question_goes_to_a_helper_with_all_of_it(stage: Stage) -> None:
    walker = await asked_for(stage, "number")
    await walker.reply(await walker.turn(), "hij staat op 3 bolletjes")
    [confirm] = [one for one in await walker.open() if one.what is Ask.CONFIRM]
    said = to(TEAM, await walker.reply(confirm, "hulp"))
    assert "hij staat op 3 bolletjes" in said[0]
    assert await kept(walker) is None


@pytest.mark.parametrize(
    "text", ["stap 4 lukt niet", "lukt niet, al 3 keer", "foutmelding 404", "step 4 does not work"]
)
async def test_a_number_in_trouble_is_a_question_for_a_helper(stage: Stage, text: str) -> None:
    walker = await asked_for(stage, "number")
    said = to(TEAM, await walker.reply(await walker.turn(), text))
    assert text in said[0]
    assert await kept(walker) is None


@pytest.mark.parametrize(
    ("text", "number"), [("412 bestanden, gedaan", "412"), ("zo'n 40 mensen", "40"), ("I counted 12", "12")]
)
async def test_usual_words_around_a_number_change_nothing(stage: Stage, text: str, number: str) -> None:
    walker = await asked_for(stage, "number")
    await walker.reply(await walker.turn(), text)
    assert await kept(walker) == number


async def test_what_was_asked_for_may_stand_beside_the_number(stage: Stage) -> None:
    told = {"type": "number", "ask": words("Hoeveel bijenkasten staan er?")}
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", evidence=told)])))
    await walker.set_up()
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    await walker.reply(await walker.turn(), "7 bijenkasten")
    assert await kept(walker) == "7"


@pytest.mark.parametrize("text", ["2", "rented", "Bij een host", "bij een HOST.", "with a host"])
async def test_a_choice_is_told_by_its_number_or_its_name_in_any_language(stage: Stage, text: str) -> None:
    walker = await asked_for(stage, "choice")
    assert "gedaan, nog niet nagekeken" in (await says(walker, f"!gedaan 1.1 {text}"))[-1]
    assert await kept(walker) == "rented"


@pytest.mark.parametrize("text", ["", " 3", " 0", " geen van beide", " Bij een host of zelf?", " 1 en 2"])
async def test_what_is_no_choice_completes_nothing(stage: Stage, text: str) -> None:
    walker = await asked_for(stage, "choice")
    said = await says(walker, f"!gedaan 1.1{text}")
    assert "Waar staat het? Kies uit: Een eigen server en Bij een host." in said[0]
    assert await kept(walker) is None


async def test_people_read_a_choice_as_it_is_called_in_their_language(stage: Stage) -> None:
    """Whoever looks, and whoever does a step that speaks of it."""
    after = step("two", needs=["one"], title={"nl": "Verhuis van {place}", "en": "Move from {place}"})
    walker = await asked_for(stage, "choice", after)
    async with stage.db.transaction() as session:
        (await session.get_one(Person, TARIK)).language = "en"
    said = await says(walker, "!gedaan 1.1 2")
    assert any("Verhuis van Bij een host" in text for text in said)
    [look] = to(DM, await stage.passes(SOON))
    assert "Told: With a host." in look


async def test_a_few_words_are_kept_as_they_are_written(stage: Stage) -> None:
    walker = await asked_for(stage, "text")
    assert "Zet een paar woorden erachter: Waar ligt de sleutel?" in (await says(walker, "!gedaan 1.1"))[0]
    assert await kept(walker) is None
    await says(walker, "!gedaan 1.1 In de kluis van het bestuur, map *Sleutels*")
    assert await kept(walker) == "In de kluis van het bestuur, map *Sleutels*"
    [look] = to(DM, await stage.passes(SOON))
    assert "In de kluis van het bestuur, map *Sleutels*" in look


async def test_a_long_story_is_kept_as_far_as_there_is_room(stage: Stage) -> None:
    walker = await asked_for(stage, "text")
    await says(walker, f"!gedaan 1.1 {'woord ' * 200}")
    assert await kept(walker) == ("woord " * 200)[:500]


async def test_a_file_is_sent_with_the_command_as_its_words(stage: Stage) -> None:
    walker = await asked_for(stage, "file")
    assert "Stuur het bestand" in (await says(walker, "!gedaan 1.1"))[0]
    assert await kept(walker) is None
    assert "gedaan, nog niet nagekeken" in to(OWN, await sends(walker, "!gedaan 1.1"))[-1]
    assert await kept(walker) == stage.last
    [look] = to(DM, await stage.passes(SOON))
    assert "Verteld: een bestand, in de chat van de organisatie." in look
    assert stage.last not in look


async def test_a_file_is_no_number(stage: Stage) -> None:
    walker = await asked_for(stage, "number")
    assert "!gedaan 1.1 12" in to(OWN, await sends(walker, "!gedaan 1.1 12"))[0]
    assert await kept(walker) is None


async def test_a_file_of_a_colleague_is_theirs(stage: Stage) -> None:
    walker = await asked_for(stage, "file")
    said = to(OWN, await sends(walker, "!gedaan 1.1", BAS))
    assert "Stap 1.1 is niet van jou." in said[0]
    assert await kept(walker) is None


async def test_who_did_it_over_need_not_tell_it_again(stage: Stage) -> None:
    walker = await asked_for(stage, "choice")
    await says(walker, "!gedaan 1.1 1")
    await stage.says(TARIK, TRAINERS, "!kloptniet 1.1 de server staat uit")
    await says(walker, "!gedaan 1.1")
    assert await kept(walker) == "own"
    await stage.says(TARIK, TRAINERS, "!kloptniet 1.1 het is toch een host")
    await says(walker, "!gedaan 1.1 2")
    assert await kept(walker) == "rented"


@pytest.mark.parametrize(("kind", "text"), [("choice", "our own server"), ("text", "Bij de voorzitter")])
async def test_a_technician_tells_it_from_the_team_room(stage: Stage, kind: str, text: str) -> None:
    walker = await asked_for(stage, kind, role="technician")
    [ticket] = await walker.tickets()
    await stage.reacts(SANNE, TEAM, await stage.card(ticket.id), "✋")
    said = to(TEAM, await stage.says(SANNE, TEAM, f"!opgelost {ticket.id}"))
    assert "!gedaan 1.1" in said[0]
    await stage.says(SANNE, TEAM, f"!gedaan 1.1 {text}")
    assert await kept(walker) == ("own" if kind == "choice" else text)


ENCRYPTED_FILE = {
    "url": "mxc://test/secret",
    "key": {"k": "s3cret", "alg": "A256CTR"},
    "iv": "iv",
    "hashes": {"sha256": "x"},
    "v": "v2",
}


async def at_the_step(walker: Walker) -> list[Said]:
    """As an answer in the thread of the step, in an encrypted room."""
    turn = await walker.turn()
    content = {"msgtype": "m.file", "body": "lijst.ods", "url": None, "file": ENCRYPTED_FILE}
    about = {"m.in_reply_to": {"event_id": f"$out{turn.dialog.asked}"}}
    return await walker.stage.sends(NOOR, walker.room, **content, **{"m.relates_to": about})


async def encrypt(stage: Stage, room: str) -> None:
    async with stage.db.transaction() as session:
        (await session.get_one(Room, room)).encrypted = True


@pytest.mark.both_databases
async def test_who_has_to_look_at_a_file_gets_it_and_nobody_else(stage: Stage) -> None:
    walker = await asked_for(stage, "file")
    await encrypt(stage, DM)
    said = await at_the_step(walker)
    files = [(one.room, one.content["file"]["url"]) for one in said if one.content.get("msgtype") == "m.file"]
    assert files == [(DM, "mxc://test/secret")]
    assert "stuurde dit bestand bij stap 1.1" in to(DM, said)[0]
    file = next(one for one in said if one.content.get("msgtype") == "m.file")
    said = await stage.deletes(NOOR, walker.room, stage.last)
    assert redacted(said) == [file.event_id]


async def test_what_was_encrypted_is_not_shown_in_the_open(stage: Stage) -> None:
    walker = await asked_for(stage, "file")
    said = await at_the_step(walker)
    assert not [one for one in said if one.content.get("msgtype") == "m.file"]
    [told] = to(DM, said)
    assert "niet versleuteld" in told
    assert await kept(walker) is not None


async def test_who_is_in_the_room_where_it_was_sent_does_not_get_it_twice(stage: Stage) -> None:
    look = {"check": words("Het staat er"), "by": "initiative"}
    books = shelf(playbook("een-ding", [step("one", evidence=TOLD["file"], role="trainer", verify=look)]))
    walker = Walker(stage, books)
    await walker.set_up()
    await encrypt(stage, DM)
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    turn = await walker.turn()
    content = {"msgtype": "m.file", "body": "lijst.ods", "url": None, "file": ENCRYPTED_FILE}
    about = {"m.in_reply_to": {"event_id": f"$out{turn.dialog.asked}"}}
    said = await stage.sends(TARIK, DM, **content, **{"m.relates_to": about})
    [file] = [one for one in said if one.content.get("msgtype") == "m.file"]
    assert (file.room, file.refs["thread"]) == (OWN, "$out1")


async def test_a_team_room_does_not_get_it(stage: Stage) -> None:
    look = {"check": words("Het staat er"), "by": "technician"}
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", evidence=TOLD["file"], verify=look)])))
    await walker.set_up()
    await stage.join(TEAM, SANNE)
    await encrypt(stage, TEAM)
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    said = await at_the_step(walker)
    assert not [one for one in said if one.content.get("msgtype") == "m.file"]
    assert any("Dat zet ik niet in deze kamer" in text for text in to(TEAM, said))


async def sends(walker: Walker, text: str, who: str = NOOR) -> list[Said]:
    """A file, with words under it."""
    return await walker.stage.sends(
        who, walker.room, msgtype="m.file", body=text, filename="lijst.ods", **named()
    )


async def test_nothing_to_tell_is_no_evidence(stage: Stage) -> None:
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", evidence={"type": "none"})])))
    await walker.set_up()
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    await says(walker, "gedaan")
    row = await walker.row("one")
    assert (row.state, row.evidence) == (Step.DONE, None)
