"""The configuration of a helpdesk: a YAML file, and secrets from the environment."""

from helpdesk_bot.config.channels import Channel, Channels
from helpdesk_bot.config.findings import ConfigError, Finding
from helpdesk_bot.config.loading import load
from helpdesk_bot.config.models import (
    Asking,
    CityRooms,
    Config,
    DatabaseAddress,
    Finishing,
    Helpdesk,
    HomeserverAddress,
    Invites,
    Log,
    Retention,
    Sending,
    Stadsdeel,
    Undecryptable,
    Web,
)
from helpdesk_bot.config.opening import OpeningHours, Target, Targets
from helpdesk_bot.config.own_topic import OwnTopic
from helpdesk_bot.config.panic import Panic, Rota

__all__ = [
    "Asking",
    "Channel",
    "Channels",
    "CityRooms",
    "Config",
    "ConfigError",
    "DatabaseAddress",
    "Finding",
    "Finishing",
    "Helpdesk",
    "HomeserverAddress",
    "Invites",
    "Log",
    "OpeningHours",
    "OwnTopic",
    "Panic",
    "Retention",
    "Rota",
    "Sending",
    "Stadsdeel",
    "Target",
    "Targets",
    "Undecryptable",
    "Web",
    "load",
]
