"""Paid work uses the hours that were given, of its own organisation and nobody else's."""

from datetime import timedelta

from helpdesk_bot.storage import vouchers
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, SANNE, TEAM
from tests.conversation.stage import Stage, to
from tests.conversation.vouchers.work import GRANT, parts, works


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
