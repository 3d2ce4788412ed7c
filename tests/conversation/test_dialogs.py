"""What people answer to what the bot asks, and what they write instead."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, FATIMA, HELP, KWAME, SANNE, TEAM, WEST
from tests.conversation.stage import Stage, to


class TestStadsdeel:
    @pytest.mark.parametrize("answer", ["Noord", "noord.", "1", "in Noord hoor", "Amsterdam-Noord"])
    async def test_by_name_or_number(self, stage: Stage, dm: str, answer: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        said = await stage.says(FATIMA, dm, answer)
        [noted] = to(dm, said)
        assert "Noord" in noted
        assert "organisatie" in noted
        _, asked = to(TEAM, said)  # 'Noord' says nothing else
        assert "oppakken" in asked

    async def test_a_sentence_says_more_than_that(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        said = await stage.says(FATIMA, dm, "wij zitten in Noord, bij het IJplein om de hoek")
        assert "IJplein" in to(TEAM, said)[-1]

    async def test_nieuw_west_is_not_west(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "nieuw west")
        assert (await stage.ticket()).stadsdeel == "nieuw-west"

    async def test_a_slip_is_asked_again(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        [again] = to(dm, await stage.says(FATIMA, dm, "Noort"))
        assert "niet zeker welk stadsdeel" in again

    @pytest.mark.parametrize("text", ["West, niet Noord", "Noord of West, weet ik niet precies"])
    async def test_two_are_asked_again(self, stage: Stage, dm: str, text: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        [again] = to(dm, await stage.says(FATIMA, dm, text))
        assert "1 Noord, 2 West" in again
        assert (await stage.ticket()).stadsdeel is None
        assert text in to(TEAM, await stage.says(FATIMA, dm, "Noord"))[1]

    async def test_no_idea_goes_to_the_city_at_once(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        said = await stage.says(FATIMA, dm, "Geen idee")
        assert "hele stad" in to(dm, said)[0]
        assert len(to(CITY, said)) == 1

    async def test_something_else_is_no_answer_and_not_lost(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        assert not await stage.says(FATIMA, dm, "Hij zegt dat het wachtwoord fout is")
        said = await stage.says(FATIMA, dm, "Noord")
        assert "wachtwoord" in to(TEAM, said)[1]

    async def test_one_answer_for_two_questions(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "!nieuw En mijn agenda is leeg")
        said = await stage.says(FATIMA, dm, "Noord")
        assert len([words for words in to(TEAM, said) if words.startswith("Vraag ")]) == 2
        assert not await stage.passes(timedelta(minutes=11))

    async def test_late_but_somebody_helps_already(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.passes(timedelta(minutes=11))
        await stage.join(CITY, "@cato:test")
        await stage.reacts("@cato:test", CITY, await stage.card(), "✋")
        [kept] = to(dm, await stage.says(FATIMA, dm, "Noord"))
        assert "gaat gewoon verder" in kept
        assert (await stage.ticket()).team_room == CITY

    async def test_nobody_knows_and_the_organisation_is_asked(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        [told] = to(dm, await stage.passes(timedelta(minutes=11)))
        assert "Voor welke organisatie" in told
        await stage.says(FATIMA, dm, "Buurtwarmte Noord")
        ticket = await stage.ticket()
        assert (ticket.organisation_id is not None, ticket.stadsdeel) == (True, None)

    @pytest.mark.parametrize("place", ["Noord", "1", "in Noord"])
    async def test_a_place_is_no_organisation(self, stage: Stage, dm: str, place: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.passes(timedelta(minutes=11))
        said = await stage.says(FATIMA, dm, place)
        assert "agenda" in to(TEAM, said)[0] or "Mijn mail" in to(TEAM, said)[0]
        ticket = await stage.ticket()
        assert (ticket.organisation_id, ticket.stadsdeel) == (None, "noord")

    async def test_no_idea_after_it_went_to_the_city(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "!organisatie Buurtwarmte")
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.passes(timedelta(minutes=11))
        assert "ook zonder stadsdeel" in to(dm, await stage.says(FATIMA, dm, "geen idee"))[0]

    async def test_a_correction_before_anybody_helps(self, stage: Stage, asked: str) -> None:
        old = await stage.card()
        said = await stage.says(FATIMA, asked, "!stadsdeel West")
        assert "West" in to(asked, said)[0]
        assert "agenda" in to(WEST, said)[0]
        [retired] = [s.body for s in said if s.edits == old]
        assert "staat hier niet meer" in retired
        assert "agenda" not in retired
        [gone] = to(TEAM, await stage.replies(SANNE, TEAM, old, "Ik kijk even"))
        assert "niet" in gone
        assert not (await stage.ticket()).assignee

    async def test_a_correction_by_number_in_the_list(self, stage: Stage, asked: str) -> None:
        assert "West" in to(asked, await stage.says(FATIMA, asked, "!stadsdeel 2"))[0]
        assert (await stage.ticket()).stadsdeel == "west"

    async def test_an_unknown_correction(self, stage: Stage, asked: str) -> None:
        [which] = to(asked, await stage.says(FATIMA, asked, "!stadsdeel Rotterdam"))
        assert "1 Noord" in which


class TestOrganisation:
    @pytest.mark.parametrize(
        ("answer", "name"),
        [
            ("Buurtwarmte Noord", "Buurtwarmte Noord"),
            ("voor de Voedselbank", "de Voedselbank"),
            ("Wij zijn Huis en Tuin.", "Huis en Tuin"),
            ("Het Blauwe Huis", "Het Blauwe Huis"),
            ("voor buurthuis Het Anker", "buurthuis Het Anker"),
            ("Mijn Buurtje", "Mijn Buurtje"),
            ("This Way Up", "This Way Up"),
        ],
    )
    async def test_a_name(self, stage: Stage, dm: str, answer: str, name: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "Noord")
        said = await stage.says(FATIMA, dm, answer)
        assert name in to(dm, said)[0]
        assert answer in to(TEAM, said)[0]  # in case it was something else

    @pytest.mark.parametrize(
        "text",
        [
            "hij knippert nu oranje",
            "Is er iemand?",
            "Het gaat om de printer",
            "Het werkt niet in Firefox",
            "Ik ben Fatima",
            "mijn scherm",
            "Dank je Sanne",
            "Super",
            "dank je wel",
            "🌻",
            "en nu?",
        ],
    )
    async def test_no_name(self, stage: Stage, dm: str, text: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "Noord")
        said = await stage.says(FATIMA, dm, text)
        assert (await stage.ticket()).organisation_id is None
        assert text in to(TEAM, said)[0]

    async def test_it_is_asked_once(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "Noord")
        await stage.says(FATIMA, dm, "Is er iemand?")
        await stage.says(FATIMA, dm, "Joepie")
        assert (await stage.ticket()).organisation_id is None

    async def test_an_answer_in_the_help_room_ends_that(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        root = stage.last
        await stage.in_thread(SANNE, HELP, root, "Wat voor merk en type is het?")
        said = await stage.in_thread(KWAME, HELP, root, "HP Laserjet")
        assert "HP Laserjet" in to(TEAM, said)[0]
        assert (await stage.ticket()).organisation_id is None

    async def test_nobody_has_to_know_it_now(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        [which] = to(dm, await stage.says(FATIMA, dm, "Noord"))
        assert "onderweg, ook zonder antwoord" in which

    @pytest.mark.parametrize("none", ["geen", "Nee", "gewoon mezelf", "none"])
    async def test_none(self, stage: Stage, dm: str, none: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "Noord")
        said = await stage.says(FATIMA, dm, none)
        assert len(to(dm, said)) == 1
        assert not to(TEAM, said)

    async def test_corrected_and_spelled_otherwise(self, stage: Stage, asked: str) -> None:
        await stage.says(FATIMA, asked, "!organisatie Cooperatie De Zon")
        first = (await stage.ticket()).organisation_id
        await stage.says(FATIMA, asked, "!organisatie coöperatie de zon")
        assert (await stage.ticket()).organisation_id == first

    async def test_a_name_that_begins_with_a_number(self, stage: Stage, asked: str) -> None:
        assert "3 Stuivers" in to(asked, await stage.says(FATIMA, asked, "!organisatie 3 Stuivers"))[0]

    async def test_a_name_without_a_letter(self, stage: Stage, asked: str) -> None:
        assert "letters" in to(asked, await stage.says(FATIMA, asked, "!organisatie 🌻"))[0]


class TestIsItSolved:
    @pytest.fixture
    async def solved(self, stage: Stage, helped: str) -> str:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        return helped

    @pytest.mark.parametrize(
        "yes",
        [
            "ja",
            "Ja hoor!",
            "👍",
            "👍🏽",
            "Ja 👍",
            "yes",
            "klopt",
            "Ja, het werkt weer",
            "het werkt nu weer",
            "Ja hij werkt weer",
            "yes it works again",
            "ok",
            "Super!",
            "Geweldig, fijn!",
            "Wat fijn, tot ziens!",
        ],
    )
    async def test_yes(self, stage: Stage, solved: str, yes: str) -> None:
        [fine] = to(solved, await stage.says(FATIMA, solved, yes))
        assert "cijfer" in fine
        assert (await stage.ticket()).confirmed

    @pytest.mark.parametrize(
        "thanks",
        [
            "Bedankt!",
            "Ja, super bedankt Sanne",
            "Dankjewel voor je hulp",
            "ja het werkt weer, heel erg bedankt!",
        ],
    )
    async def test_yes_and_thanks_in_one(self, stage: Stage, solved: str, thanks: str) -> None:
        said = await stage.says(FATIMA, solved, thanks)
        [fine] = to(solved, said)
        assert "bedankje" in fine
        assert any(thanks in words for words in to(TEAM, said))
        assert (await stage.ticket()).confirmed

    @pytest.mark.parametrize("no", ["nee", "Nee, nog niet", "👎", "helaas niet", "no"])
    async def test_no(self, stage: Stage, solved: str, no: str) -> None:
        [open_again] = to(solved, await stage.says(FATIMA, solved, no))
        assert "weer open" in open_again
        assert "Sanne" in open_again
        assert (await stage.ticket()).status == "claimed"

    @pytest.mark.parametrize(
        "text",
        [
            "Bedankt maar het werkt niet",
            "👍 maar de printer doet het nog niet",
            "👎 nu zegt hij foutmelding 5",
            "ja en hoe zet ik de scanner aan?",
            "hulp!",
            "mooi niet",
            "fijn, maar nu is het geluid weg",
            "werkt het nu?",
            "nee bedankt",
            "alvast bedankt",
            "Ja, bijna. Alleen de agenda van Joris nog.",
        ],
    )
    async def test_anything_else_reaches_the_helper(self, stage: Stage, solved: str, text: str) -> None:
        said = await stage.says(FATIMA, solved, text)
        assert (await stage.ticket()).status == "claimed"
        assert any(text in words for words in to(TEAM, said))

    @pytest.mark.parametrize(
        ("key", "status"), [("👍", "closed"), ("👍🏿", "closed"), ("❤️", "closed"), ("👎", "claimed")]
    )
    async def test_by_reaction(self, stage: Stage, solved: str, key: str, status: str) -> None:
        question = next(s for s in reversed(stage.sent) if "Klopt dat" in s.body)
        await stage.reacts(FATIMA, solved, question.event_id, key)
        assert (await stage.ticket()).status == status

    async def test_a_reaction_to_the_reminder(self, stage: Stage, solved: str) -> None:
        [still] = [s for s in await stage.passes(timedelta(days=3, minutes=1)) if s.room == solved]
        await stage.reacts(FATIMA, solved, still.event_id, "👍")
        assert (await stage.ticket()).confirmed

    async def test_a_photo_is_no_yes(self, stage: Stage, solved: str) -> None:
        said = await stage.sends(FATIMA, solved)
        assert (await stage.ticket()).status == "claimed"
        assert any(s.room == TEAM and s.content.get("msgtype") == "m.image" for s in said)

    async def test_the_answer_is_about_what_was_just_asked(self, stage: Stage, solved: str) -> None:
        """Also while an older question of the same person is still open."""
        await stage.says(FATIMA, solved, "!nieuw Mijn scherm is zwart")
        await stage.passes(timedelta(minutes=1))
        await stage.reacts(SANNE, TEAM, await stage.card(2), "✋")
        await stage.reacts(SANNE, TEAM, await stage.card(2), "✅")
        await stage.says(FATIMA, solved, "ja")
        assert (await stage.ticket(2)).confirmed
        assert not (await stage.ticket(1)).confirmed


class TestRating:
    @pytest.fixture
    async def done(self, stage: Stage, helped: str) -> str:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.says(FATIMA, helped, "ja")
        return helped

    @pytest.mark.parametrize(
        ("answer", "stars"),
        [
            ("5", 5),
            ("4/5", 4),
            ("3 sterren", 3),
            ("⭐⭐", 2),
            ("1 star", 1),
            ("5!", 5),
            ("een 5", 5),
            ("een dikke vijf van mij, Sanne", 5),
            ("4 van de 5", 4),
            ("vier sterren", 4),
            ("5️⃣", 5),
        ],
    )
    async def test_a_mark(self, stage: Stage, done: str, answer: str, stars: int) -> None:
        said = await stage.says(FATIMA, done, answer)
        assert len(to(done, said)) == 1
        assert f"een {stars} van de 5" in to(TEAM, said)[0]
        assert (await stage.ticket()).rating == stars

    async def test_a_mark_and_thanks(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "5")
        said = await stage.says(FATIMA, done, "Dankjewel!")
        assert "Dankjewel!" in to(TEAM, said)[0]
        assert SANNE in next(s for s in said if s.room == TEAM).content["m.mentions"]["user_ids"]

    async def test_a_mark_by_reaction(self, stage: Stage, done: str) -> None:
        question = next(s for s in reversed(stage.sent) if "cijfer" in s.body)
        await stage.reacts(FATIMA, done, question.event_id, "4️⃣")
        assert (await stage.ticket()).rating == 4

    @pytest.mark.parametrize("text", ["5, bedankt!", "Dankjewel Sanne, een 5"])
    async def test_a_mark_and_thanks_in_one(self, stage: Stage, done: str, text: str) -> None:
        said = await stage.says(FATIMA, done, text)
        assert len(to(done, said)) == 1
        mark, thanks = to(TEAM, said)
        assert "een 5 van de 5" in mark
        assert text in thanks

    async def test_thanks_and_then_a_mark(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "Oké dankjewel en een fijne dag")
        await stage.says(FATIMA, done, "5")
        assert (await stage.ticket()).rating == 5

    @pytest.mark.parametrize(
        "text",
        ["Top 👍", "Super!", "Wat fijn!", "Fijne dag nog!", "tot ziens", "Great!", "graag gedaan", "🌻🙏"],
    )
    async def test_a_last_nod_is_no_new_question(self, stage: Stage, done: str, text: str) -> None:
        assert not await stage.says(FATIMA, done, text)

    @pytest.mark.parametrize("text", ["8", "een 8", "8/10", "4,5", "0", "tien"])
    async def test_another_number_is_no_new_question(self, stage: Stage, done: str, text: str) -> None:
        [which] = to(done, await stage.says(FATIMA, done, text))
        assert "1 tot 5" in which

    @pytest.mark.parametrize(
        "text", ["5 mensen kunnen niet inloggen", "0612345678", "fijn, maar nu is het geluid weg", "5?"]
    )
    async def test_what_says_more_is_a_new_question(self, stage: Stage, done: str, text: str) -> None:
        assert "nummer 2" in to(done, await stage.says(FATIMA, done, text))[0]
        assert (await stage.ticket()).rating is None

    async def test_rather_not(self, stage: Stage, done: str) -> None:
        said = await stage.says(FATIMA, done, "Nee, bedankt")
        [fine] = [s for s in said if s.room == done]
        assert "Dat is goed" in fine.body
        await stage.replies(FATIMA, done, fine.event_id, "nee")
        assert (await stage.ticket()).status == "claimed"

    async def test_a_number_with_the_next_question_is_no_mark(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "Hoeveel mensen mogen er in onze groep?")
        await stage.says(FATIMA, done, "5")
        assert (await stage.ticket()).rating is None

    async def test_by_command_the_finished_one_is_meant(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "Hoeveel mensen mogen er in onze groep?")
        await stage.says(FATIMA, done, "!cijfer 4")
        assert (await stage.ticket(1)).rating == 4
        said = await stage.says(FATIMA, done, "!bedankt je hebt me enorm geholpen")
        assert "enorm geholpen" in to(TEAM, said)[0]

    async def test_more_is_not_better(self, stage: Stage, done: str) -> None:
        [which] = to(done, await stage.says(FATIMA, done, "!cijfer 11"))
        assert "1 tot 5" in which
