"""Hours that somebody funds: given, used, warned about, and never used beyond what there is without a coordinator."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.actions import hours
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.minutes import read
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import File, Ticket, Voucher, Work
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, SANNE, TEAM, WIM
from tests.conversation.stage import Stage, to

GRANT = "!voucher De Zon 10u Gemeente tot 31-12-2026"


async def parts(stage: Stage) -> list[tuple[int, int | None, bool]]:
    """Per part of the work: its minutes, its voucher, and whether it waits for a decision."""
    async with stage.db.reading() as session:
        rows = (await session.scalars(select(Work).order_by(Work.id))).all()
    return [(row.minutes, row.voucher_id, row.undecided) for row in rows]


@pytest.fixture
async def sun(stage: Stage, dm: str) -> str:
    """Question 1, from Fatima of De Zon, with a voucher of ten hours: returns her direct chat."""
    await stage.says(FATIMA, dm, "!organisatie De Zon")
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(ELS, COORDINATION, GRANT)
    return dm


async def works(stage: Stage, words: str, who: str = SANNE) -> str:
    """What the helper hears."""
    said = to(TEAM, await stage.says(who, TEAM, f"!tijd {words} betaald 1"))
    return next(text for text in reversed(said) if text.startswith("Genoteerd"))


class TestGranting:
    async def test_in_one_sentence(self, stage: Stage) -> None:
        [granted] = to(COORDINATION, await stage.says(ELS, COORDINATION, GRANT))
        assert "Voucher 1 staat erin: 10 uur voor De Zon, van Gemeente" in granted
        assert "tot en met donderdag 31 december" in granted

    @pytest.mark.parametrize(
        "words",
        [
            "De Zon 10u tot 31-12-2026 Gemeente",
            "De Zon 10 uur van het jaar, Gemeente t/m 31 december",
            "De Zon: 600m Gemeente until 31 December 2026",
        ],
    )
    async def test_in_any_order(self, stage: Stage, words: str) -> None:
        [granted] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!voucher {words}"))
        assert "10 uur voor De Zon" in granted
        assert "Gemeente" in granted
        assert "31 december" in granted

    @pytest.mark.parametrize(
        ("words", "funder"),
        [
            ("De Zon 2 uur Fonds NH geldig tot 1 december", "Fonds NH"),
            ("voor De Zon 20 uur tot 1 maart 2027 betaald door Stadsdeel Noord", "Stadsdeel Noord"),
            ("De Zon 20 hours from the City, valid until 1 March 2027", "City"),
            ("De Zon 20 uur van de gemeente t/m 1 maart 2027", "gemeente"),
            ("De Zon 20 uur Van Leer Fonds t/m 1 maart 2027", "Van Leer Fonds"),
        ],
    )
    async def test_words_of_a_sentence_are_no_part_of_a_name(
        self, stage: Stage, words: str, funder: str
    ) -> None:
        await stage.says(ELS, COORDINATION, f"!voucher {words}")
        async with stage.db.reading() as session:
            made = await session.get_one(Voucher, 1)
            assert (made.funder, await vouchers.name_of(session, made.organisation_id)) == (funder, "De Zon")

    @pytest.mark.parametrize(
        ("words", "answer"),
        [
            ("", "voor wie, hoeveel uur"),
            ("De Zon", "voor wie, hoeveel uur"),
            ("10u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
            ("1 10u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
            ("De Zon 0u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
            ("De Zon 99999u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
            ("De Zon 10u Gemeente", "Tot en met welke dag"),
            ("De Zon 10u Gemeente tot 31-12-2020", "Tot en met welke dag"),
            ("De Zon 10u tot 31-12-2026", "Wie betaalt"),
        ],
    )
    async def test_what_is_missing(self, stage: Stage, words: str, answer: str) -> None:
        [refused] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!voucher {words}"))
        assert answer in refused

    async def test_a_slip_in_the_name(self, stage: Stage, sun: str) -> None:
        [asked] = to(COORDINATION, await stage.says(ELS, COORDINATION, GRANT.replace("De Zon", "De Zonn")))
        assert "wel De Zon" in asked
        await stage.says(ELS, COORDINATION, GRANT.replace("De Zon", "nieuw De Zonn"))
        assert "De Zonn" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))[0]

    @pytest.mark.parametrize("text", [GRANT, "!voucher toestaan 1", "!voucher stop 1", "!vouchers"])
    async def test_not_by_who_asked(self, stage: Stage, sun: str, text: str) -> None:
        assert "mensen van het team" in to(sun, await stage.says(FATIMA, sun, text))[0]

    @pytest.mark.parametrize("text", [GRANT, "!voucher toestaan 1", "!voucher stop 1"])
    async def test_not_by_a_technician(self, stage: Stage, sun: str, text: str) -> None:
        assert "alleen voor coördinatoren" in to(TEAM, await stage.says(SANNE, TEAM, text))[0]

    async def test_not_where_others_read_along(self, stage: Stage) -> None:
        assert "anderen hier meelezen" in to(HELP, await stage.says(ELS, HELP, GRANT))[0]


class TestUsing:
    async def test_paid_work_only(self, stage: Stage, sun: str) -> None:
        told = await works(stage, "1u30")
        assert "1 uur en 30 minuten gaat van de voucher van Gemeente" in told
        assert "nog 8 uur en 30 minuten van over" in told
        await stage.says(SANNE, TEAM, "!tijd 2u vrijwillig 1")
        assert await parts(stage) == [(90, 1, False), (120, None, False)]
        assert not any(" uur" in said.body for said in stage.sent if said.room == sun)

    async def test_the_first_to_expire_first_and_split(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Zon 1u Fonds tot 30-11-2026")
        told = await works(stage, "1u30")
        assert "1 uur gaat van de voucher van Fonds" in told
        assert "30 minuten gaat van de voucher van Gemeente" in told
        assert await parts(stage) == [(60, 2, False), (30, 1, False)]

    async def test_on_the_day_of_the_work(self, stage: Stage, sun: str) -> None:
        """The last day counts, however late it is told."""
        stage.now += timedelta(days=39)  # 1 January
        assert "gaat van de voucher" in await works(stage, "1u gisteren")
        assert "niet meer geldig" in await works(stage, "1u vandaag")
        assert await parts(stage) == [(60, 1, False), (60, None, True)]

    async def test_of_another_organisation_nothing(self, stage: Stage, asked: str) -> None:
        await stage.says(ELS, COORDINATION, GRANT)
        told = await works(stage, "1u")
        assert "Ik weet niet voor welke organisatie" in told
        await stage.says(SANNE, TEAM, "!organisatie 1 De Zon")
        assert await parts(stage) == [(60, 1, False)]

    async def test_of_one_that_never_had_a_voucher(self, stage: Stage, asked: str) -> None:
        await stage.says(SANNE, TEAM, "!organisatie 1 De Maan")
        told = await works(stage, "1u")
        assert "voucher" not in told
        assert await parts(stage) == [(60, None, False)]

    async def test_corrections_give_it_back(self, stage: Stage, sun: str) -> None:
        await works(stage, "9u")
        first = stage.last
        [told] = to(TEAM, await stage.edits(SANNE, TEAM, first, "!tijd 2u betaald 1"))
        assert "nog 8 uur van over" in told
        await stage.edits(SANNE, TEAM, first, "!tijd 12u betaald 1")
        assert await parts(stage) == [(600, 1, False), (120, None, True)]
        await stage.deletes(SANNE, TEAM, first)
        assert await parts(stage) == []
        assert "nog 9 uur van over" in await works(stage, "1u")


class TestWarning:
    async def test_once_at_four_fifths(self, stage: Stage, sun: str) -> None:
        assert not to(COORDINATION, await stage.says(SANNE, TEAM, "!tijd 7u59 betaald 1"))
        said = await stage.says(SANNE, TEAM, "!tijd 1m betaald 1")
        assert (
            "voucher 1 voor De Zon, van Gemeente, is bijna op. Er is 8 uur gebruikt van 10 uur"
            in to(COORDINATION, said)[0]
        )
        in_thread = [s for s in said if s.room == TEAM and "bijna op" in s.body]
        assert [s.refs["thread"] for s in in_thread] == [await stage.card()]
        assert not to(sun, said)
        assert not to(COORDINATION, await stage.says(SANNE, TEAM, "!tijd 1u betaald 1"))


class TestEmpty:
    async def test_the_time_is_kept_and_everybody_knows(self, stage: Stage, sun: str) -> None:
        said = await stage.says(SANNE, TEAM, "!tijd 11u betaald 1")
        told = next(words for words in to(TEAM, said) if "Genoteerd" in words)
        assert "voucher van De Zon is op. Voor 1 uur is geen plek. Die tijd blijft bewaard" in told
        assert "!voucher toestaan 1" in told
        assert "!tijd 1 vrijwillig" in told
        assert any(
            "Sanne werkte betaald voor De Zon aan vraag 1. Voor 1 uur" in words
            for words in to(COORDINATION, said)
        )
        assert await parts(stage) == [(600, 1, False), (60, None, True)]
        [shown] = to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1"))
        assert "- Sanne: 1 uur (betaald, maar er is geen voucher voor)" in shown

    async def test_given_after_all(self, stage: Stage, sun: str) -> None:
        await works(stage, "11u")
        assert "geen betaalde tijd" in to(TEAM, await stage.says(JORIS, TEAM, "!tijd 1 vrijwillig"))[0]
        assert (
            "1 uur bij vraag 1 is nu vrijwillig"
            in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 vrijwillig"))[0]
        )
        assert await parts(stage) == [(600, 1, False), (60, None, False)]
        assert "geen betaalde tijd" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 vrijwillig"))[0]

    async def test_allowed_by_a_coordinator(self, stage: Stage, sun: str) -> None:
        await works(stage, "11u")
        said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
        assert "Er wachtte 1 uur" in to(COORDINATION, said)[0]
        assert "1 uur bij vraag 1 goed" in to(TEAM, said)[0]
        assert await parts(stage) == [(600, 1, False), (60, 1, False)]
        assert "1 uur en 30 minuten te veel" in await works(stage, "30m", JORIS)
        async with stage.db.reading() as session:
            assert (await session.get_one(Voucher, 1)).overdrawn_by == ELS

    async def test_allowed_when_nothing_waits(self, stage: Stage, sun: str) -> None:
        said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
        assert "Er wachtte nu geen tijd" in to(COORDINATION, said)[0]

    async def test_allowed_after_it_expired(self, stage: Stage, sun: str) -> None:
        stage.now += timedelta(days=50)
        await works(stage, "1u")
        said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
        assert "ook al is die voucher verlopen" in to(COORDINATION, said)[0]

    async def test_what_waits_stands_in_the_list_until_it_is_decided(self, stage: Stage, sun: str) -> None:
        await works(stage, "11u")
        [shown] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))
        assert "vraag 1, De Zon: 1 uur wacht op een besluit" in shown
        assert "!voucher toestaan 1" in shown
        assert "wacht op" not in to(TEAM, await stage.says(SANNE, TEAM, "!vouchers 1"))[0]
        await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
        assert "wacht op" not in to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))[0]

    async def test_used_up_is_not_nearly_used_up(self, stage: Stage, sun: str) -> None:
        said = await stage.says(SANNE, TEAM, "!tijd 10u betaald 1")
        for room in (TEAM, COORDINATION):
            assert any("is op. Er is 10 uur gebruikt van 10 uur" in words for words in to(room, said))
            assert not any("bijna op" in words for words in to(room, said))

    async def test_a_new_voucher_takes_what_waited(self, stage: Stage, sun: str) -> None:
        await works(stage, "13u")
        said = await stage.says(ELS, COORDINATION, "!voucher De Zon 2u Fonds tot 1-3-2027")
        assert "Daarvan is 2 uur meteen van deze voucher gegaan" in to(COORDINATION, said)[0]
        assert sorted(await parts(stage), key=str) == [(120, 2, False), (60, None, True), (600, 1, False)]

    async def test_what_is_taken_back_is_there_for_what_waits(self, stage: Stage, sun: str) -> None:
        await works(stage, "9u")
        first = stage.last
        await works(stage, "3u", JORIS)
        said = await stage.edits(SANNE, TEAM, first, "!tijd 8u betaald 1")
        assert any("1 uur bij vraag 1 gaat nu toch van een voucher" in words for words in to(TEAM, said))
        assert sum(minutes for minutes, _, waits in await parts(stage) if waits) == 60
        await stage.deletes(SANNE, TEAM, first)
        assert not any(waits for *_, waits in await parts(stage))

    async def test_nothing_to_allow(self, stage: Stage, asked: str) -> None:
        assert (
            "geen voucher" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher toestaan 1"))[0]
        )

    async def test_stopped(self, stage: Stage, sun: str) -> None:
        assert "is gestopt" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher stop 1"))[0]
        assert "geen voucher 1" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher stop 1"))[0]
        await works(stage, "1u")
        assert await parts(stage) == [(60, None, False)]

    @pytest.mark.both_databases
    async def test_two_at_once_never_overdraw(self, stage: Stage, sun: str) -> None:
        who = [Standing(user, frozenset({TEAM})) for user in (SANNE, JORIS) * 4]

        async def book(at: int, helper: Standing) -> None:
            async with stage.db.transaction() as session:
                act = Act(session, stage.now, stage.setting)
                ticket = await session.get_one(Ticket, 1)
                await hours.book(
                    act, ticket, helper, read("2u betaald", act.today), event_id=f"$at{at}", room_id=TEAM
                )

        await asyncio.gather(*(book(at, helper) for at, helper in enumerate(who)))
        async with stage.db.reading() as session:
            assert await vouchers.used(session, 1) == 600
        assert sum(minutes for minutes, _, waits in await parts(stage) if waits) == 360


class TestAnotherOrganisation:
    """Whoever's voucher it is, it pays for nobody else."""

    async def test_gives_back_what_was_taken(self, stage: Stage, sun: str) -> None:
        await works(stage, "11u")
        said = await stage.says(SANNE, TEAM, "!organisatie 1 De Maan")
        assert any("gaat niet meer van een voucher" in words for words in to(TEAM, said))
        assert await parts(stage) == [(660, None, False)]
        async with stage.db.reading() as session:
            assert await vouchers.used(session, 1) == 0

    async def test_takes_from_its_own(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Maan 2u Fonds tot 31-12-2026")
        await works(stage, "3u")
        said = await stage.says(SANNE, TEAM, "!organisatie 1 De Maan")
        assert any("2 uur gaat van een voucher van De Maan" in words for words in to(TEAM, said))
        assert any("Voor 1 uur is geen voucher meer" in words for words in to(COORDINATION, said))
        assert sorted(await parts(stage), key=str) == [(120, 2, False), (60, None, True)]

    async def test_lets_others_have_what_is_free_now(self, stage: Stage, sun: str) -> None:
        await stage.says(FATIMA, sun, "!nieuw Onze website is weg")
        await works(stage, "9u")
        await stage.says(SANNE, TEAM, "!tijd 3u betaald 2")
        await stage.says(SANNE, TEAM, "!organisatie 1 De Maan")
        assert not any(waits for *_, waits in await parts(stage))
        async with stage.db.reading() as session:
            assert await vouchers.used(session, 1) == 180

    async def test_the_same_again_changes_nothing(self, stage: Stage, sun: str) -> None:
        await works(stage, "11u")
        before = await parts(stage)
        said = await stage.says(SANNE, TEAM, "!organisatie 1 de zon")
        assert await parts(stage) == before
        assert not to(COORDINATION, said)

    async def test_of_questions_that_become_one(self, stage: Stage, sun: str) -> None:
        await stage.says(FATIMA, sun, "!nieuw Onze website is weg")
        await stage.says(SANNE, TEAM, "!organisatie 2 De Maan")
        await works(stage, "1u")
        await stage.says(SANNE, TEAM, "!samenvoegen 1 2")
        assert await parts(stage) == [(60, None, False)]


class TestList:
    async def test_for_coordinators(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Maan 5u Fonds tot 30-11-2026")
        await works(stage, "10u")
        [shown] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))
        assert "Er zijn 2 vouchers" in shown
        assert "voucher 2, De Maan, van Fonds: nog 5 uur van 5 uur" in shown
        assert "voucher 1, De Zon, van Gemeente: op, er was 10 uur" in shown
        stage.now += timedelta(days=20)
        [shown] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))
        assert "voucher 2, De Maan, van Fonds: verlopen op" in shown

    async def test_of_one_initiative_or_funder(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Maan 5u Fonds tot 30-11-2026")
        for words, number in (("De Zon", 1), ("gemeente", 1), ("de maan", 2), ("fonds", 2)):
            [shown] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!vouchers {words}"))
            assert "Er is 1 voucher" in shown
            assert f"voucher {number}," in shown
        [none] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers De Ster"))
        assert "geen voucher voor of van ‘De Ster’" in none

    async def test_for_technicians_of_the_questions_organisation_only(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Maan 5u Fonds tot 30-11-2026")
        for said in (
            await stage.says(SANNE, TEAM, "!vouchers 1"),
            await stage.in_thread(SANNE, TEAM, await stage.card(), "!vouchers"),
        ):
            [shown] = to(TEAM, said)
            assert "De Zon" in shown
            assert "De Maan" not in shown
        assert "Over welke vraag" in to(TEAM, await stage.says(SANNE, TEAM, "!vouchers"))[0]

    async def test_technicians_read_along_with_a_coordinator(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher De Maan 5u Fonds tot 30-11-2026")
        await stage.join(TEAM, ELS)
        assert "De Maan" not in str(to(TEAM, await stage.says(ELS, TEAM, "!vouchers")))

    async def test_none(self, stage: Stage, asked: str) -> None:
        assert "geen vouchers" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))[0]
        assert "!organisatie 1" in to(TEAM, await stage.says(SANNE, TEAM, "!vouchers 1"))[0]

    async def test_not_for_another_team(self, stage: Stage, sun: str) -> None:
        assert (
            "geen vraag 1"
            in to("!team-west:test", await stage.says(WIM, "!team-west:test", "!vouchers 1"))[0]
        )


class TestFile:
    async def table(
        self, stage: Stage, room: str = COORDINATION, who: str = ELS, words: str = "gemeente"
    ) -> list[str]:
        """The lines of the file that is sent."""
        [sent] = [
            s
            for s in await stage.says(who, room, f"!vouchers csv {words}")
            if s.content["msgtype"] == "m.file"
        ]
        assert sent.content["filename"] == "vouchers-gemeente-2026-11-23.csv"
        async with stage.db.reading() as session:
            data = (await session.get_one(File, int(sent.event_id.removeprefix("$out")))).data
        assert data is not None
        return data.decode("utf-8-sig").splitlines()

    async def test_per_initiative_and_month_without_names(self, stage: Stage, sun: str) -> None:
        await stage.says(ELS, COORDINATION, "!voucher =De Maan 5u Gemeente tot 30-11-2026")
        await stage.says(ELS, COORDINATION, "!voucher De Zon 5u Fonds tot 30-11-2027")
        await works(stage, "20m")
        await works(stage, "1u op 31 oktober")
        await works(stage, "1u op 30 oktober")
        await stage.says(SANNE, TEAM, "!tijd 5u vrijwillig 1")
        lines = await self.table(stage)
        assert lines == [
            "betaler;initiatief;voucher;geldig tot en met;minuten in voucher;maand;vragen;minuten gebruikt;uren gebruikt",
            "Gemeente;'=De Maan;2;2026-11-30;300;;0;0;0,00",
            "Gemeente;De Zon;1;2026-12-31;600;2026-10;1;120;2,00",
            "Gemeente;De Zon;1;2026-12-31;600;2026-11;1;20;0,33",
        ]
        assert not any("anne" in line for line in lines)

    async def test_only_among_coordinators(self, stage: Stage, sun: str) -> None:
        await stage.join(TEAM, ELS)
        assert "bij de coördinatoren" in to(TEAM, await stage.says(ELS, TEAM, "!vouchers csv Gemeente"))[0]
        assert (
            "alleen voor coördinatoren"
            in to(TEAM, await stage.says(SANNE, TEAM, "!vouchers csv Gemeente"))[0]
        )
        assert await self.table(stage, await stage.direct(ELS))

    @pytest.mark.parametrize("words", ["", "Niemand"])
    async def test_of_whom(self, stage: Stage, sun: str, words: str) -> None:
        [which] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!vouchers csv {words}"))
        assert "een van deze namen: Gemeente" in which
