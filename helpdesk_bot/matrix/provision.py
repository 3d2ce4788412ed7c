"""Making the helpdesk's rooms, or taking those that are there. Doing it again finishes what is missing.

A room is found back by what the configuration says, else by its alias, so that nothing is made twice. Homeservers
allow about one new room a minute: every refusal for haste is waited out, and said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.new_room import room_body
from helpdesk_bot.matrix.room_check import ADMIN, MODERATOR, RoomFacts, Trouble, troubles

__all__ = ["Progress", "Provisioner", "SettledRoom", "WantedRoom", "room_body"]

Answer = TypeVar("Answer")
_FIRST_WAIT = 5.0
_NOT_FOUND = 404
_FORBIDDEN = 403
_TOO_FAST = 429


class Progress(Protocol):
    """Who is told how far it is."""

    def said(self, text: str) -> None: ...
    def waits(self, seconds: float) -> None: ...
    def may_take(self, alias: str, others: Mapping[str, str]) -> bool:
        """Whether a room that somebody else made is the one that is meant; `others` are in charge of it, and why."""
        ...


@dataclass(frozen=True, slots=True)
class WantedRoom:
    """`key` tells rooms of one kind apart. `known` is what the configuration says: an id or an alias."""

    kind: RoomKind
    key: str
    alias: str
    name: str
    topic: str
    known: str | None = None


@dataclass(slots=True)
class SettledRoom:
    """`room_id` is None when there is no such room for the bot; `troubles` say why, or what does not fit."""

    wanted: WantedRoom
    room_id: str | None
    made: bool = False
    troubles: list[Trouble] = field(default_factory=list)


class Provisioner:
    def __init__(
        self,
        homeserver: Homeserver,
        user_id: str,
        progress: Progress,
        *,
        trusted: Iterable[str] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._homeserver = homeserver
        self._user_id = user_id
        self._progress = progress
        self._trusted = frozenset(trusted)
        self._sleep = sleep

    async def settle(self, wanted: WantedRoom, space: str | None = None) -> SettledRoom:
        """Finds the room, or makes it, and looks whether it fits."""
        room = await self._find(wanted)
        if room is None:
            room = await self._make(wanted, space)
        if room.room_id is None:
            return room
        room.room_id, facts = await self._followed(room.room_id)
        if wanted.kind in STAFF_KINDS and not room.made and not (wanted.known or "").startswith("!"):
            # Found by its alias it may be anybody's, and who rules it hands out the roles.
            others = self._strangers(facts)
            alias = wanted.known or wanted.alias
            if others and not self._progress.may_take(alias, others):
                return SettledRoom(wanted, None, troubles=[_not_ours(alias)])
        room.troubles += troubles(facts, wanted.kind, self._user_id)
        return room

    def _strangers(self, facts: RoomFacts) -> dict[str, str]:
        """Who is in charge of a room besides the bot, if the bot did not make it, and is not known."""
        if self._user_id == facts.maker:
            return {}
        others = facts.others_in_charge(self._user_id)
        return {user: why for user, why in others.items() if user not in self._trusted}

    async def _followed(self, room_id: str) -> tuple[str, RoomFacts]:
        """The room as it goes on after upgrades, as far as the bot can come along and both rooms say so."""
        facts = await self.facts(room_id)
        seen = {room_id}
        while facts.replaced_by is not None and facts.replaced_by not in seen:
            seen.add(facts.replaced_by)
            try:
                new = await self._homeserver.join(facts.replaced_by, filter(None, [facts.replaced_via]))
            except MatrixError as error:
                if error.temporary:
                    raise
                break
            successor = await self.facts(new)
            if successor.predecessor != room_id:
                break
            self._progress.said(f"{room_id} was upgraded and goes on in {new}")
            room_id, facts = new, successor
        return room_id, facts

    async def link(self, space: str, rooms: Iterable[str]) -> list[Trouble]:
        """Makes the rooms part of the space."""
        facts = await self.facts(space)
        missing = [room for room in rooms if room not in facts.children]
        via = {"via": [self._user_id.partition(":")[2]], "suggested": False}
        for room in missing:
            try:
                await self.patiently(partial(self._homeserver.put_state, space, "m.space.child", via, room))
            except MatrixError as error:
                if error.status != _FORBIDDEN:
                    raise
                return [
                    Trouble("warning", "the bot may not add rooms to the space", "Give it power 50 there.")
                ]
        return []

    async def invite(self, room_id: str, kind: RoomKind, people: Iterable[str]) -> list[Trouble]:
        """Invites people as administrators of the room, as far as the bot itself may."""
        found: list[Trouble] = []
        facts = await self.facts(room_id)
        for person in people:
            found += await self._empower(room_id, facts, person)
            if facts.members.get(person) in ("join", "invite"):
                continue
            try:
                if kind in STAFF_KINDS:
                    await self.patiently(partial(self._homeserver.invite, room_id, person))
                else:
                    # Anybody can walk in here, and homeservers allow few invitations to one person.
                    await self._homeserver.invite(room_id, person)
            except MatrixError as error:
                if error.status == _TOO_FAST:
                    continue
                what = f"{person} could not be invited ({error})"
                found.append(
                    Trouble("warning", what, "Invite them yourself, or run `helpdesk init` again later.")
                )
        return found

    async def facts(self, room_id: str) -> RoomFacts:
        return RoomFacts.of(await self.patiently(lambda: self._homeserver.full_state(room_id)))

    async def patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Waits as long as the homeserver asks, as often as it asks."""
        wait = _FIRST_WAIT
        while True:
            try:
                return await call()
            except MatrixError as error:
                if error.status != _TOO_FAST:
                    raise
                pause = error.retry_after if error.retry_after is not None else wait
            wait = min(wait * 2, 60.0)
            self._progress.waits(pause)
            await self._sleep(pause + 0.1)

    async def _find(self, wanted: WantedRoom) -> SettledRoom | None:
        """None when there is no such room yet."""
        reference = wanted.known or wanted.alias
        room_id: str | None = reference
        if reference.startswith("#"):
            try:
                room_id = await self._resolve(reference)
            except MatrixError as error:
                if self._is_ours(reference):
                    raise
                return SettledRoom(wanted, None, troubles=[_not_known_now(reference, error)])
            if room_id is None:
                return None
        assert room_id is not None
        if room_id in await self.patiently(self._homeserver.joined_rooms):
            return SettledRoom(wanted, room_id)
        try:
            joined = await self.patiently(lambda: self._homeserver.join(reference, _via(reference)))
        except MatrixError as error:
            if error.temporary:
                raise
            return SettledRoom(wanted, None, troubles=[_not_in(reference, self._user_id, error)])
        self._progress.said(f"joined {reference}")
        return SettledRoom(wanted, joined)

    def _is_ours(self, alias: str) -> bool:
        return alias.partition(":")[2] == self._user_id.partition(":")[2]

    async def _resolve(self, alias: str) -> str | None:
        try:
            return await self.patiently(lambda: self._homeserver.resolve_alias(alias))
        except MatrixError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    async def _make(self, wanted: WantedRoom, space: str | None) -> SettledRoom:
        alias = wanted.known or wanted.alias
        if not self._is_ours(alias):
            remedy = "Make it on its own server and invite the bot, or name another."
            return SettledRoom(wanted, None, troubles=[Trouble("error", f"{alias} does not exist", remedy)])
        body = room_body(wanted.kind, alias, wanted.name, wanted.topic, space, self._user_id)
        try:
            room_id = await self.patiently(lambda: self._homeserver.create_room(**body))
        except MatrixError as error:
            if error.errcode == "M_ROOM_IN_USE":  # an earlier request did arrive after all
                there = await self._find(wanted)
                if there is not None:
                    return there
            if error.temporary:
                raise
            what = f"{alias} could not be made ({error})"
            remedy = "Let an administrator allow the bot to make rooms and aliases, or make the room and invite it."
            return SettledRoom(wanted, None, troubles=[Trouble("error", what, remedy)])
        self._progress.said(f"made {alias}")
        return SettledRoom(wanted, room_id, made=True)

    async def _empower(self, room_id: str, facts: RoomFacts, person: str) -> list[Trouble]:
        own = facts.power(self._user_id)
        grant = ADMIN if own >= ADMIN else MODERATOR if own >= MODERATOR else 0
        if not grant or facts.power(person) >= grant:
            return []
        levels = await self.patiently(lambda: self._homeserver.state(room_id, "m.room.power_levels"))
        users = levels.get("users")
        levels = levels | {"users": (users if isinstance(users, dict) else {}) | {person: grant}}
        try:
            await self.patiently(lambda: self._homeserver.put_state(room_id, "m.room.power_levels", levels))
        except MatrixError as error:
            if error.status != _FORBIDDEN:
                raise
            return [
                Trouble(
                    "warning", f"{person} could not be made administrator", "Do it in the room's settings."
                )
            ]
        return []


def _via(reference: str) -> list[str]:
    server = reference.partition(":")[2]
    return [server] if server else []


def _not_known_now(alias: str, error: MatrixError) -> Trouble:
    what = f"{alias} can't be looked up ({error})"
    return Trouble("error", what, "Its server may be down: try again later, or name the room by its id.")


def _not_in(reference: str, bot: str, error: MatrixError) -> Trouble:
    what = f"the bot is not in {reference} and can't join it ({error})"
    return Trouble("error", what, f"Invite {bot} into the room and give it power 100, then run this again.")


def _not_ours(alias: str) -> Trouble:
    return Trouble(
        "error",
        "somebody else made this room: who rules it hands out roles, and who is in it has one",
        f"If that is right: run this again with --adopt '{alias}'. If not: name another room in the configuration.",
    )
