"""What a helpdesk adds to the topics that every one has."""

from pydantic import Field

from helpdesk_bot.config.section import Section
from helpdesk_bot.config.types import Language, Slug, Text


class OwnTopic(Section):
    """A topic of this helpdesk's own, or words for one that every helpdesk has."""

    id: Slug = Field(
        description="A short name that never changes, such as energy; or a built-in one, such as members."
    )
    name: dict[Language, Text] | None = Field(
        default=None, description="What people call it, in each language. Only for a topic of your own."
    )
    words: list[Text] = Field(
        default=[],
        max_length=500,
        description="What tells it: words, words in a row, or the beginning of a word followed by *.",
    )
