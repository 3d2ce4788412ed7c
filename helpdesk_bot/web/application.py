"""The web server: /healthz and /metrics for machines, and the pages for people."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from helpdesk_bot.web.health import HealthState
from helpdesk_bot.web.metrics import HealthGauges

_NEVER_KEEP = {"Cache-Control": "no-store"}


def make_app(
    state: HealthState, registry: CollectorRegistry, pages: Iterable[web.RouteDef] = ()
) -> web.Application:
    """`pages`: what people see."""
    gauges = HealthGauges(registry)

    async def healthz(_: web.Request) -> web.Response:
        health = await state.read()
        return web.json_response(health.as_json(), status=200 if health.well else 503, headers=_NEVER_KEEP)

    async def metrics(_: web.Request) -> web.Response:
        gauges.show(await state.read())
        return web.Response(
            body=generate_latest(registry), headers={**_NEVER_KEEP, "Content-Type": CONTENT_TYPE_LATEST}
        )

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics), *pages])
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listens while the block runs. Gives the port, which is a free one when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
