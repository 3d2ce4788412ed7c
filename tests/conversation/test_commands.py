"""Lists, corrections and help: what each person can see and do, and where."""

import pytest

from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import BOT, Stage, edits_in, to


class TestStatus:
    async def test_of_ones_own(self, stage: Stage, helped: str) -> None:
        [line] = to(helped, await stage.says(FATIMA, helped, "!status"))
        assert "Onze gedeelde agenda" in line
        assert "Sanne helpt" in line
        assert "vandaag om" in line

    async def test_of_what_was_asked_elsewhere_in_the_direct_chat(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        dm = await stage.direct(KWAME)
        assert "printer" in to(dm, await stage.says(KWAME, dm, "!status"))[0]

    async def test_without_a_question(self, stage: Stage, dm: str) -> None:
        assert "geen vraag lopen" in to(dm, await stage.says(FATIMA, dm, "!status"))[0]

    async def test_a_stranger_learns_nothing(self, stage: Stage, helped: str) -> None:
        [nothing] = to(HELP, await stage.says(KWAME, HELP, "!status 1"))
        [same] = to(HELP, await stage.says(KWAME, HELP, "!status 999"))
        assert nothing.replace("1", "") == same.replace("999", "")

    @pytest.mark.parametrize("who", [FATIMA, SANNE, ELS])
    async def test_what_is_private_is_not_shown_where_others_read_along(
        self, stage: Stage, helped: str, who: str
    ) -> None:
        [elsewhere] = to(HELP, await stage.says(who, HELP, "!status 1"))
        assert "agenda" not in elsewhere
        assert "andere kamer" in elsewhere

    async def test_nor_to_another_team(self, stage: Stage, helped: str) -> None:
        await stage.join(WEST, ELS)
        for text in ("!status 1", "!zoek agenda", "!open", "!mijn"):
            assert not any("agenda" in words for words in to(WEST, await stage.says(ELS, WEST, text))), text

    async def test_for_the_team(self, stage: Stage, helped: str) -> None:
        assert "agenda" in to(TEAM, await stage.says(SANNE, TEAM, "!status 1"))[0]
        [nothing] = to(WEST, await stage.says(WIM, WEST, "!status 1"))
        assert "geen vraag 1" in nothing


class TestLists:
    @pytest.mark.both_databases
    async def test_mine(self, stage: Stage, helped: str) -> None:
        [mine] = to(helped, await stage.says(FATIMA, helped, "!mijn"))
        assert "1 vraag" in mine
        [mine] = to(TEAM, await stage.says(SANNE, TEAM, "!mine"))
        assert "agenda" in mine

    async def test_mine_where_others_read_along(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, HELP, "!hulp mijn printer is stuk")
        [mine] = to(HELP, await stage.says(FATIMA, HELP, "!mijn"))
        assert "printer" in mine
        assert "agenda" not in mine

    async def test_more_than_fit(self, stage: Stage, helped: str) -> None:
        for n in range(15):
            await stage.says(FATIMA, helped, f"!nieuw de printer op kamer {n}")
        [mine] = to(helped, await stage.says(FATIMA, helped, "!mijn"))
        assert "16 vragen" in mine
        assert "nog één vraag, die hier niet past" in mine
        [open_] = to(TEAM, await stage.says(SANNE, TEAM, "!open"))
        assert "16 vragen" in open_
        [found] = to(TEAM, await stage.says(SANNE, TEAM, "!zoek kamer"))
        assert "15 vragen" in found
        assert "hier niet pas" not in found
        await stage.says(FATIMA, helped, "!nieuw het scherm op kamer 15")
        [found] = to(TEAM, await stage.says(SANNE, TEAM, "!zoek kamer"))
        assert "Meer dan 15 vragen" in found
        assert "kamer 15" in found
        assert "kamer 1 ·" in found
        assert "kamer 0" not in found
        # The oldest is the only one that Sanne helps with, and is on her list all the same.
        for n in range(15):
            await stage.says(SANNE, HELP, f"!nieuw scherm {n}")
        [mine] = to(TEAM, await stage.says(SANNE, TEAM, "!mijn"))
        assert "16 vragen" in mine
        [here] = to(HELP, await stage.says(SANNE, HELP, "!mijn"))
        assert "15 vragen" in here

    async def test_none(self, stage: Stage, dm: str) -> None:
        assert "geen open vragen" in to(dm, await stage.says(FATIMA, dm, "!mijn"))[0]

    @pytest.mark.both_databases
    async def test_open_and_search(self, stage: Stage, helped: str) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk, 100% zeker")
        await stage.in_thread(SANNE, TEAM, await stage.card(1), "Lijkt op die keer met Nextcloud")
        [both] = to(TEAM, await stage.says(SANNE, TEAM, "!open"))
        assert "2 vragen" in both
        for words, found in {"AGENDA": "vraag 1", "nextcloud keer": "vraag 1", "100%": "vraag 2"}.items():
            [hit] = to(TEAM, await stage.says(SANNE, TEAM, f"!zoek {words}"))
            assert found in hit, words
            assert "1 vraag" in hit
        for words in ("agenda printer", "%", "_"):
            hits = to(TEAM, await stage.says(SANNE, TEAM, f"!zoek {words}"))[0]
            assert "agenda" not in hits, words

    @pytest.mark.both_databases
    async def test_search_by_what_a_question_is_about(self, stage: Stage, helped: str) -> None:
        """By a whole word of the topic's name, in the reader's language or in English."""
        await stage.says(KWAME, HELP, "!hulp mijn laptop is stuk")
        for words in ("computers", "Phones", "laptop printers"):
            [hit] = to(TEAM, await stage.says(SANNE, TEAM, f"!zoek {words}"))
            assert "vraag 2" in hit, words
            assert "1 vraag" in hit, words
        for words in ("computers agenda", "comput", "mail", "!"):
            assert "Niets gevonden" in to(TEAM, await stage.says(SANNE, TEAM, f"!zoek {words}"))[0], words

    async def test_only_for_the_team_and_only_inside(self, stage: Stage, helped: str) -> None:
        for text in ("!open", "!zoek agenda"):
            assert "mensen van het team" in to(HELP, await stage.says(KWAME, HELP, text))[0]
            assert "anderen hier meelezen" in to(HELP, await stage.says(SANNE, HELP, text))[0]

    async def test_a_coordinator_sees_every_team(self, stage: Stage, helped: str) -> None:
        await stage.says(KWAME, "!help-west:test", "!hulp mijn printer is stuk")
        [both] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!open"))
        assert "agenda" in both
        assert "printer" in both


class TestCorrections:
    @pytest.mark.parametrize("word", ["hoog", "Hoog!", "high"])
    async def test_priority(self, stage: Stage, asked: str, word: str) -> None:
        said = await stage.says(SANNE, TEAM, f"!prioriteit 1 {word}")
        assert "hoog" in to(TEAM, said)[0]
        assert "prioriteit: hoog" in edits_in(TEAM, said)[0]
        [told] = to(asked, said)
        assert "hoog" not in told  # what the requester notices of it is that they hear something sooner

    async def test_every_priority_that_is_offered_is_understood(self, stage: Stage, asked: str) -> None:
        [choose] = to(TEAM, await stage.says(SANNE, TEAM, "!prioriteit 1 meteen"))
        offered = choose.removeprefix("Kies: ").partition(".")[0].replace(" of ", ", ").split(", ")
        assert len(offered) == 4
        for word in offered:
            assert (
                "heeft nu prioriteit" in to(TEAM, await stage.says(SANNE, TEAM, f"!prioriteit 1 {word}"))[0]
            )

    async def test_subject(self, stage: Stage, asked: str) -> None:
        said = await stage.in_thread(SANNE, TEAM, await stage.card(), "!onderwerp 2 agenda's zijn leeg")
        assert "2 agenda's zijn leeg" in to(TEAM, said)[0]
        assert "vrager kan dit ook zien" in to(TEAM, said)[0]

    async def test_not_by_the_requester(self, stage: Stage, asked: str) -> None:
        for text in (
            "!prioriteit spoed",
            "!onderwerp Lees dit eerst",
            "!samenvoegen 1 2",
            "!pak",
            "!notitie x",
        ):
            assert "mensen van het team" in to(asked, await stage.says(FATIMA, asked, text))[0], text


class TestMerging:
    async def test_two_of_one_person(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, helped, "!nieuw En de contacten zijn ook leeg")
        second = stage.last
        said = await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
        assert "samen één vraag" in to(helped, said)[0]
        assert len(to(helped, said)) == 1
        assert any("contacten" in words for words in to(TEAM, said))
        assert any("gaat verder als vraag 1" in words for words in edits_in(TEAM, said))
        said = await stage.edits(FATIMA, helped, second, "En de adressen zijn ook leeg")
        assert all("contacten" not in words for words in edits_in(TEAM, said))
        said = await stage.deletes(FATIMA, helped, second)
        assert any(s.kind == "redact" and s.room == TEAM for s in said)
        assert "adressen" not in (await stage.ticket(2)).question

    async def test_what_is_written_at_the_one_that_went(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, helped, "!nieuw En de contacten zijn ook leeg")
        own = next(s for s in reversed(stage.sent) if "nummer 2" in s.body)
        card = await stage.card(2)
        await stage.says(SANNE, TEAM, "!merge 2 1")
        said = await stage.replies(FATIMA, helped, own.event_id, "allemaal")
        assert any("allemaal" in words for words in to(TEAM, said))
        said = await stage.replies(SANNE, TEAM, card, "Ik kijk naar allebei")
        assert "allebei" in to(helped, said)[0]
        assert "vraag 1" in to(helped, await stage.says(FATIMA, helped, "!status 2"))[0]

    async def test_in_the_thread_of_the_one_that_goes(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, helped, "!nieuw En de contacten zijn ook leeg")
        await stage.in_thread(SANNE, TEAM, await stage.card(2), "!samenvoegen 1")
        assert (await stage.ticket(2)).merged_into == 1

    async def test_of_two_people_is_refused(self, stage: Stage, helped: str) -> None:
        await stage.says(KWAME, HELP, "!hulp onze agenda is ook leeg")
        await stage.says(FATIMA, HELP, "!hulp en mijn printer is stuk")
        for text in ("!samenvoegen 2 1", "!samenvoegen 2 3"):
            said = await stage.says(SANNE, TEAM, text)
            assert "verschillende mensen" in to(TEAM, said)[0]
            assert {s.room for s in said} == {TEAM}

    async def test_a_private_question_does_not_become_public(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, HELP, "!hulp onze agenda is leeg, zie ons gesprek")
        [refused] = to(TEAM, await stage.says(SANNE, TEAM, "!samenvoegen 1 2"))
        assert "verschillende kamers" in refused
        assert "!samenvoegen 2 1" in refused
        said = await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
        assert "samen één vraag" in to(HELP, said)[0]
        assert "samen één vraag" in to(helped, said)[0]
        said = await stage.in_thread(FATIMA, HELP, (await stage.ticket(2)).root_event or "", "lukt het al?")
        assert any("lukt het al?" in words for words in to(TEAM, said))

    async def test_of_two_colleagues_in_their_own_room(self, stage: Stage) -> None:
        own = await stage.room("!buurtwarmte:test", size=12)
        await stage.join(own, FATIMA, KWAME, BOT)
        await stage.says(FATIMA, own, "!hulp onze wiki is traag")
        await stage.says(FATIMA, own, "Noord")
        await stage.says(KWAME, own, "!hulp de wiki doet er een minuut over")
        said = await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
        assert len(to(own, said)) == 2

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("!samenvoegen", "welke vraag bij welke"),
            ("!samenvoegen printer", "welke vraag bij welke"),
            ("!samenvoegen 1", "welke vraag bij welke"),
            ("!samenvoegen 1 1", "zichzelf"),
            ("!samenvoegen 1 99", "geen vraag 99"),
        ],
    )
    async def test_mistakes(self, stage: Stage, asked: str, text: str, answer: str) -> None:
        assert answer in to(TEAM, await stage.says(SANNE, TEAM, text))[0]


class TestBeforeTheFirstQuestion:
    async def test_where_they_are(self, stage: Stage, dm: str) -> None:
        assert "Ik onthoud" in to(dm, await stage.says(FATIMA, dm, "!stadsdeel Noord"))[0]
        assert "team van Noord" in to(dm, await stage.says(FATIMA, dm, "Mijn mail doet het niet"))[0]

    async def test_for_whom(self, stage: Stage, dm: str) -> None:
        assert "De Zon" in to(dm, await stage.says(FATIMA, dm, "!organisatie De Zon"))[0]
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        said = await stage.says(FATIMA, dm, "Noord")
        assert "organisatie" not in to(dm, said)[0]
        assert "De Zon" in to(TEAM, said)[0]


class TestHelp:
    async def test_for_a_requester(self, stage: Stage, dm: str) -> None:
        [guide] = to(dm, await stage.says(FATIMA, dm, "!hulp"))
        assert "!nieuw" in guide
        for inside in ("!pak", "!zoek", "!toewijzen", "!notitie"):
            assert inside not in guide

    async def test_for_a_technician_in_the_team_room(self, stage: Stage) -> None:
        [guide] = to(TEAM, await stage.says(SANNE, TEAM, "!hulp"))
        assert "!pak" in guide
        assert "zandloper" in guide
        assert "!toewijzen" not in guide
        assert "!nieuw" not in guide

    @pytest.mark.parametrize("text", ["!hulp mijn laptop is stuk", "!nieuw mijn laptop is stuk", "!nieuw"])
    async def test_no_questions_in_a_team_room(self, stage: Stage, text: str) -> None:
        assert "kamer voor helpers" in to(TEAM, await stage.says(SANNE, TEAM, text))[0]

    async def test_about_a_command(self, stage: Stage) -> None:
        assert "zandloper" in to(TEAM, await stage.says(SANNE, TEAM, "!hulp !pak"))[0]

    async def test_for_a_technician_where_others_read_along(self, stage: Stage) -> None:
        [guide] = to(HELP, await stage.says(SANNE, HELP, "!hulp"))
        assert "!ticket" in guide
        assert "!zoek" not in guide

    async def test_for_a_coordinator(self, stage: Stage) -> None:
        assert "!toewijzen" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!hulp"))[0]

    async def test_nothing_is_offered_that_is_refused(self, stage: Stage, dm: str) -> None:
        [guide] = to(HELP, await stage.says(KWAME, HELP, "!hulp"))
        for word in {w.strip("`:,.") for w in guide.split() if w.startswith(("!", "`!"))} - {"!hulp"}:
            said = to(HELP, await stage.says(KWAME, HELP, word))
            assert not any("mensen van het team" in words for words in said), word

    @pytest.mark.parametrize(
        ("typo", "meant"),
        [("!hullp", "!hulp"), ("!statsu", "!status"), ("!opgelsot", "!opgelost"), ("!nieuws", "!nieuw")],
    )
    async def test_a_typo_gets_a_suggestion(self, stage: Stage, dm: str, typo: str, meant: str) -> None:
        [suggestion] = to(dm, await stage.says(FATIMA, dm, typo))
        assert meant in suggestion

    @pytest.mark.parametrize(
        ("typo", "meant"),
        [("!prio 1 hoog", "!prioriteit"), ("!antwoort 1 ja", "!antwoord"), ("!noti x", "!notitie")],
    )
    async def test_also_for_the_team(self, stage: Stage, asked: str, typo: str, meant: str) -> None:
        said = await stage.says(SANNE, TEAM, typo)
        assert meant in to(TEAM, said)[0]
        assert not to(asked, said)

    async def test_a_requester_is_not_pointed_to_what_is_not_for_them(self, stage: Stage, asked: str) -> None:
        assert "!zoek" not in str(await stage.says(FATIMA, asked, "!zook"))
