"""Looks what keys other helpdesks have: people compare them by a number, and hear when they are different ones. Only devices that
the compared key vouches for can read what is lent."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.federation import greeting, trusting
from helpdesk_bot.clock import Clock
from helpdesk_bot.domain.federation.trust import Trust, number_of_two
from helpdesk_bot.matrix import cross_signing
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.incoming import as_dict
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.engine import Database

log = structlog.get_logger(__name__)

_PAUSE = 2.0  # seconds between two looks at who is to be asked for
_LOOK_AGAIN = timedelta(minutes=10)


class PeerKeys:
    """The number is of both helpdesks' master keys. A peer one of whose devices its master key has not signed has none."""

    def __init__(
        self,
        db: Database,
        setting: Setting,
        homeserver: Homeserver,
        crypto: Crypto,
        clock: Clock,
    ) -> None:
        self._db = db
        self._setting = setting
        self._homeserver = homeserver
        self._crypto = crypto
        self._mine = cross_signing.CrossSigning(crypto.account.user_id, crypto.account.seeds).master.public
        self._clock = clock
        self._looked: dict[str, datetime] = {}

    async def begin(self) -> None:
        """Before anything is said: which devices may read it is looked up first."""
        async with self._db.reading() as session:
            for peer in await federation.peers(session):
                self._crypto.guard(peer.user_id)

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        while True:
            try:
                await self.once()
            except (MatrixError, SQLAlchemyError, OSError) as error:
                log.warning("keys of peers not looked at", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)

    async def once(self) -> None:
        """Looks at those whose turn it is. Raises MatrixError when our homeserver does not answer."""
        for user_id in self._crypto.to_look_at():
            self._looked.pop(user_id, None)
        async with self._db.reading() as session:
            peers = await federation.spoken_to(session)
        due = [peer.user_id for peer in peers if peer.number is None or self._is_due(peer.user_id)]
        if not due:
            return
        answer = await self._homeserver.keys_query(due)
        failed = set(as_dict(answer.get("failures")))
        for user_id in due:
            if user_id.partition(":")[2] in failed:
                continue  # their server is away: nothing is known to have changed
            self._looked[user_id] = self._clock()
            shown = cross_signing.signed_by_master(answer, user_id)
            key = shown.master if shown and shown.all_devices else None
            await self._note(
                user_id, number_of_two((self._setting.bot, self._mine), (user_id, key)) if key else None
            )
            # After it is noted, so that nothing which was said to the keys that people compared goes to others.
            self._crypto.vouch(user_id, shown.devices if shown else ())

    def _is_due(self, user_id: str) -> bool:
        last = self._looked.get(user_id)
        return last is None or self._clock() - last >= _LOOK_AGAIN

    async def _note(self, user_id: str, number: str | None) -> None:
        async with self._db.transaction() as session:
            peer = await federation.peer(session, user_id)
            if peer is None or peer.number == number:
                return
            act = Act(session, self._clock(), self._setting)
            peer.number, before = number, peer.number
            if before is None:
                await greeting.introduce(act, peer)
            if peer.trust == Trust.TRUSTED and number != peer.compared:
                await trusting.keys_changed(act, peer)
