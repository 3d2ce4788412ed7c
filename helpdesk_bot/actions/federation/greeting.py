"""What helpdesks say of themselves: who they are, what they could take over, and that they are still there."""

from datetime import timedelta

from helpdesk_bot.actions.candidates import habits_of
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import comparing
from helpdesk_bot.actions.federation.speaking import name_of, say
from helpdesk_bot.domain.availability import is_away
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.protocol.reading import common
from helpdesk_bot.protocol.words import VERSIONS, Hello, Served
from helpdesk_bot.storage import federation, people, restored, workload
from helpdesk_bot.storage.models import Peer, Technician

NOT_AGAIN = timedelta(minutes=10)  # what changes more often than this is told with the next
UNHEARD = timedelta(minutes=10)  # so long after a hello that nothing answered it is said again


async def greet(act: Act, peer: Peer, *, answer: bool = False) -> None:
    """Says hello. `answer`: and wants one back."""
    hello = await _hello(act, peer, answer=answer)
    if await say(act, peer, hello):
        peer.said_at, peer.told = act.now, _worth_telling(hello)


async def goodbye(act: Act, peer: Peer) -> None:
    """Says that we don't trust them any more."""
    hello = await _hello(act, peer, answer=False)
    await say(act, peer, hello.model_copy(update={"trusts": False}))


async def begin(act: Act) -> None:
    """We were away: everybody is greeted and compares with us, as soon as we hear everything again."""
    for peer in await federation.spoken_to(act.session):
        peer.said_at = peer.compared_at = None


async def keep_in_touch(act: Act) -> None:
    """To everybody who should hear from us now: because something is different, as a sign of life, or once more."""
    for peer in await federation.spoken_to(act.session):
        last = peer.said_at
        if (
            last is None
            or act.now - last >= act.config.federation.hello_every
            or (peer.heard_at is None and act.now - last >= UNHEARD)
        ):
            await greet(act, peer, answer=True)
        elif act.now - last >= NOT_AGAIN and peer.told != _worth_telling(
            await _hello(act, peer, answer=False)
        ):
            await greet(act, peer)


async def heard(act: Act, peer: Peer, hello: Hello) -> None:
    """Notes what they say of themselves. Whoever was put back from a backup is told what we know."""
    first, trusted_before, spoke_before = peer.heard_at is None, peer.trusts, peer.version is not None
    peer.name, peer.hello, peer.trusts = hello.name, _lasting(hello), hello.trusts
    peer.version, peer.heard_at = common(hello.versions), act.now
    put_back = not first and hello.era > peer.era
    peer.era = hello.era
    if first:
        await introduce(act, peer)
    if peer.version is None and (first or spoke_before):
        await act.tell_coordinators("federation.no_version", helpdesk=name_of(peer))
    if hello.answer:
        await greet(act, peer)
    if put_back:
        await act.tell_coordinators("federation.put_back", helpdesk=name_of(peer))
    if peer.trust == Trust.TRUSTED and (put_back or (hello.trusts and not trusted_before)):
        await comparing.tell_all(act, peer)


async def introduce(act: Act, peer: Peer) -> None:
    """They are here, and the number is known: people can compare it."""
    if peer.trust == Trust.ADDED and peer.heard_at is not None and peer.number is not None:
        await act.tell_coordinators(
            "federation.met", helpdesk=name_of(peer), peer=peer.user_id, number=peer.number
        )


async def _hello(act: Act, peer: Peer, *, answer: bool) -> Hello:
    languages, topics, room = await _able(act)
    return Hello(
        versions=list(VERSIONS),
        name=act.setting.name,
        stadsdelen=[Served(id=part.id, name=part.name) for part in act.layout.stadsdelen],
        languages=sorted(languages),
        topics=sorted(topics),
        room=room,
        trusts=peer.trust == Trust.TRUSTED,
        era=await restored.era(act.session),
        answer=answer,
    )


async def _able(act: Act) -> tuple[set[str], set[str], int]:
    """What our teams speak and know, and how many questions more they would take on. Sums only: nothing of one person."""
    languages, topics, room = set(act.texts.languages), set[str](), 0
    users = set(await people.in_team_rooms(act.session, act.layout)) - {act.setting.bot}
    in_hand = await workload.in_hand(act.session, users)
    for user in users:
        profile = await act.session.get(Technician, user)
        habits = habits_of(act, profile)
        if is_away(habits, act.now):
            continue
        languages |= set(profile.languages if profile else ())
        topics |= set(profile.skills if profile else ())
        room += max(0, habits.most_open - in_hand.get(user, 0))
    borrowed = await federation.count_going_on(act.session)
    room = max(0, min(room, act.config.federation.most_borrowed - borrowed))
    return languages, topics.intersection(act.topics.ids), room


def _lasting(hello: Hello) -> dict[str, object]:
    """What is kept of it."""
    return hello.model_dump(mode="json", exclude={"answer"})


def _worth_telling(hello: Hello) -> dict[str, object]:
    """What of it is said again when it changes. Of the room only whether there is any: it changes with each question, and is
    said to every peer."""
    return _lasting(hello) | {"room": min(hello.room, 1)}
