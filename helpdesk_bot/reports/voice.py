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
