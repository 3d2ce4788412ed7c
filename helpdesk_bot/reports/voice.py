"""How a report speaks: one language, one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk_bot.texts.render import Rendered, Texts
from helpdesk_bot.texts.topics import Topics


@dataclass(frozen=True, slots=True)
class Voice:
    topics: Topics
    language: str | None
    now: datetime

    @property
    def texts(self) -> Texts:
        return self.topics.texts

    def say(self, key: str, /, **params: Any) -> Rendered:
        return self.texts.say(self.language or self.texts.default, key, now=self.now, **params)

    def word(self, key: str, /, **params: Any) -> str:
        return self.say(key, **params).body

    def topic(self, topic: str) -> str:
        return self.topics.name(topic, self.language)

    def worked(self, minutes: int) -> str:
        """'12 uur en 30 minuten': time that was worked is told in hours, never in days."""
        hours, rest = divmod(minutes, 60)
        parts = [self.word("duration.hours", n=hours)] if hours or not rest else []
        parts += [self.word("duration.minutes", n=rest)] if rest else []
        return parts[0] if len(parts) == 1 else self.word("duration.and", first=parts[0], second=parts[1])
