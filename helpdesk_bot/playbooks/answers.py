"""What somebody answers to an input, from the words it is written in."""

from datetime import date

from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer

_YES_NO = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nee": False}


def answer(asked: Input, text: str) -> Answer:
    """Raises ValueError, which says what is expected."""
    text = text.strip()
    match asked.type:
        case "number":
            return _number(asked, text)
        case "boolean":
            if text.lower() not in _YES_NO:
                raise ValueError("yes or no")
            return _YES_NO[text.lower()]
        case "choice":
            values = [choice.value for choice in asked.choices]
            if text not in values:
                raise ValueError(f"one of {', '.join(values)}")
            return text
        case "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise ValueError("a day, such as 2027-05-01") from None
        case "url" if not text.startswith(("https://", "http://")):
            raise ValueError("an address that begins with https://")
    if not text:
        raise ValueError("some text")
    return text


def _number(asked: Input, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = None
    low, high = asked.min, asked.max
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        bounds = [f"from {low}"] if low is not None else []
        bounds += [f"up to {high}"] if high is not None else []
        raise ValueError(" ".join(["a whole number", *bounds]))
    return number
