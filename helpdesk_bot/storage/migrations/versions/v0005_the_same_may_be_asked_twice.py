"""The same may be asked twice, and about no question yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dialogs", schema=None) as batch_op:
        batch_op.alter_column("ticket_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_constraint(batch_op.f("uq_dialogs_room_id"), type_="unique")
        batch_op.create_index("ix_dialogs_place", ["room_id", "user_id"], unique=False)
