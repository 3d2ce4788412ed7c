"""What must hold for the topics of a configuration."""

from collections.abc import Iterator

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.config.models import Config
from helpdesk_bot.config.own_topic import OwnTopic
from helpdesk_bot.domain.topics import OTHER, TOPICS, telling


def broken_topics(config: Config) -> Iterator[Broken]:
    known: set[str] = set()
    for at, topic in enumerate(config.topics):
        here: Route = ("topics", at)
        if topic.id in known:
            yield Broken((*here, "id"), f"{topic.id} is here twice", "Put the words of both at one of them.")
        known.add(topic.id)
        if topic.id == OTHER:
            yield Broken((*here, "id"), f"{OTHER} is what no topic tells", "Give your topic another id.")
        else:
            yield from (_built_in_topic if topic.id in TOPICS else _own_topic)(here, topic, config)
        for n, word in enumerate(topic.words):
            if not telling(word):
                yield Broken(
                    (*here, "words", n),
                    f"'{word}' is too short, or has a * in the middle",
                    "Write a whole word, words in a row, or at least three letters with * before or behind them.",
                )


def _built_in_topic(here: Route, topic: OwnTopic, _: Config) -> Iterator[Broken]:
    if topic.name is not None:
        yield Broken(
            (*here, "name"),
            f"{topic.id} is built in and has a name already",
            "Take the name out, or give your topic an id of its own.",
        )
    elif not topic.words:
        yield Broken(here, f"adds nothing to {topic.id}", "Add `words: […]`, or take it out.")


def _own_topic(here: Route, topic: OwnTopic, config: Config) -> Iterator[Broken]:
    for language in config.helpdesk.languages:
        if language not in (topic.name or {}):
            yield Broken(
                (*here, "name"),
                f"has no {language}",
                f"Add `{language}: …`: people are shown it in their own language.",
            )
