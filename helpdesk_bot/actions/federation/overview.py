"""`!federatie`: which helpdesks are peers, how it is with each, and what is lent and borrowed now."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.domain.federation.lending import IN_TALKS, OUT_TALKS
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.protocol.words import Hello
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Lend, Peer
from helpdesk_bot.texts.render import Rendered


async def overview(act: Act, language: str) -> Rendered:
    peers = await federation.peers(act.session)
    if not peers:
        return act.texts.join(
            [
                act.words(language, "federation.none"),
                act.words(language, "federation.how_to_add", us=act.setting.bot),
            ]
        )
    parts = [act.words(language, "federation.head", n=len(peers), us=act.setting.bot)]
    parts += [await of_peer(act, peer, language) for peer in peers]
    parts.append(act.words(language, "federation.how"))
    return act.texts.join(parts)


async def of_peer(act: Act, peer: Peer, language: str) -> Rendered:
    """Everything about one, and what to do next."""
    name = name_of(peer)
    trust = act.words(language, f"federation.trust.{peer.trust}")
    lines = [act.words(language, "federation.peer", helpdesk=name, peer=peer.user_id, trust=trust)]
    if peer.trust in (Trust.ADDED, Trust.SUSPENDED):
        lines.append(_number(act, peer, language))
    if peer.trust in (Trust.TRUSTED, Trust.ADDED, Trust.SUSPENDED):
        lines.append(_life(act, peer, language))
    if peer.trust == Trust.TRUSTED and not peer.trusts:
        lines.append(act.words(language, "federation.not_yet_mutual", helpdesk=name))
    if peer.hello is not None and peer.trust == Trust.TRUSTED:
        hello = Hello.model_validate(peer.hello)
        speaks = [
            act.words(language, f"language.{tag}") if tag in act.texts.languages else tag
            for tag in hello.languages
        ]
        parts = [part.name for part in hello.stadsdelen] or [name]
        lines.append(act.words(language, "federation.can", parts=parts, speaks=speaks, n=hello.room))
    lends = await federation.going_on(act.session, peer.user_id)
    lines += [_lent(act, lend, language) for lend in lends]
    if peer.trust == Trust.TRUSTED and not lends:
        lines.append(act.words(language, "federation.nothing_lent"))
    return act.texts.join([lines[0], act.texts.bullets(lines[1:])]) if lines[1:] else lines[0]


def _number(act: Act, peer: Peer, language: str) -> Rendered:
    if peer.number is None:
        return act.words(language, "federation.no_number_yet")
    return act.words(language, "federation.compare", number=peer.number, peer=peer.user_id)


def _life(act: Act, peer: Peer, language: str) -> Rendered:
    if peer.heard_at is None:
        return act.words(language, "federation.never_heard")
    return act.words(language, "federation.heard_at", at=peer.heard_at)


def _lent(act: Act, lend: Lend, language: str) -> Rendered:
    helps = lend.state in (OUT_TALKS if lend.ours else IN_TALKS)
    side = "out" if lend.ours else "in"
    how = "lent" if helps else "offered"
    return act.words(
        language,
        f"federation.{how}_{side}",
        number=lend.ticket_id,
        since=lend.confirmed_at or lend.created_at,
    )
