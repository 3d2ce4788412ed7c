"""Figures for Prometheus. Counts and lengths of time only: no label ever holds a person, a room or a text."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from helpdesk_bot.web.health import Health


class Metrics:
    """What the parts of the bot count. `registry` is its own: two helpdesks in one process don't mix."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.events_received = Counter(
            "helpdesk_events_received", "Events accepted from the homeserver.", registry=self.registry
        )
        self.events_worked = Counter(
            "helpdesk_events_worked", "Events worked on, by how it ended.", ["result"], registry=self.registry
        )
        self.messages_sent = Counter(
            "helpdesk_messages_sent", "Events that reached their room.", registry=self.registry
        )
        self.send_errors = Counter(
            "helpdesk_send_errors",
            "Attempts to send that failed, by error code.",
            ["code"],
            registry=self.registry,
        )
        self.sync_errors = Counter(
            "helpdesk_sync_errors", "Requests to the homeserver's stream that failed.", registry=self.registry
        )
        self.undecryptable = Counter(
            "helpdesk_undecryptable", "Events that came without their key.", registry=self.registry
        )
        self.work_seconds = Histogram(
            "helpdesk_work_seconds", "Time to work on one event, until committed.", registry=self.registry
        )
        self.send_seconds = Histogram(
            "helpdesk_send_seconds", "Time from decided to sent.", registry=self.registry
        )


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
        self._failed = Gauge("helpdesk_inbox_failed", "Events set aside, to be replayed.", registry=registry)

    def show(self, health: Health) -> None:
        self._well.set(health.well)
        self._sync_age.set(-1 if health.sync_age is None else health.sync_age.total_seconds())
        if health.outbox_waiting is not None:
            self._waiting.set(health.outbox_waiting)
        if health.outbox_oldest is not None:
            self._oldest.set(health.outbox_oldest.total_seconds())
        if health.inbox_failed is not None:
            self._failed.set(health.inbox_failed)
