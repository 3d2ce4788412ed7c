"""`!voucher De Zon 10u Gemeente tot 31-12-2026`: hours that somebody funds; `!voucher toestaan 12`, `!voucher stop 3`."""

import difflib
import re
from datetime import date

from sqlalchemy import select

from helpdesk_bot.actions import knowing, vouchers
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain import when
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.lengths import NotWorked
from helpdesk_bot.domain.minutes import length
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Organisation
from helpdesk_bot.texts.render import Hours, Rendered

MOST = 10_000 * 60  # minutes; more is a slip of the finger
LONGEST_NAME = 80  # characters of a funder's name
ALIKE = 0.8  # of 1; see `difflib`
_NEW = re.compile(r"(?:nieuw|nieuwe|new):?\s+(?=\S)", re.IGNORECASE)
# Words of a sentence that belong to no name. 'Van' with a capital may: 'Van Leer Fonds'.
_BEFORE_NAME = re.compile(r"\A(?:voor|for) +")
_AROUND_FUNDER = re.compile(
    r"\A(?:(?:betaald|gefinancierd|gegeven) door|van|door|(?:paid|funded|given) by|from|by) +(?:(?:de|het|the) +)?"
    r"|,? +(?:geldig|valid|en geldig|te gebruiken|bruikbaar)\Z"
)
_SIGNS = " ,;:.\"'"
_ALLOW = re.compile(r"(?:toestaan|sta toe|allow)(?!\w)\s*", re.IGNORECASE)
_END = re.compile(r"(?:stop|stoppen|eind|end)\s+#?([0-9]{1,9})\s*\Z", re.IGNORECASE)


async def run(call: Call) -> Rendered:
    allowing, ending = _ALLOW.match(call.rest), _END.match(call.rest)
    if allowing:
        call.rest = call.rest[allowing.end() :]
        return await _allow(call)
    if ending:
        return await _end(call, int(ending[1]))
    try:
        minutes, name, rest = length(call.rest)
    except NotWorked:
        raise UserError("error.voucher_how") from None
    funder, expires_on = _funder(call, rest)
    name = _BEFORE_NAME.sub("", name)
    if not any(map(str.isalpha, name)) or minutes > MOST:
        raise UserError("error.voucher_how")
    organisation = await _organisation(call, name)
    voucher, used = await vouchers.grant(
        call.act, organisation, minutes, funder, expires_on, call.who.user_id
    )
    said = {"organisation": organisation.name, "funder": funder, "hours": Hours(minutes)}
    made = call.words("voucher.granted", voucher=voucher.id, expires=expires_on, **said)
    if not used:
        return made
    return call.act.texts.join([made, call.words("voucher.granted_used", hours=Hours(used))])


def _funder(call: Call, words: str) -> tuple[str, date]:
    """Who pays, and until when, in either order."""
    found = when.find(words, call.act.now, call.act.texts.zone)
    if found is None:
        raise UserError("error.voucher_until")
    funder = _AROUND_FUNDER.sub("", found.rest.strip(_SIGNS)).strip(_SIGNS)[:LONGEST_NAME]
    if not funder:
        raise UserError("error.voucher_funder")
    return funder, found.at.astimezone(call.act.texts.zone).date()


async def _organisation(call: Call, name: str) -> Organisation:
    """A known one, or a new one. A name that is nearly a known one is probably a slip of the finger, unless they say that
    it is new."""
    new = _NEW.match(name)
    if new:
        return await knowing.organisation_named(call.act, name[new.end() :])
    keys = dict((await call.act.session.execute(select(Organisation.name_key, Organisation.name))).all())
    key = plain_key(name)
    near = difflib.get_close_matches(key, keys, n=1, cutoff=ALIKE)
    if key not in keys and near:
        raise UserError("error.voucher_which_initiative", name=name, meant=keys[near[0]])
    return await knowing.organisation_named(call.act, name)


async def _allow(call: Call) -> Rendered:
    ticket = await call.ticket()
    voucher, minutes = await vouchers.allow(call.act, ticket, call.who.user_id)
    key = "voucher.allowed" if minutes else "voucher.allowed_ahead"
    if voucher.expires_on < call.act.today:
        key = "voucher.allowed_expired"
    return call.words(key, number=ticket.id, voucher=voucher.id, funder=voucher.funder, hours=Hours(minutes))


async def _end(call: Call, number: int) -> Rendered:
    voucher = await vouchers.end(call.act, number)
    organisation = await call.act.session.get_one(Organisation, voucher.organisation_id)
    return call.words("voucher.ended", voucher=number, organisation=organisation.name, funder=voucher.funder)


COMMAND = Command("voucher", ("voucher",), ("voucher",), run, For.COORDINATOR, inside=True)
