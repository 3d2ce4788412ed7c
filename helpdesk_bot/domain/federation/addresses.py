"""Whoever is at another helpdesk has an address of ours: one for each lent question, and it stands for all of them there.

At the helper, the one who asked is `lend:<ref>`, and so is the room to answer in. At the origin it is whoever helps. So a
question that is lent is a question like any other on both sides, and what is said to such an address leaves by way of the
other helpdesk, never by a message of ours.
"""

PREFIX = "lend:"


def address_of(ref: str) -> str:
    return PREFIX + ref


def is_elsewhere(address: str | None) -> bool:
    """Whether this person or room is at another helpdesk."""
    return address is not None and address.startswith(PREFIX)


def ref_of(address: str | None) -> str | None:
    """The lend that an address stands for; None for one that is here."""
    return address.removeprefix(PREFIX) if address is not None and is_elsewhere(address) else None
