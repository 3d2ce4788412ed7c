"""A website that shows an error: asked in the public help room, with a photo, answered in the thread."""

from helpdesk_bot.demo.cast import WEST
from helpdesk_bot.demo.photo import error_page
from helpdesk_bot.demo.story.telling import Telling, card_of
from helpdesk_bot.demo.timeline import Message

TITLE = "a website that shows an error, with a photo"
SCENE = (
    "Kwame helps in a repair café in West. He walks into the public help room of West, where everybody can read "
    "along, and mentions the helpdesk. Meryem is a technician in West."
)
QUESTION = "onze website doet het niet meer en zaterdag is het repair café. Wie kan meekijken?"
CAPTION = "Dit zie ik op mijn scherm"
ORGANISATION = "Repair Café De Baarsjes"
NOTE = "Notitie voor ons: dit is dezelfde hostingpartij als vorige maand, de factuur was toen niet betaald."
ANSWER = (
    "Dag Kwame, dank voor de foto. De database van jullie website stond uit. Ik heb hem bij de hoster weer "
    "aangezet. Wil je de pagina verversen?"
)
DONE = "Hij doet het weer, wat fijn. Dan kunnen de mensen zich weer aanmelden."


async def tell(telling: Telling) -> None:
    team, bot = telling.stage.rooms[WEST], telling.stage.bot_id
    room = telling.stage.rooms["hulp-west"]
    telling.witness.rooms |= {team: "team room West", room: "help room West (public)"}
    kwame, meryem = telling.person("Kwame"), telling.person("Meryem")
    if room not in kwame.rooms:
        await kwame.join(f"#hulp-west:{telling.stage.synapse.server_name}")

    asked = await telling.says("Kwame", room, f"{bot}: {QUESTION}", mentions=[bot])
    telling.must_arrive("Kwame", QUESTION, team, "Meryem", "Daan")
    welcome = await telling.sees(
        "Kwame",
        room,
        lambda m: m.thread == asked and "nummer" in m.body,
        "a number, in the thread of his question",
    )
    number = telling.number_in(welcome)
    card = await telling.sees("Meryem", team, card_of(number), "the card of the question in the team room")
    if not telling.stage.again:
        await telling.says("Kwame", room, ORGANISATION, thread=asked)
        await telling.sees("Kwame", room, ORGANISATION, "that the organisation is noted")

    photo = error_page()
    sent = await telling.sends_photo("Kwame", room, photo, CAPTION, asked)
    telling.must_arrive("Kwame", CAPTION, team, "Meryem", "Daan")
    await telling.sees_mark(
        "Kwame", room, sent, f"vraag {number}", "the words at his photo that say where it belongs"
    )
    await telling.sees(
        "Meryem", team, CAPTION, "what Kwame wrote with the photo, in the thread of the question"
    )
    copy = await telling.sees("Meryem", team, _is_photo, "the photo itself")
    telling.expectations.holds(
        "Meryem's client opens the photo, and it is the one that Kwame sent",
        "" if await meryem.download(copy) == photo else "it is another file",
    )

    await telling.notice("Meryem claims with words this time. Each act works both ways.")
    await telling.says("Meryem", team, f"!pak {number}")
    await telling.sees("Kwame", room, "Meryem helpt je", "who helps him, by name")
    note = await telling.says("Meryem", team, NOTE, thread=card.event_id)
    telling.secrets.append(NOTE)
    await telling.sees_mark("Meryem", team, note, "binnen", "the words at her note that say it stayed inside")

    await telling.notice("Meryem replies to the photo. A reply to what the requester wrote goes to him.")
    await telling.says("Meryem", team, ANSWER, thread=card.event_id, reply_to=copy.event_id)
    telling.must_arrive("Meryem", ANSWER, room, "Kwame")
    await telling.sees(
        "Kwame",
        room,
        lambda m: m.thread == asked and "stond uit" in m.body,
        "the answer, in the thread of his question",
    )
    await telling.says("Kwame", room, DONE, thread=asked)
    telling.must_arrive("Kwame", DONE, team, "Meryem", "Daan")
    await telling.sees("Meryem", team, "doet het weer", "that it works again")

    await telling.says("Meryem", team, f"!opgelost {number}")
    solved = await telling.sees("Kwame", room, "Klopt dat", "the question whether it is solved")
    await telling.reacts("Kwame", room, solved.event_id, "👍")
    await telling.sees("Kwame", room, f"[Vv]raag {number} is klaar", "that the question is closed")
    await telling.says("Kwame", room, "5", thread=asked)
    await telling.sees("Meryem", team, r"een 5 van de 5", "that Kwame gives the help a 5 out of 5")


def _is_photo(message: Message) -> bool:
    return message.msgtype == "m.image"
