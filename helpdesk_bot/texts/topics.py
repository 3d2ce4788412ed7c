"""The topics of a helpdesk: the built-in ones with their words, and what its configuration adds to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from helpdesk_bot.config import OwnTopic
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.topics import OTHER, TOPICS, Topic, Vocabulary, guess, scores, vocabulary
from helpdesk_bot.texts.render import Texts

WORDS = Path(__file__).parent / "topics.yaml"
ADDED = 3.0  # points of a word that the configuration names: the helpdesk knows why it does


@dataclass(frozen=True, slots=True)
class Topics:
    """What questions can be about here, in the order in which people are shown it. `names` has what the configuration
    calls its own topics: per topic, per language."""

    words: Vocabulary
    names: Mapping[str, Mapping[str, str]]
    texts: Texts

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them, without 'something else'."""
        return self.words.ids

    def name(self, topic: str | None, language: str | None = None) -> str:
        """What people call it. A topic that the configuration no longer has is something else."""
        if topic is not None and topic in self.names:
            return self.names[topic][self.texts.catalogues.known(language)]
        return self.texts.word(language, f"topic.{topic if topic in TOPICS else OTHER}")

    def guess(self, text: str) -> str | None:
        """The topic that a text tells; None when it is not clear."""
        found = guess(text, self.words)
        return None if found == OTHER else found

    def with_word(self, word: str, language: str) -> list[str]:
        """Those in whose name this whole word stands, in the reader's language or in English."""
        said = plain_key(word)
        return [
            topic
            for topic in self.ids
            if any(said in plain_key(self.name(topic, spoken)).split() for spoken in (language, "en"))
        ]

    def find(self, words: str) -> str | None:
        """The topic that somebody names, or OTHER: its name, the beginning of its name, or a word that tells it. They mean
        one, so a hint is enough, unless it is one of several topics."""
        said = plain_key(words)
        called: dict[str, str] = {}
        for topic in (*self.ids, OTHER):
            names = {topic, *(self.name(topic, language) for language in self.texts.languages)}
            called.update({plain_key(name): topic for name in names})
        if said in called:
            return called[said]
        begun = {topic for name, topic in called.items() if said and f"{name} ".startswith(f"{said} ")}
        if len(begun) == 1:
            return begun.pop()
        hinted = scores(words, self.words)
        most = max(hinted.values(), default=0.0)
        meant = [topic for topic, points in hinted.items() if points == most]
        return meant[0] if len(meant) == 1 else None


def topics_of(own: Iterable[OwnTopic], texts: Texts) -> Topics:
    """The built-in topics and those of the configuration. Its words are added to a built-in topic of the same id."""
    own = tuple(own)
    if not own:
        return Topics(_built_in_words(), {}, texts)
    told = {topic.id: dict(topic.tells) for topic in built_in()}
    names: dict[str, Mapping[str, str]] = {}
    for topic in own:
        told.setdefault(topic.id, {}).update(dict.fromkeys(topic.words, ADDED))
        if topic.name:
            names[topic.id] = topic.name
    return Topics(vocabulary(Topic(id_, words) for id_, words in told.items()), names, texts)


@cache
def _built_in_words() -> Vocabulary:
    return vocabulary(built_in())


@cache
def built_in() -> tuple[Topic, ...]:
    """As they stand in the file, in the order of TOPICS."""
    read = YAML(typ="safe", pure=True).load(WORDS)
    lists: dict[str, str] = read["lists"]

    def written_out(word: str) -> str:
        return " & ".join(lists.get(part, part) for part in word.split(" & "))

    return tuple(
        Topic(
            id_, {written_out(word): float(points) for points, words in read[id_].items() for word in words}
        )
        for id_ in TOPICS
    )
