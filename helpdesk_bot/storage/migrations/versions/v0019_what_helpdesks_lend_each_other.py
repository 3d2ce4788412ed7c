"""What helpdesks lend each other."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peers",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(length=16), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("compared", sa.String(), nullable=True),
        sa.Column("hello", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("trusts", sa.Boolean(), nullable=False),
        sa.Column("era", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("week_told", sa.String(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_peers")),
    )
    with op.batch_alter_table("peers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peers_room_id"), ["room_id"], unique=False)

    op.create_table(
        "peer_weeks",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lent", sa.Integer(), nullable=False),
        sa.Column("borrowed", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["peer"], ["peers.user_id"], name=op.f("fk_peer_weeks_peer")),
        sa.PrimaryKeyConstraint("peer", "begins", name=op.f("pk_peer_weeks")),
    )
    op.create_table(
        "lends",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("lender", sa.String(), nullable=True),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("helper", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["peer"], ["peers.user_id"], name=op.f("fk_lends_peer")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_lends_ticket_id")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_lends")),
    )
    with op.batch_alter_table("lends", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lends_going_on",
            ["ticket_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_lends_peer", ["peer", "ours"], unique=False)
        batch_op.create_index(batch_op.f("ix_lends_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "lend_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("said_id", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("held", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_lend_messages_message_id")),
        sa.ForeignKeyConstraint(["ref"], ["lends.ref"], name=op.f("fk_lend_messages_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lend_messages")),
    )
    with op.batch_alter_table("lend_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lend_messages_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_lend_messages_place", ["ref", "ours", "n"], unique=False)
