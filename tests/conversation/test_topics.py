"""What a question is about: guessed, shown, and put right by whoever knows better."""

import pytest

from helpdesk_bot.actions.context import Setting
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import CONFIG, LAYOUT, TEXTS, Stage, edits_in, to


async def asks(stage: Stage, question: str, user: str = FATIMA) -> str:
    """The words of the card that follows."""
    said = await stage.says(user, HELP, f"!hulp {question}")
    return next(words for words in to(TEAM, said) if words.startswith("Vraag"))


class TestGuess:
    @pytest.mark.parametrize(
        ("question", "theme"),
        [
            ("Mijn printer drukt niets meer af", "computers, telefoons en printers"),
            ("onze nieuwsbrief komt in de spam", "mail"),
            ("I forgot my pasword", "account en inloggen"),
            ("Wij willen van Google Drive naar Nextcloud", "overstappen naar andere programma’s"),
            ("Kunnen jullie ons bellen?", "nog onbekend"),
            ("🌻", "nog onbekend"),
            ("Hoi, mag ik wat vragen?", "nog onbekend"),
            ("Mag je hier ook bellen?", "nog onbekend"),
            ("Fijn dat ik met iemand praat", "nog onbekend"),
            ("Can I get support here?", "nog onbekend"),
        ],
    )
    async def test_on_the_card(self, stage: Stage, question: str, theme: str) -> None:
        assert f"thema: {theme} ·" in await asks(stage, question)

    async def test_from_what_is_written_later(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "!stadsdeel Noord")
        await stage.says(FATIMA, dm, "Goedemorgen, het doet het niet")
        assert (await stage.ticket()).topic is None
        said = await stage.says(FATIMA, dm, "de printer bedoel ik")
        assert "thema: computers" in edits_in(TEAM, said)[0]
        await stage.says(FATIMA, dm, "en de nieuwsbrief wil ik ook nog versturen")
        assert (await stage.ticket()).topic == "devices"

    async def test_from_a_photo_nothing(self, stage: Stage) -> None:
        await stage.sends(FATIMA, HELP, body="!hulp", filename="foto.jpg")
        assert (await stage.ticket()).topic is None

    async def test_of_a_corrected_question(self, stage: Stage) -> None:
        await stage.says(FATIMA, HELP, "!hulp de laptop start niet op")
        said = await stage.edits(FATIMA, HELP, stage.last, "!hulp de nieuwsbrief komt niet aan")
        assert "thema: mail" in edits_in(TEAM, said)[0]
        await stage.says(SANNE, TEAM, "!thema 1 website")
        await stage.edits(FATIMA, HELP, (await stage.ticket()).root_event or "", "!hulp de wifi valt uit")
        assert (await stage.ticket()).topic == "website"

    async def test_when_the_question_is_deleted_it_stays(self, stage: Stage) -> None:
        await stage.says(FATIMA, HELP, "!hulp de laptop start niet op")
        await stage.deletes(FATIMA, HELP, stage.last)
        assert (await stage.ticket()).topic == "devices"

    async def test_of_a_helpdesk_of_its_own(self, stage: Stage) -> None:
        own = [
            {
                "id": "energy",
                "name": {"nl": "energie", "en": "energy"},
                "words": ["zonnepaneel", "warmtepomp*"],
            },
            {"id": "members", "words": ["ledenpas"]},
        ]
        config = CONFIG.model_validate({**CONFIG.model_dump(), "topics": own})
        stage.worker._setting = Setting(config, LAYOUT, TEXTS)
        assert "thema: energie" in await asks(stage, "De warmtepompen staan stil")
        assert "thema: leden en geld" in await asks(stage, "Mijn ledenpas is weg", KWAME)
        [choices] = to(TEAM, await stage.says(SANNE, TEAM, "!thema 1"))
        assert "energie" in choices
        assert "zonne-energie" not in choices


class TestPutRight:
    async def test_by_the_team(self, stage: Stage, asked: str) -> None:
        said = await stage.says(SANNE, TEAM, "!thema 1 website")
        assert "gaat nu over: website" in to(TEAM, said)[0]
        assert "thema: website" in edits_in(TEAM, said)[0]
        assert not to(asked, said)
        ticket = await stage.ticket()
        assert ticket.topic_said

    @pytest.mark.parametrize(
        ("words", "topic"),
        [
            ("leden", "members"),
            ("Leden en geld", "members"),
            ("members and money", "members"),
            ("agenda", "calendar"),
            ("safety", "safety"),
            ("printer", "devices"),
            ("wachtwoorden", "access"),
            ("beveiliging", "safety"),
            ("iets anders", "other"),
        ],
    )
    async def test_in_any_words(self, stage: Stage, asked: str, words: str, topic: str) -> None:
        await stage.in_thread(SANNE, TEAM, await stage.card(), f"!thema {words}")
        assert (await stage.ticket()).topic == topic

    async def test_nobody_knows_a_lot_about_something_else(self, stage: Stage, asked: str) -> None:
        said = await stage.says(SANNE, TEAM, "!thema 1 iets anders")
        assert "iets anders dan de bekende thema's" in to(TEAM, said)[0]

    @pytest.mark.parametrize("words", ["blauwe bananen", "12", "mail en agenda en printer"])
    async def test_not_in_words_that_say_nothing(self, stage: Stage, asked: str, words: str) -> None:
        before = (await stage.ticket()).topic
        [choose] = to(TEAM, await stage.says(SANNE, TEAM, f"!thema 1 {words}"))
        assert "dat thema ken ik niet" in choose.lower()
        assert "- leden en geld" in choose
        assert (await stage.ticket()).topic == before

    async def test_what_it_is_now(self, stage: Stage, asked: str) -> None:
        [guessed] = to(TEAM, await stage.says(SANNE, TEAM, "!thema 1"))
        assert "Ik denk dat vraag 1 gaat over: agenda" in guessed
        await stage.says(SANNE, TEAM, "!thema 1 mail")
        [said] = to(TEAM, await stage.says(SANNE, TEAM, "!thema 1"))
        assert "Vraag 1 gaat over: mail" in said

    async def test_nothing_is_known_yet(self, stage: Stage) -> None:
        await asks(stage, "Kunnen jullie ons bellen?")
        assert "weet nog niet" in to(TEAM, await stage.says(SANNE, TEAM, "!thema 1"))[0]

    async def test_by_the_requester(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!topic website")
        assert "website" in to(asked, said)[0]
        assert "thema: website" in edits_in(TEAM, said)[0]

    @pytest.mark.parametrize(
        "words",
        ["Het gaat over de website", "nee, het gaat eigenlijk over onze website!", "it's about our website"],
    )
    async def test_by_the_requester_in_plain_words(self, stage: Stage, asked: str, words: str) -> None:
        said = await stage.says(FATIMA, asked, words)
        assert "thema: website" in edits_in(TEAM, said)[0]
        assert any("website" in heard for heard in to(TEAM, said))  # a person reads it too
        await stage.says(FATIMA, asked, "En mijn printer is ook kapot, die print niks")
        assert (await stage.ticket()).topic == "website"

    async def test_by_a_helper_in_a_note(self, stage: Stage, asked: str) -> None:
        said = await stage.in_thread(
            SANNE, TEAM, await stage.card(), "Volgens mij: dit gaat over hun website"
        )
        assert any("gaat nu over: website" in words for words in to(TEAM, said))
        assert "thema: website" in edits_in(TEAM, said)[0]
        assert not to(asked, said)
        await stage.in_thread(SANNE, TEAM, await stage.card(), "De printer is het niet")
        assert (await stage.ticket()).topic == "website"

    @pytest.mark.parametrize(
        "words",
        [
            "Gaat het over de website?",
            "Ik sprak Piet en die vertelde een lang verhaal en het gaat over de website van zijn neef geloof ik",
            "Het gaat over drie weken beginnen",
        ],
    )
    async def test_other_words_change_nothing(self, stage: Stage, asked: str, words: str) -> None:
        await stage.says(FATIMA, asked, words)
        assert (await stage.ticket()).topic == "calendar"

    async def test_not_by_a_stranger(self, stage: Stage) -> None:
        await asks(stage, "mijn printer is stuk")
        for who, room in ((KWAME, HELP), (WIM, WEST)):
            await stage.says(who, room, "!thema 1 website")
            assert (await stage.ticket()).topic == "devices"

    async def test_by_a_coordinator(self, stage: Stage, asked: str) -> None:
        await stage.says(ELS, COORDINATION, "!thema 1 website")
        assert (await stage.ticket()).topic == "website"

    async def test_two_people_at_once(self, stage: Stage, asked: str) -> None:
        """The last word counts, and both hear what it is."""
        first = await stage.says(SANNE, TEAM, "!thema 1 website")
        second = await stage.says(JORIS, TEAM, "!thema 1 mail")
        assert "website" in to(TEAM, first)[0]
        assert "mail" in to(TEAM, second)[0]
        assert (await stage.ticket()).topic == "mail"

    async def test_of_the_open_ones(self, stage: Stage, asked: str) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        for words, topic in (("printer", "computers"), ("devices", "computers")):
            [shown] = to(TEAM, await stage.says(SANNE, TEAM, f"!open {words}"))
            assert f"één vraag open over {topic}" in shown
            assert "vraag 2" in shown
            assert "vraag 1" not in shown
        assert "geen vragen open over mail" in to(TEAM, await stage.says(SANNE, TEAM, "!open mail"))[0]
        for words in ("", " bananen"):
            assert "2 vragen open" in to(TEAM, await stage.says(SANNE, TEAM, f"!open{words}"))[0]

    async def test_a_typo_in_the_command(self, stage: Stage, asked: str) -> None:
        assert "!thema" in to(TEAM, await stage.says(SANNE, TEAM, "!tema 1 website"))[0]

    async def test_help_tells_it_from_the_title(self, stage: Stage) -> None:
        [guide] = to(TEAM, await stage.says(SANNE, TEAM, "!hulp"))
        assert "Dat is het thema, niet de titel" in guide
        assert "is iets anders: !thema" in guide


async def test_nobody_is_looked_for_when_somebody_helps(stage: Stage, helped: str) -> None:
    assert to(TEAM, await stage.says(SANNE, TEAM, "!thema 1 mail")) == ["Vraag 1 gaat nu over: mail."]
