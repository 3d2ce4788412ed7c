"""Work in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undecided", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("room_id", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(batch_op.f("uq_work_event_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_work_event_id"), ["event_id", "part"])
