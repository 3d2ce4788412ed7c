"""Who took what lately."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket_offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_offers_person"))
        batch_op.create_index("ix_ticket_offers_person", ["user_id", "offered_at", "outcome"], unique=False)
        batch_op.create_index(
            "ix_ticket_offers_standing",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tickets_learner",
            ["learner", "topic"],
            unique=False,
            sqlite_where=sa.text("learner IS NOT NULL"),
            postgresql_where=sa.text("learner IS NOT NULL"),
        )
        batch_op.create_index("ix_tickets_taken", ["assignee", "claimed_at"], unique=False)
