"""Keeping keys at the homeserver that others can begin a conversation with.

Private halves are saved before their public halves leave, so that a crash in between leaves nobody writing to a key
that nobody has. nio does it the other way round, and takes a count of zero for 'not known'.
"""

import asyncio
from datetime import datetime, timedelta

from helpdesk_bot.clock import Clock
from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.engine import ONE_TIME_KEY, Engine
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError

_ATTEMPTS = 5
_FALLBACK_REST = timedelta(hours=1)  # only the last two are remembered
_BAD_REQUEST = 400


class KeyUpload:
    def __init__(self, engine: Engine, store: CryptoStore, homeserver: Homeserver, clock: Clock) -> None:
        self._engine = engine
        self._store = store
        self._homeserver = homeserver
        self._clock = clock
        self._uploading = asyncio.Lock()
        self._count: int | None = None
        self._fallback_used = False

    def learn(self, counts: object, unused_fallbacks: object) -> None:
        """What a sync says is left. A kind that is not listed has none."""
        if isinstance(counts, dict):
            count = counts.get(ONE_TIME_KEY, 0)
            self._count = count if isinstance(count, int) else 0
        if isinstance(unused_fallbacks, list):
            self._fallback_used = ONE_TIME_KEY not in unused_fallbacks

    @property
    def due(self) -> bool:
        few = self._count is not None and self._count <= self._engine.account.max_one_time_keys // 2
        return few or self._fallback_due()

    def _fallback_due(self) -> bool:
        if not self._fallback_used:
            return False
        made = self._store.note("fallback_made")
        if made is None:
            return True
        age = self._clock() - datetime.fromisoformat(made)
        return not timedelta() <= age < _FALLBACK_REST

    async def upload(self, *, device: bool = False) -> None:
        """Uploads what is missing; with `device`, the device's own keys as well."""
        async with self._uploading:
            for attempt in range(_ATTEMPTS):
                body = self._prepared(device)
                if not body:
                    return
                try:
                    answer = await self._homeserver.keys_upload(body)
                except MatrixError as error:
                    # A store out of a backup counts on from where it was: these names are taken by other keys.
                    if error.status != _BAD_REQUEST or attempt == _ATTEMPTS - 1:
                        raise
                    self._mark_published()
                    continue
                self._published(answer)
                return

    def _prepared(self, device: bool) -> Json:
        account = self._engine.account
        with self._store.transaction():
            if (device or self._fallback_due()) and not self._engine.unpublished_fallback_key():
                self._engine.new_fallback_key()
                self._store.put_note("fallback_made", self._clock().isoformat())
            missing = account.max_one_time_keys - (self._count or 0)
            if (device or self.due) and missing > 0 and not self._engine.unpublished_one_time_keys():
                account.generate_one_time_keys(missing)
            self._engine.save_account()
        body: Json = {}
        if device:
            body["device_keys"] = self._engine.device_keys()
        if keys := self._engine.unpublished_one_time_keys():
            body["one_time_keys"] = keys
        if fallback := self._engine.unpublished_fallback_key():
            body["fallback_keys"] = fallback
        return body

    def _published(self, answer: Json) -> None:
        self._engine.account.shared = True
        self._mark_published()
        self.learn(answer.get("one_time_key_counts"), [ONE_TIME_KEY])

    def _mark_published(self) -> None:
        self._engine.account.mark_keys_as_published()
        with self._store.transaction():
            self._engine.save_account()
