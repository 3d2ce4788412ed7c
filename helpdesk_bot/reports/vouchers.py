"""What a funder's hours were used for: per organisation and month, without anybody's name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.numbers import get_decimal_symbol
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.reports.csv_file import csv_file
from helpdesk_bot.storage.models import Organisation, Voucher, Work
from helpdesk_bot.texts.render import Texts


@dataclass(frozen=True, slots=True)
class Month:
    """What was taken from one voucher in one month ('2026-11'; empty when nothing was). Amounts are minutes."""

    voucher: int
    funder: str
    organisation: str
    granted: int
    expires_on: date
    month: str
    questions: int
    used: int


_HEAD = ("funder", "organisation", "voucher", "expires", "granted", "month", "questions", "minutes", "hours")


async def funders(session: AsyncSession) -> list[str]:
    """Everybody who ever gave a voucher."""
    return list((await session.scalars(select(Voucher.funder).distinct().order_by(Voucher.funder))).all())


async def months(
    session: AsyncSession, funder: str, first: date = date.min, last: date = date.max
) -> list[Month]:
    """The vouchers of a funder, whatever the capitals of its name, with what was used between two days, both counted.

    One that ended, or from which nothing was taken, is there too.
    """
    key = plain_key(funder)
    there = [
        (voucher, name)
        for voucher, name in await session.execute(
            select(Voucher, Organisation.name)
            .join(Organisation, Organisation.id == Voucher.organisation_id)
            .order_by(Organisation.name, Voucher.expires_on, Voucher.id)
        )
        if plain_key(voucher.funder) == key
    ]
    used = await _used(session, [voucher.id for voucher, _ in there], first, last)
    return [
        Month(
            voucher.id,
            voucher.funder,
            name,
            voucher.minutes,
            voucher.expires_on,
            month,
            len(tickets),
            minutes,
        )
        for voucher, name in there
        for month, (tickets, minutes) in (sorted(used[voucher.id].items()) or [("", (set[int](), 0))])
    ]


async def _used(
    session: AsyncSession, ids: Sequence[int], first: date, last: date
) -> dict[int, dict[str, tuple[set[int], int]]]:
    """Per voucher and month: the questions, and the minutes."""
    query = select(Work.voucher_id, Work.ticket_id, Work.worked_on, Work.minutes).where(
        Work.voucher_id.in_(ids), Work.worked_on.between(first, last)
    )
    found: dict[int, dict[str, tuple[set[int], int]]] = defaultdict(dict)
    for voucher, ticket, day, minutes in await session.execute(query):
        assert voucher is not None  # it is one of these
        month = f"{day:%Y-%m}"
        tickets, before = found[voucher].get(month, (set[int](), 0))
        found[voucher][month] = (tickets | {ticket}, before + minutes)
    return found


def as_csv(rows: Sequence[Month], texts: Texts, language: str | None = None) -> bytes:
    locale = texts.catalogues.locale(language)
    head = [texts.word(language, f"voucher.csv_{column}") for column in _HEAD]
    table = [
        (
            row.funder,
            row.organisation,
            row.voucher,
            row.expires_on.isoformat(),
            row.granted,
            row.month,
            row.questions,
            row.used,
            decimal_hours(row.used, locale),
        )
        for row in rows
    ]
    return csv_file(head, table)


def decimal_hours(minutes: int, locale: Locale) -> str:
    """Hours with two decimals, rounded to the nearest; the minutes beside them are exact."""
    whole, hundredths = divmod((minutes * 100 + 30) // 60, 100)
    return f"{whole}{get_decimal_symbol(locale)}{hundredths:02}"
