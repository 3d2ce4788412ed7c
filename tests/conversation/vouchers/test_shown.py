"""Which vouchers there are and what was used, in words and as a file, for whoever may know."""

from datetime import timedelta

import pytest

from helpdesk_bot.storage.models import File
from tests.conversation.conftest import COORDINATION, ELS, SANNE, TEAM, WIM
from tests.conversation.stage import Stage, to
from tests.conversation.vouchers.work import works


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
