"""What of a photo, file or voice message may be carried to another room. Pure; the input is hostile."""

import re
import unicodedata
from typing import Any

MEDIA_TYPES = frozenset({"m.image", "m.file", "m.audio", "m.video"})
VOICE_KEYS = ("org.matrix.msc3245.voice", "m.voice")
_MXC = re.compile(r"mxc://[A-Za-z0-9.:\[\]-]{1,255}/[A-Za-z0-9_-]{1,255}")
_MIME = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80}")
_NUMBERS = ("w", "h", "size", "duration")
_MAX_NAME = 200


def portable(content: dict[str, Any]) -> dict[str, Any] | None:
    """The content of a media message with nothing in it but the file, its name and its measures.

    The file itself stays where it is on the homeserver; an encrypted one carries its key along. None when this is no
    usable media message. See the Matrix specification, 'm.image' and 'EncryptedFile'.
    """
    msgtype = content.get("msgtype")
    if not isinstance(msgtype, str) or msgtype not in MEDIA_TYPES:
        return None
    source = _source(content, "url", "file")
    if source is None:
        return None
    clean: dict[str, Any] = {
        "msgtype": msgtype,
        "body": file_name(content),
        "filename": file_name(content),
        **source,
    }
    info = _info(content.get("info"))
    if info:
        clean["info"] = info
    if msgtype == "m.audio" and any(isinstance(content.get(key), dict) for key in VOICE_KEYS):
        clean["org.matrix.msc3245.voice"] = {}
    return clean


def same_file(one: dict[str, Any] | None, other: dict[str, Any]) -> bool:
    """Whether two contents, as `portable` leaves them, are about the same file."""
    return one is not None and _where(one) == _where(other)


def _where(content: dict[str, Any]) -> object:
    return content.get("url") or content["file"]["url"]


def file_name(content: dict[str, Any]) -> str:
    """The file's name; never a path, never endless, and nothing in it that hides or turns letters round."""
    for key in ("filename", "body"):
        name = content.get(key)
        if isinstance(name, str):
            seen = "".join(c for c in name if unicodedata.category(c)[0] != "C")
            last = seen.replace("\\", "/").rpartition("/")[2].strip()[:_MAX_NAME]
            if last:
                return last
    return "file"


def caption(content: dict[str, Any]) -> str | None:
    """What was written beside the file: `body`, where `filename` says that the body is not the name."""
    body, name = content.get("body"), content.get("filename")
    if isinstance(body, str) and isinstance(name, str) and body != name and body.strip():
        return body
    return None


def _source(content: dict[str, Any], plain: str, encrypted: str) -> dict[str, Any] | None:
    url = content.get(plain)
    if isinstance(url, str) and _MXC.fullmatch(url):
        return {plain: url}
    file = content.get(encrypted)
    if isinstance(file, dict) and isinstance(file.get("url"), str) and _MXC.fullmatch(file["url"]):
        key, hashes = file.get("key"), file.get("hashes")
        if isinstance(key, dict) and isinstance(hashes, dict) and isinstance(file.get("iv"), str):
            words = {k: v for k, v in key.items() if isinstance(v, str | bool | list)}
            sums = {k: v for k, v in hashes.items() if isinstance(v, str)}
            return {
                encrypted: {"url": file["url"], "v": "v2", "key": words, "iv": file["iv"], "hashes": sums}
            }
    return None


def _info(info: object) -> dict[str, Any]:
    if not isinstance(info, dict):
        return {}
    clean = _measures(info)
    thumbnail = _source(info, "thumbnail_url", "thumbnail_file")
    if thumbnail:
        clean |= thumbnail
        clean["thumbnail_info"] = _measures(info.get("thumbnail_info"))
    return clean


def _measures(info: object) -> dict[str, Any]:
    """Size and kind; a thumbnail has no thumbnail of its own."""
    if not isinstance(info, dict):
        return {}
    clean: dict[str, Any] = {key: info[key] for key in _NUMBERS if _is_size(info.get(key))}
    mimetype = info.get("mimetype")
    if isinstance(mimetype, str) and _MIME.fullmatch(mimetype):
        clean["mimetype"] = mimetype
    return clean


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
