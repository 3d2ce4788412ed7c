"""Figures for Prometheus. Counts and lengths of time only: no label ever holds a person, a room or a text."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Gauge, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from helpdesk_bot.web.health import Health


class PartCounts(Collector):
    """What each part of the bot counts while it works, read at the moment of the question.

    `parts`: a part's name ('receive', 'work', 'send') and its counts by what happened ('done', 'malformed').
    """

    def __init__(self, parts: Mapping[str, Mapping[str, int]]) -> None:
        self._parts = parts

    @override
    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "helpdesk_happened", "What happened, by part of the bot.", labels=("part", "what")
        )
        for part, counts in self._parts.items():
            for what, count in sorted(counts.items()):
                family.add_metric((part, what), count)
        yield family


def registry_of(parts: Mapping[str, Mapping[str, int]]) -> CollectorRegistry:
    """A registry of its own, so that two helpdesks in one process don't mix."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(PartCounts(parts))
    return registry


class HealthGauges:
    """The same figures as /healthz, for graphs and alarms."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._well = Gauge("helpdesk_healthy", "1 when /healthz is well.", registry=registry)
        self._sync_age = Gauge(
            "helpdesk_sync_age_seconds",
            "Since the homeserver's last good answer; -1: none.",
            registry=registry,
        )
        self._waiting = Gauge("helpdesk_outbox_waiting", "Messages that wait to be sent.", registry=registry)
        self._oldest = Gauge(
            "helpdesk_outbox_oldest_seconds", "How long the oldest waits.", registry=registry
        )
        self._unworked = Gauge(
            "helpdesk_inbox_oldest_seconds",
            "How long the oldest event waits to be worked on.",
            registry=registry,
        )
        self._failed = Gauge("helpdesk_inbox_failed", "Events set aside, to be replayed.", registry=registry)

    def show(self, health: Health) -> None:
        self._well.set(health.well)
        self._sync_age.set(-1 if health.sync_age is None else health.sync_age.total_seconds())
        if health.outbox_waiting is not None:
            self._waiting.set(health.outbox_waiting)
        if health.outbox_oldest is not None:
            self._oldest.set(health.outbox_oldest.total_seconds())
        if health.inbox_oldest is not None:
            self._unworked.set(health.inbox_oldest.total_seconds())
        if health.inbox_failed is not None:
            self._failed.set(health.inbox_failed)
