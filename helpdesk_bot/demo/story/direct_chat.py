"""A member list that anyone with the link can open: asked in an encrypted direct chat, two people claim at once."""

import asyncio

from helpdesk_bot.demo.cast import NOORD
from helpdesk_bot.demo.story.telling import Telling, card_of, chat_of

TITLE = "a member list that anyone with the link can open"
SCENE = (
    "Fatima is the secretary of an energy cooperative in Noord. She writes to the helpdesk in an end-to-end "
    "encrypted direct chat, as to anybody else. Sanne and Joris are volunteers in Noord; they have a team room."
)
QUESTION = (
    "Hallo, de ledenlijst van onze energiecoöperatie staat op een Drive. Nu blijkt dat iedereen met de link "
    "erbij kan, ook mensen van buiten. Wat moeten we doen?"
)
ORGANISATION = "Buurtwarmte Noord"
NOTE = "Even intern: volgens mij is dit een datalek. Ik bel de wijkjurist voordat we daar iets over zeggen."
ANSWER = (
    "Dag Fatima, goed dat je het meldt. Klik op Delen, kies bij Algemene toegang voor ‘Beperkt’, en geef daarna "
    "alleen je bestuur toegang met hun eigen adres. Lukt dat?"
)
DONE = "Ja, dat is gelukt: de link werkt niet meer voor anderen."


async def tell(telling: Telling) -> None:
    team = telling.stage.rooms[NOORD]
    telling.witness.rooms[team] = "team room Noord"
    room = await chat_of(telling, "Fatima")

    await telling.says("Fatima", room, QUESTION)
    telling.must_arrive("Fatima", QUESTION, team, "Sanne", "Joris")
    if telling.stage.again:
        welcome = await telling.sees(
            "Fatima",
            room,
            r"nummer \d+",
            "the helpdesk tells the number, and asks nothing: it remembers Noord",
        )
        number = telling.number_in(welcome)
    else:
        welcome = await telling.sees(
            "Fatima", room, r"vraag \d+(.|\n)*stadsdeel", "a number at once, and the question which stadsdeel"
        )
        number = telling.number_in(welcome)
        await telling.says("Fatima", room, "Noord")
        await telling.sees("Fatima", room, "organisatie", "one more question: which organisation")
    card = await telling.sees("Sanne", team, card_of(number), "the card of the question in the team room")
    await telling.sees("Joris", team, card_of(number), "the same card")
    if not telling.stage.again:
        await telling.says("Fatima", room, ORGANISATION)
        await telling.sees("Fatima", room, ORGANISATION, "that the organisation is noted")
        await telling.sees(
            "Sanne",
            team,
            lambda m: m.event_id == card.event_id and ORGANISATION in m.body,
            "the card changes",
        )

    await telling.notice("Sanne and Joris put a hand at the card at the same moment. Exactly one may win.")
    winner, other = await _claimed(telling, team, card.event_id, number)
    await telling.sees("Fatima", room, f"{winner} helpt je", f"who helps her, by name: {winner}")

    await telling.notice(
        f"{other} writes in the question's thread without replying to anything: that is a note."
    )
    note = await telling.says(other, team, NOTE, thread=card.event_id)
    telling.secrets.append(NOTE)
    await telling.sees_mark(other, team, note, "binnen", "the words at the note that say it stayed inside")

    await telling.notice(f"{winner} replies to the card: that goes to Fatima.")
    answer = await telling.says(winner, team, ANSWER, thread=card.event_id, reply_to=card.event_id)
    telling.must_arrive(winner, ANSWER, room, "Fatima")
    await telling.sees("Fatima", room, "Algemene toegang", f"the answer of {winner}")
    await telling.sees_mark(winner, team, answer, "verstuurd", "the words at the answer that say it was sent")

    await telling.says("Fatima", room, DONE)
    telling.must_arrive("Fatima", DONE, team, "Sanne", "Joris")
    await telling.sees(winner, team, "de link werkt niet meer", "what Fatima wrote, in the question's thread")

    await telling.reacts(winner, team, card.event_id, "✅")
    await telling.sees("Fatima", room, "Klopt dat", "the question whether it is solved")
    await telling.says("Fatima", room, "ja")
    await telling.sees("Fatima", room, f"[Vv]raag {number} is klaar", "that the question is closed")
    thanks = f"Heel erg bedankt {winner}!"
    await telling.says("Fatima", room, thanks)
    telling.must_arrive("Fatima", thanks, team, "Sanne", "Joris")
    await telling.sees(
        winner, team, lambda m: thanks in m.body and winner in m.body, "Fatima's thanks, in her own words"
    )
    await telling.sees(
        other,
        team,
        lambda m: m.event_id == card.event_id and "afgesloten" in m.body,
        "the card says it is closed",
    )


async def _claimed(telling: Telling, team: str, card: str, number: int) -> tuple[str, str]:
    """Who won, and who did not."""
    telling.moment()
    hands = await asyncio.gather(
        *(telling.person(name).react(team, card, "✋") for name in ("Sanne", "Joris"))
    )
    await asyncio.gather(*(telling.witness.shown(hand) for hand in hands))
    won = await telling.sees("Sanne", team, rf"pakt vraag {number} op", "who takes the question")
    winner = "Sanne" if "Sanne" in won.body else "Joris"
    other = "Joris" if winner == "Sanne" else "Sanne"
    await telling.sees(other, team, f"al van {winner}", f"that {winner} was first, with thanks for the offer")
    await telling.sees(
        other,
        team,
        lambda m: m.event_id == card and f"{winner} helpt" in m.body,
        f"the card names one helper: {winner}",
    )
    claims = [m for m in telling.since_act(other, team) if f"pakt vraag {number} op" in m.body]
    telling.expectations.holds(
        "exactly one of the two has won", "" if len(claims) == 1 else f"{len(claims)} claims were announced"
    )
    return winner, other
