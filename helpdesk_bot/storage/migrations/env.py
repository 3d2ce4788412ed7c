"""Called by alembic, through `storage/migrate.py`, with an open connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from helpdesk_bot.storage.models import Base
from helpdesk_bot.storage.types import UtcDateTime


def _render(kind: str, thing: Any, _: AutogenContext) -> str | Literal[False]:
    """Steps are history: they hold plain column types and import nothing that may change."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
