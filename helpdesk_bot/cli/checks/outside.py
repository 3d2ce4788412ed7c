"""Where the checks of playbooks go: to what is public, and nowhere else."""

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config


def check_outside(config: Config) -> list[Result]:
    if not config.checks.allow:
        return []
    what = f"{', '.join(config.checks.allow)} can be looked at by whoever fills in an address in a playbook"
    remedy = "Empty `checks.allow`, unless this is a test or a demo."
    return [Result("warning", "checks.allow", what, remedy)]
