"""A rule between settings that does not hold."""

from typing import NamedTuple

from helpdesk_bot.config.document import Route


class Broken(NamedTuple):
    route: Route
    what: str
    remedy: str
