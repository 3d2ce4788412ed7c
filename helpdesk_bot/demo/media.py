"""Files as people's clients send and open them: encrypted before they leave the device when the room is."""

import io
import mimetypes
from typing import Any

from nio.crypto.attachments import decrypt_attachment, encrypt_attachment
from PIL import Image

from helpdesk_bot.demo.api import Api


async def upload(api: Api, data: bytes, name: str, mimetype: str, *, encrypted: bool) -> dict[str, Any]:
    """The part of a message that says where its file is."""
    if not encrypted:
        return {"url": await _upload(api, data, name, mimetype)}
    sealed, keys = encrypt_attachment(data)
    mxc = await _upload(api, sealed, "", "application/octet-stream")
    return {"file": {**keys, "url": mxc}}


async def download(api: Api, content: dict[str, Any]) -> bytes:
    """The file of a message, opened."""
    file = content.get("file")
    if file is None:
        return await api.download(content["url"])
    sealed = await api.download(file["url"])
    opened: bytes = decrypt_attachment(sealed, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    return opened


def guess_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def message_type(mimetype: str) -> str:
    family = mimetype.partition("/")[0]
    return f"m.{family}" if family in {"image", "audio", "video"} else "m.file"


def picture_info(data: bytes) -> dict[str, int]:
    with Image.open(io.BytesIO(data)) as picture:
        return {"w": picture.width, "h": picture.height}


def picture(width: int = 320, height: int = 240, colour: str = "steelblue") -> bytes:
    """A small photograph's stand-in."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()


async def _upload(api: Api, data: bytes, name: str, mimetype: str) -> str:
    answer = await api.call(
        "POST",
        "/_matrix/media/v3/upload",
        params={"filename": name} if name else {},
        headers={"Content-Type": mimetype},
        data=data,
    )
    return str(answer["content_uri"])
