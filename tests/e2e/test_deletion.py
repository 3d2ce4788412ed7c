"""What a requester deletes can't be read any more by anybody, and the conversation goes on."""

from helpdesk_bot.demo.api import path
from tests.conftest import NewPerson
from tests.e2e.conftest import Noord

PATIENCE = 20
SECRET = "appeltaart"


async def test_a_deleted_question_is_gone_from_the_card_and_its_history(
    noord: Noord, new_person: NewPerson
) -> None:
    fatima = await new_person("fatima")
    dm = await fatima.create_dm(noord.bot)
    question = await fatima.send(dm, f"Mijn wachtwoord is {SECRET}")
    await fatima.wait_for(dm, "stadsdeel", within=PATIENCE)
    await fatima.send(dm, "Noord")
    card = await noord.sanne.wait_for(noord.team, SECRET, within=PATIENCE)
    await noord.sanne.send(noord.team, "!prioriteit 1 hoog", thread=card.event_id)
    await noord.sanne.until(
        lambda: len(noord.sanne.message(noord.team, card.event_id).edits) > 0, "the correction", PATIENCE
    )
    told = {e.id for e in noord.sanne.events(noord.team) if SECRET in str(e.content)}
    assert len(told) >= 2

    await fatima.redact(dm, question)
    fresh = await noord.sanne.wait_for(noord.team, "dit bericht is verwijderd", within=PATIENCE)
    await noord.sanne.until(
        lambda: told <= {e.redacts for e in noord.sanne.events(noord.team)}, "the deletions", PATIENCE
    )
    for event_id in told:  # as the homeserver gives it to anybody who asks for it, now and later
        event = await noord.joris.api.call("GET", path("rooms", noord.team, "event", event_id))
        assert event["content"] == {}
    await noord.sanne.send(noord.team, "Kies een nieuw wachtwoord", reply_to=fresh.event_id)
    await fatima.wait_for(dm, "Kies een nieuw wachtwoord", within=PATIENCE)
    note = await noord.joris.send(noord.team, "Ik keek mee", thread=card.event_id)
    await noord.joris.wait_for_reaction(noord.team, note, "🔒 binnen", within=PATIENCE)
