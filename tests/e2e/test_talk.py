"""People with real clients, a real homeserver, and the helpdesk as its own process."""

import asyncio
from pathlib import Path

from helpdesk_bot.demo.api import path
from helpdesk_bot.demo.media import picture
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from tests.conftest import NewAccount, NewPerson
from tests.e2e.conftest import Noord
from tests.e2e.world import World

PATIENCE = 20


async def test_an_encrypted_question_is_answered_by_a_person(noord: Noord, new_person: NewPerson) -> None:
    fatima = await new_person("fatima")
    dm = await fatima.create_dm(noord.bot)
    await fatima.send(dm, "Onze ledenlijst staat op een Drive en iedereen met de link kan erbij")
    welcome = await fatima.wait_for(dm, "stadsdeel", within=PATIENCE)
    assert welcome.encrypted

    await fatima.send(dm, "Noord")
    card = await noord.sanne.wait_for(noord.team, "ledenlijst", within=PATIENCE)
    assert card.encrypted

    await asyncio.gather(
        noord.sanne.react(noord.team, card.event_id, "✋"), noord.joris.react(noord.team, card.event_id, "✋")
    )
    told = await fatima.wait_for(dm, "helpt je met vraag", within=PATIENCE)
    winner, other = (noord.sanne, noord.joris) if "Sanne" in told.body else (noord.joris, noord.sanne)
    await other.wait_for(
        noord.team, "al opgepakt|al van|was je voor|heeft vraag", within=PATIENCE, sender=noord.bot
    )

    note = await other.send(noord.team, "Volgens mij is dit een datalek", thread=card.event_id)
    await other.wait_for_reaction(noord.team, note, "🔒 binnen", within=PATIENCE)
    answer = await winner.send(noord.team, "Zet het delen met een link uit", reply_to=card.event_id)
    await fatima.wait_for(dm, "Zet het delen met een link uit", within=PATIENCE)
    await winner.until(
        lambda: any("verstuurd" in r.key for r in winner.reactions(noord.team, answer)), "the mark", PATIENCE
    )
    await winner.edit(noord.team, answer, "Zet het delen met een link nu uit")
    await fatima.until(
        lambda: any("link nu uit" in m.body for m in fatima.read(dm)), "the correction", PATIENCE
    )

    more = await fatima.send(dm, "Dat is gelukt, kijk maar")
    await fatima.send_image(dm, picture(), "scherm.png")
    photo = await noord.sanne.wait_for(noord.team, lambda m: m.msgtype == "m.image", within=PATIENCE)
    assert await noord.sanne.download(photo) == picture()
    relayed = await noord.sanne.wait_for(noord.team, "Dat is gelukt", within=PATIENCE)
    await fatima.redact(dm, more)
    await noord.sanne.until(
        lambda: noord.sanne.message(noord.team, relayed.event_id).redacted, "the deletion", PATIENCE
    )

    await winner.react(noord.team, card.event_id, "✅")
    asked = await fatima.wait_for(dm, "denkt dat vraag", within=PATIENCE, sender=noord.bot)
    await fatima.react(dm, asked.event_id, "👍")
    await fatima.wait_for(dm, "cijfer", within=PATIENCE)
    await fatima.send(dm, "Dankjewel!")
    await winner.wait_for(noord.team, "Dankjewel!", within=PATIENCE)
    assert not any("datalek" in m.body for m in fatima.read(dm))


async def test_a_help_room_with_a_thread_and_a_photo(noord: Noord, new_person: NewPerson) -> None:
    room = noord.world.room("noord.help")
    kees = await new_person("kees", encrypts=False)
    await kees.join(room)
    question = await kees.send(room, "!hulp onze website is weg")
    told = await kees.wait_for(room, "vraag|nummer", within=PATIENCE, sender=noord.bot)
    assert told.thread == question
    card = await noord.sanne.wait_for(noord.team, "website is weg", within=PATIENCE)
    await kees.send_image(room, picture(), "fout.png", thread=question)
    await noord.sanne.wait_for(noord.team, lambda m: m.msgtype == "m.image", within=PATIENCE)
    await noord.joris.send(noord.team, "!pak 1", thread=card.event_id)
    await noord.joris.send(noord.team, "De domeinnaam is verlopen", reply_to=card.event_id)
    answer = await kees.wait_for(room, "domeinnaam is verlopen", within=PATIENCE)
    assert answer.thread == question
    assert not answer.encrypted


async def test_killed_in_the_middle_it_goes_on_as_if_nothing_happened(
    noord: Noord, new_person: NewPerson
) -> None:
    fatima = await new_person("fatima")
    dm = await fatima.create_dm(noord.bot)
    await fatima.send(dm, "Mijn mail doet het niet, wij zitten in Noord")
    await fatima.wait_for(dm, "stadsdeel", within=PATIENCE)
    await noord.world.bot.kill()
    await fatima.send(dm, "noord")
    await fatima.send(dm, "en de agenda ook niet")
    await noord.world.bot.start()
    await noord.sanne.wait_for(noord.team, "Mijn mail doet het niet", within=PATIENCE)
    await noord.sanne.wait_for(noord.team, "en de agenda ook niet", within=PATIENCE)
    cards = [m for m in noord.sanne.read(noord.team) if "Vraag 1" in m.body and "prioriteit" in m.body]
    assert len(cards) == 1


async def test_who_asks_to_verify_gets_an_answer(noord: Noord, new_person: NewPerson) -> None:
    fatima = await new_person("fatima")
    dm = await fatima.create_dm(noord.bot)
    await fatima.send(dm, "Hallo, is daar iemand?")
    await fatima.wait_for(dm, "stadsdeel", within=PATIENCE)
    asked = await fatima.send_event(
        dm,
        "m.room.message",
        {
            "msgtype": "m.key.verification.request",
            "body": "verify",
            "from_device": "X",
            "methods": ["m.sas.v1"],
            "to": noord.bot,
        },
    )
    await fatima.wait_for(dm, "kan geen", within=PATIENCE)
    await fatima.until(
        lambda: any(
            e.type == "m.key.verification.cancel" and e.relation.get("event_id") == asked
            for e in fatima.events(dm)
        ),
        "the cancellation",
        PATIENCE,
    )


async def asks_in_own_room(noord: Noord, person: Person, subject: str, *, public: bool = False) -> str:
    """An organisation's room with the bot, in which this person has asked something; and the card is there."""
    room = await person.create_room(name="Buurtwarmte", invite=[noord.bot], public=public)
    await person.until(lambda: noord.bot in person.room(room).members("join"), "the bot", PATIENCE)
    await person.send(room, f"{noord.bot} {subject}", mentions=[noord.bot])
    await person.wait_for(room, "stadsdeel", within=PATIENCE)
    await person.send(room, "!stadsdeel noord")
    await noord.sanne.wait_for(noord.team, subject, within=PATIENCE)
    return room


async def answers(noord: Noord, subject: str, words: str) -> None:
    card = await noord.sanne.wait_for(noord.team, lambda m: subject in m.body and "Vraag" in m.body)
    await noord.sanne.send(noord.team, words, reply_to=card.event_id)


async def test_a_public_room_is_followed_without_an_invitation(noord: Noord, new_person: NewPerson) -> None:
    els = await new_person("els", encrypts=False)
    room = await asks_in_own_room(noord, els, "de printer print niet", public=True)
    answer = await els.api.call("POST", path("rooms", room, "upgrade"), json={"new_version": "11"})
    new = answer["replacement_room"]
    await els.until(lambda: noord.bot in els.room(new).members("join"), "the bot in the new room", PATIENCE)
    await answers(noord, "printer print", "Zet hem eens uit en aan")
    await els.wait_for(new, "uit en aan", within=PATIENCE)
    await els.send(new, "!hulp nog iets over de printer")
    await noord.sanne.wait_for(noord.team, "nog iets over", within=PATIENCE)


async def test_a_tombstone_leads_nowhere_that_does_not_agree(noord: Noord, new_person: NewPerson) -> None:
    """Whoever has power in their own room can point at any other."""
    mallory, els = await new_person("mallory", encrypts=False), await new_person("els", encrypts=False)
    theirs = await els.create_room(name="Van anderen", public=True)
    room = await asks_in_own_room(noord, mallory, "mijn scherm is zwart")
    for target in (noord.team, theirs):
        await mallory.api.call(
            "PUT",
            path("rooms", room, "state", "m.room.tombstone", ""),
            json={"body": "weg", "replacement_room": target},
        )
    await els.until(lambda: noord.bot in els.room(theirs).members("leave"), "the bot gone again", PATIENCE)
    await answers(noord, "scherm is zwart", "Draai aan het knopje")
    await mallory.wait_for(room, "Draai aan het knopje", within=PATIENCE)
    assert not els.read(theirs)
    assert not [m for m in noord.sanne.read(noord.world.room("coordination")) if theirs in m.body]


async def test_a_team_room_that_was_upgraded_is_put_in_the_configuration_by_init(
    noord: Noord, new_person: NewPerson
) -> None:
    sanne, old = noord.sanne, noord.team
    kees = await new_person("kees", encrypts=False)
    help_room = noord.world.room("noord.help")
    await kees.join(help_room)
    await kees.send(help_room, "!hulp de agenda is leeg")
    await sanne.wait_for(old, "agenda is leeg", within=PATIENCE)
    answer = await sanne.api.call("POST", path("rooms", old, "upgrade"), json={"new_version": "11"})
    new = answer["replacement_room"]
    await sanne.invite(new, noord.bot)
    told = await sanne.wait_for(noord.world.room("coordination"), "gaat verder in", within=PATIENCE)
    assert "helpdesk init" in told.body
    assert new in told.body
    await sanne.until(lambda: noord.bot in sanne.room(new).members("join"), "the bot", PATIENCE)
    await noord.world.bot.stop()
    _, said = await noord.world.helpdesk("init", "--yes")
    assert noord.world.room("noord.team") == new, said
    await noord.world.bot.start()
    await sanne.wait_for(new, "agenda is leeg", within=PATIENCE)


async def test_a_room_upgrade_is_followed(noord: Noord, new_person: NewPerson) -> None:
    els = await new_person("els")
    room = await els.create_room(name="Buurtwarmte", invite=[noord.bot])
    await els.until(lambda: noord.bot in els.room(room).members("join"), "the bot", PATIENCE)
    question = await els.send(room, f"{noord.bot} hoe maken we een gedeelde agenda?", mentions=[noord.bot])
    await els.wait_for(room, "stadsdeel", within=PATIENCE)
    assert question
    answer = await els.api.call("POST", path("rooms", room, "upgrade"), json={"new_version": "11"})
    new = answer["replacement_room"]
    await els.invite(new, noord.bot)
    await els.until(lambda: noord.bot in els.room(new).members("join"), "the bot in the new room", PATIENCE)
    await els.send(new, "!stadsdeel noord")
    card = await noord.sanne.wait_for(noord.team, "gedeelde agenda", within=PATIENCE)
    await noord.sanne.send(noord.team, "Met Nextcloud", reply_to=card.event_id)
    await els.wait_for(new, "Met Nextcloud", within=PATIENCE)


async def test_a_question_between_set_up_and_first_start_is_not_lost(
    synapse: Synapse, new_account: NewAccount, new_person: NewPerson, tmp_path: Path
) -> None:
    account = await new_account("hulp")
    kees = await new_person("kees", encrypts=False)
    world = await World.make(synapse, account, tmp_path)
    room = world.room("noord.help")
    await kees.join(room)
    await kees.send(room, "!hulp is hier al iemand?")
    await world.bot.start()
    await kees.wait_for(room, "vraag|nummer", within=PATIENCE, sender=account.user_id)
    await world.bot.stop()
