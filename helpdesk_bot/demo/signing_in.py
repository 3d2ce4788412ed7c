"""Signs people of the cast in, each with a client and keys of their own that last from one play to the next."""

from contextlib import AsyncExitStack
from pathlib import Path

from helpdesk_bot.demo.cast import PASSWORD, Role
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Account, Synapse, SynapseError
from helpdesk_bot.demo.vouching import vouch


async def signed_in(stack: AsyncExitStack, synapse: Synapse, folder: Path, role: Role) -> Person:
    """`folder`: where the clients of all people are."""
    home = folder / role.localpart
    if (home / "account.json").exists():
        return await stack.enter_async_context(Person.at(synapse, role.localpart, home))
    account = await account_of(synapse, role)
    person = await stack.enter_async_context(Person.at(synapse, role.localpart, home, account=account))
    await vouch(person)
    return person


async def account_of(synapse: Synapse, role: Role) -> Account:
    """A new account, or a new device of one that an earlier run has made."""
    try:
        return await synapse.register(role.localpart, PASSWORD, displayname=role.name)
    except SynapseError as error:
        if "M_USER_IN_USE" not in str(error):
            raise
        return await synapse.login(role.localpart, PASSWORD)
