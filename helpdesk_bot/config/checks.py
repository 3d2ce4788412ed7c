"""What the helpdesk's own server looks at, to see whether a step of a playbook worked."""

from pydantic import Field

from helpdesk_bot.config.section import Section
from helpdesk_bot.config.types import HostPort


class Checks(Section):
    """Looking at pages, links, certificates and domain names outside, for the steps of playbooks."""

    enabled: bool = Field(
        default=True, description="false: nothing is looked at by itself; a trainer looks instead."
    )
    allow: list[HostPort] = Field(
        default=[],
        description="Hosts with their ports that are looked at although they are not public. For tests and demos only: whoever "
        "fills in an address in a playbook could see through it what is inside your network.",
    )
    at_once: int = Field(default=4, ge=1, le=32, description="So many are looked at at the same time.")
    per_run_per_hour: int = Field(
        default=12,
        ge=1,
        le=1_000,
        description="So often at most in an hour something is looked at for one organisation's playbook.",
    )
