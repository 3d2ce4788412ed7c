"""Who said at which hours they rest."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("technicians", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_said", sa.Boolean(), nullable=False, server_default="0"))
    # Until now no hours stood for 'any hour is fine' as well as for nothing said, and nobody is woken on a guess.
    technicians = sa.table("technicians", sa.column("quiet_from"), sa.column("quiet_said", sa.Boolean()))
    op.execute(technicians.update().where(technicians.c.quiet_from.is_not(None)).values(quiet_said=True))
