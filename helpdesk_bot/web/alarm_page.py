"""The page behind a one-time link: whoever was called says by one button that they come.

A link that is only looked at, by a preview or a virus scanner, does nothing. It works without a script, and holds nothing
of what was asked: whoever finds the phone learns a number.
"""

import base64
import hashlib
from collections.abc import Callable
from html import escape
from typing import Any

from aiohttp import web

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.panic.coming import come
from helpdesk_bot.clock import Clock
from helpdesk_bot.domain.panic import RUNNING
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import alarms, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import AlarmLink, Panic, PanicCall

_STYLE = (
    "body{font:1.25rem/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}h1{font-size:1.75rem;line-height:1.2}button{font:inherit;font-weight:700;padding:1rem 1.5rem;"
    "width:100%;border:0;border-radius:.5rem;background:#0b5394;color:#fff}button:focus-visible{outline:4px solid "
    "#f1a208;outline-offset:2px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}


def alarm_routes(
    db: Database, setting: Setting, clock: Clock, on_done: Callable[[], None]
) -> list[web.RouteDef]:
    """`on_done` is called when somebody comes: there is something to say then."""

    async def look(request: web.Request) -> web.Response:
        async with db.reading() as session:
            act = Act(session, clock(), setting)
            link = await alarms.link(session, request.match_info["token"], act.now)
            if link is None:
                return _page(setting, _preferred(request, setting), "web.alarm_no_link", status=404)
            return await _shown(act, link)

    async def press(request: web.Request) -> web.StreamResponse:
        try:
            async with db.transaction() as session:
                act = Act(session, clock(), setting)
                link = await alarms.link(session, request.match_info["token"], act.now)
                if link is not None and link.used_at is None:
                    outbox.caused_by(session, f"alarm-link:{link.hash}")
                    await _use(act, link)
        except UserError as error:
            return _page(setting, _preferred(request, setting), error.key, status=409, **error.params)
        on_done()
        # Whatever came of it is shown as when one looks; going back and forth presses nothing again.
        # The same address as the browser sees it, which a proxy may have put in a folder.
        raise web.HTTPSeeOther(request.match_info["token"], headers=HEADERS)

    return [web.get("/alarm/{token}", look), web.post("/alarm/{token}", press)]


async def _use(act: Act, link: AlarmLink) -> None:
    call = await act.session.get_one(PanicCall, link.call_id)
    panic = await act.session.get_one(Panic, call.panic_id)
    assert call.user_id is not None, "a link is only sent to one person"
    link.used_at = act.now
    if panic.state in RUNNING:
        await come(act, panic, call.user_id)


async def _shown(act: Act, link: AlarmLink) -> web.Response:
    call = await act.session.get_one(PanicCall, link.call_id)
    panic = await act.session.get_one(Panic, call.panic_id)
    user, number = call.user_id or "", panic.ticket_id
    language = await act.language_of(user)
    if panic.answered_by == user:
        return _page(act.setting, language, "web.alarm_yours", number=number)
    if panic.answered_by is not None:
        helper = await act.name(panic.answered_by)
        return _page(act.setting, language, "web.alarm_taken", number=number, helper=helper)
    if panic.state not in RUNNING or link.used_at is not None:
        return _page(act.setting, language, "web.alarm_over", number=number)
    return _page(act.setting, language, "web.alarm_call", button=True, number=number)


def _page(
    setting: Setting, language: str, key: str, *, button: bool = False, status: int = 200, **params: Any
) -> web.Response:
    texts = setting.texts
    title = texts.word(language, "alarm.title", helpdesk=setting.name)
    said = texts.say(language, key, **params).html
    form = ""
    if button:
        press = escape(texts.word(language, "web.alarm_button"))
        form = f'<form method="post"><button type="submit">{press}</button></form>'
    page = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{said}{form}</main></body></html>"
    )
    return web.Response(text=page, content_type="text/html", status=status, headers=HEADERS)


def _preferred(request: web.Request, setting: Setting) -> str:
    """The language that the browser asks for, as far as we speak it; whose link it is is not known."""
    asked = request.headers.get("Accept-Language", "")
    codes = [part.partition(";")[0].strip().partition("-")[0].casefold() for part in asked.split(",")]
    return next((code for code in codes if code in setting.texts.languages), setting.texts.default)
