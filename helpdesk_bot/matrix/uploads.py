"""Puts the files that the bot made at the homeserver, encrypted where the room is, right before their message goes.

An upload has no transaction id: a crash in the middle leaves a file that nobody points at, and uploads it once more. The
message itself has one, and is never sent twice.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from nio.crypto.attachments import encrypt_attachment

from helpdesk_bot.boundaries import passing
from helpdesk_bot.matrix.http import Homeserver, Json
from helpdesk_bot.matrix.sealing import Sealing
from helpdesk_bot.storage import files
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import File, OutboxRow

# Makes the bytes of a file from its recipe.
Draw = Callable[[Json], Awaitable[bytes]]
_SEALED_TYPE = "application/octet-stream"


class Uploads:
    def __init__(self, db: Database, homeserver: Homeserver, sealing: Sealing, draw: Draw | None) -> None:
        self._db = db
        self._homeserver = homeserver
        self._sealing = sealing
        self._draw = draw

    async def with_file(self, row: OutboxRow, content: Json) -> Json:
        """The content with the place of its file in it, if it has one. Raises MatrixError, and whatever `draw` raises."""
        if FILE_KEY not in content:
            return content
        async with self._db.reading() as session:
            file = await files.of_row(session, row.id)
        data = await self._data(file)
        encrypted = await self._sealing.is_encrypted(row.room_id)
        place = file.uploaded or {}
        if ("file" if encrypted else "url") not in place:
            place = await self._upload(file, data, encrypted=encrypted)
            passing("file.uploaded")
            async with self._db.transaction() as session:
                await files.keep_place(session, row.id, place)
        carried = {name: value for name, value in content.items() if name != FILE_KEY}
        return {**carried, **place, "info": {**carried["info"], "size": len(data)}}

    async def _data(self, file: File) -> bytes:
        if file.data is not None:
            return file.data
        if self._draw is None or file.recipe is None:
            raise ValueError("a file without data, and nothing to make it from")
        data = await self._draw(file.recipe)
        async with self._db.transaction() as session:
            await files.keep_data(session, file.outbox_id, data)
        return data

    async def _upload(self, file: File, data: bytes, *, encrypted: bool) -> Json:
        """See the Matrix specification, 'Sending encrypted attachments': neither name nor type is told in the clear."""
        if not encrypted:
            return {"url": await self._homeserver.upload(data, file.mimetype, file.name)}
        sealed, keys = encrypt_attachment(data)
        opening: dict[str, Any] = dict(keys)
        return {"file": {**opening, "url": await self._homeserver.upload(sealed, _SEALED_TYPE)}}
