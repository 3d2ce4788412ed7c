"""What the bot shows over HTTP."""

from helpdesk_bot.web.application import make_app, serving
from helpdesk_bot.web.health import Health, HealthState
from helpdesk_bot.web.metrics import registry_of

__all__ = ["Health", "HealthState", "make_app", "registry_of", "serving"]
