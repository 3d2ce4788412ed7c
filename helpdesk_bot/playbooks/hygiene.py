"""What a migration starts from: public links are closed and a breach is looked for, then there is a vault and a second step,
and only then does any data move."""

from collections.abc import Collection, Iterator, Sequence

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.playbooks.format import Playbook

FIRST = ("close-public-links", "password-manager", "two-factor")


def starts_from(leaves: Sequence[str], reaches: Sequence[str], there: Collection[str]) -> list[str]:
    """Ids of what comes before a playbook that goes from some tools to others. `there`: the playbooks of the library."""
    return [name for name in FIRST if name in there] if leaves and reaches else []


def broken(playbook: Playbook, there: Collection[str]) -> Iterator[Broken]:
    """A migration that forgets one of them, without saying why it needs none."""
    if playbook.id in FIRST:
        return
    required = {one.playbook for one in playbook.requires}
    spared = {one.playbook for one in playbook.not_required}
    for name in starts_from(playbook.from_, playbook.to, there):
        if name not in required | spared:
            remedy = (
                f"Add `- {{playbook: {name}}}`, or say under `not_required:` why this migration needs it not."
            )
            yield Broken(("requires",), f"leaves out '{name}', from which a migration starts", remedy)
    for at, one in enumerate(playbook.not_required):
        if one.playbook in required:
            yield Broken(("not_required", at), f"'{one.playbook}' is required", "Keep one of the two.")
