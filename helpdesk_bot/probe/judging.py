"""Looks whether a step worked, and says so in words that whoever did it understands."""

import asyncio
import json
import ssl
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from yarl import URL

from helpdesk_bot.config import Config
from helpdesk_bot.playbooks.verify import Dns, Http, LinkClosed, Tls
from helpdesk_bot.probe import tls, web
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.target import (
    NoTarget,
    Unfilled,
    Values,
    link_of,
    name_of,
    page_of,
    record_of,
    site_of,
)
from helpdesk_bot.probe.web import Why
from helpdesk_bot.texts.values import shortened

Check = Http | LinkClosed | Tls | Dns

_SHOWN = 3  # records, in the words of a verdict
_LONGEST = 200  # characters of them
_MISSING = (404, 410)
_TOO_OFTEN = 429
_REFUSALS, _FAILURES = 400, 500  # where these begin
_PASSING = (Why.UNREACHABLE, Why.TOO_SLOW)


class Outcome(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # it could not be looked at: neither passed nor failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """`key` and `params` (words and numbers): what was seen and what to do next. `again`: a later look may see more."""

    outcome: Outcome
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    again: bool = False

    @classmethod
    def yes(cls, key: str, **params: str | int) -> Self:
        return cls(Outcome.YES, key, params)

    @classmethod
    def no(cls, key: str, **params: str | int) -> Self:
        return cls(Outcome.NO, key, params)

    @classmethod
    def unknown(cls, key: str, **params: str | int) -> Self:
        return cls(Outcome.UNKNOWN, key, params)

    @classmethod
    def later(cls, key: str, **params: str | int) -> Self:
        """Not known now; what is in the way may be gone in a while."""
        return cls(Outcome.UNKNOWN, key, params, again=True)


class Prober:
    """`who`: how it makes itself known. `at_once`: so many checks go out at the same time. `trust`, `nameservers`: others than
    the system's."""

    def __init__(
        self,
        gate: Gate,
        who: str,
        at_once: int = 4,
        trust: ssl.SSLContext | None = None,
        nameservers: Sequence[tuple[str, int]] | None = None,
    ) -> None:
        self._gate = gate
        self._who = who
        self._turns = asyncio.Semaphore(at_once)
        self._trust = trust
        self._nameservers = nameservers

    @classmethod
    def of(cls, config: Config) -> Self:
        who = user_agent(config.helpdesk.name, config.web.public_url)
        return cls(Gate(frozenset(config.checks.allow)), who, config.checks.at_once)

    async def judge(self, check: Check, values: Values, link: str | None, now: datetime) -> Verdict:
        """`values`: what the fields of the playbook are filled in with. `link`: what was answered to `LinkClosed.ask`."""
        try:
            async with self._turns:
                match check:
                    case Http():
                        return await self._page(check, values)
                    case LinkClosed():
                        return await self._link(link)
                    case Tls():
                        return await self._certificate(check, values, now)
                    case Dns():
                        return await self._records(check, values)
        except Unfilled as missing:
            return Verdict.unknown("check.unfilled", field=missing.field)
        except NoTarget:
            if isinstance(check, LinkClosed):
                return Verdict.unknown("check.link.not_one")
            return Verdict.unknown("check.no_address")

    async def _page(self, check: Http, values: Values) -> Verdict:
        url = page_of(check.url, values)
        seen = await web.look(str(url), self._gate, self._who, self._trust)
        address = str(url.with_query(None).with_fragment(None))
        if seen is Why.UNSAFE:
            return Verdict.no("check.http.unsafe", url=address)
        if isinstance(seen, Why):
            return _not_seen(seen, _shown(url))
        if seen.status == _TOO_OFTEN != check.status:
            return Verdict.later("check.busy", host=_shown(url))
        if seen.status != check.status:
            return _other_status(check.status, seen.status, address)
        if not check.json_ or web.has_values(seen, check.json_):
            return Verdict.yes("check.http.right", url=address)
        wanted = ", ".join(f"{key}: {json.dumps(value)}" for key, value in check.json_.items())
        return Verdict.no("check.http.other_values", url=address, wanted=wanted)

    async def _link(self, link: str | None) -> Verdict:
        """The link itself is in no answer: it may still open what it should not."""
        url = link_of(link or "")
        seen = await web.look(str(url), self._gate, self._who, self._trust)
        if isinstance(seen, Why):
            return _not_seen(seen, _shown(url))
        if web.is_closed(str(url), seen):
            return Verdict.yes("check.link.closed", host=_shown(url))
        if seen.status < _REFUSALS:
            return Verdict.no("check.link.open", host=_shown(url))
        if seen.status == _TOO_OFTEN or seen.status >= _FAILURES:
            return Verdict.later("check.busy", host=_shown(url))
        return Verdict.unknown("check.link.unclear", host=_shown(url), status=seen.status)

    async def _certificate(self, check: Tls, values: Values, now: datetime) -> Verdict:
        host, port = site_of(check.host, values)
        until = await tls.certificate_until(host, self._gate, port, self._trust)
        if until is Why.UNSAFE:
            return Verdict.no("check.tls.unsafe", host=host)
        if isinstance(until, Why):
            return _not_seen(until, host)
        left = until - now
        if left < timedelta(days=check.days_left):
            return Verdict.no("check.tls.ends_soon", host=host, n=max(0, left.days), least=check.days_left)
        return Verdict.yes("check.tls.right", host=host, n=left.days)

    async def _records(self, check: Dns, values: Values) -> Verdict:
        # With dnspython, which only these checks need.
        from helpdesk_bot.probe import dns

        name, wanted = name_of(check.name, values), record_of(check.contains, values, check.type)
        found = await dns.records(name, check.type, self._nameservers)
        if found in _PASSING:
            return Verdict.later("check.dns.silent", name=name)
        if found is Why.NO_ADDRESS:
            raise NoTarget(name)
        if isinstance(found, Why):
            return _not_seen(found, name)
        if dns.contain(found, wanted):
            return Verdict.yes("check.dns.right", name=name, type=check.type)
        if not found:
            return Verdict.no("check.dns.nothing", name=name, type=check.type, wanted=wanted)
        shown = shortened("; ".join(found[:_SHOWN]), _LONGEST)
        return Verdict.no("check.dns.other", name=name, type=check.type, wanted=wanted, found=shown)


def user_agent(name: str, public_url: str | None) -> str:
    """How the helpdesk makes itself known to whom it looks at: in ASCII, because some servers refuse anything else."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    shown = (
        " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split()) or "Helpdesk"
    )
    return f"{shown} (+{URL(public_url)})" if public_url else shown


def _shown(url: URL) -> str:
    return url.host or ""


def _not_seen(why: Why, host: str) -> Verdict:
    if why in _PASSING:
        return Verdict.later(f"check.not_seen.{why}", host=host)
    return Verdict.unknown(f"check.not_seen.{why}", host=host)


def _other_status(wanted: int, status: int, url: str) -> Verdict:
    if status in _MISSING:
        return Verdict.no("check.http.not_there", url=url)
    if status >= _FAILURES:
        return Verdict.no("check.http.failing", url=url, status=status)
    return Verdict.no("check.http.other_status", url=url, status=status, wanted=wanted)
