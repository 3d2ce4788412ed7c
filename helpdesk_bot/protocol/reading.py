"""Takes a message of another helpdesk apart. Whatever is in it, the answer is a word of ours or a plain reason why not."""

from typing import Any

from pydantic import ValidationError

from helpdesk_bot.protocol.words import BY_TYPE, VERSIONS, Word


class NotUnderstood(Exception):
    """`code` as in `Problem`; `about`: the type that the message said it had."""

    def __init__(self, code: str, about: str | None = None) -> None:
        super().__init__(f"{code}: {about}")
        self.code = code
        self.about = about


def read(content: dict[str, Any]) -> Word:
    """The word in the content of an event. Raises NotUnderstood."""
    name = content.get("type")
    about = name[:40] if isinstance(name, str) else None
    if content.get("protocol") not in VERSIONS or isinstance(content.get("protocol"), bool):
        raise NotUnderstood("version", about)
    word = BY_TYPE.get(about or "")
    if word is None:
        raise NotUnderstood("unknown_type", about)
    try:
        return word.model_validate(content)
    except ValidationError:
        raise NotUnderstood("malformed", about) from None


def written(word: Word) -> dict[str, Any]:
    """The content of the event that says it."""
    return word.model_dump(mode="json", exclude_none=True)


def common(versions: list[int]) -> int | None:
    """The highest version that both know; None when there is none."""
    return max(set(versions) & set(VERSIONS), default=None)
