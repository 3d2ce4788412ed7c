"""How people help and what is promised."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "technicians",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("learning", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stadsdelen", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=True),
        sa.Column("most_open", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.String(), nullable=True),
        sa.Column("quiet_until", sa.String(), nullable=True),
        sa.Column("quiet_days", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("mentor", sa.String(), nullable=True),
        sa.Column("away_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asking", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_technicians")),
    )
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("funder", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdrawn_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_vouchers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
    )
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vouchers_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "ticket_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_offers_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_offers")),
    )
    with op.batch_alter_table("ticket_offers", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_offers_person", ["user_id", "offered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_offers_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_work_ticket_id")),
        sa.ForeignKeyConstraint(["voucher_id"], ["vouchers.id"], name=op.f("fk_work_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("event_id", name=op.f("uq_work_event_id")),
    )
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_voucher_id"), ["voucher_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_worked_on"), ["worked_on"], unique=False)

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helper", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("backup", sa.String(), nullable=True))

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("topic", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("topic_said", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("lent_to", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("wave", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("learner", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("claim_due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answer_due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("solve_due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rests", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rested", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index("ix_tickets_organisation", ["organisation_id", "status"], unique=False)

    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(), nullable=True))
    op.execute("UPDATE timers SET about = 'ticket:' || ticket_id")
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.alter_column("about", existing_type=sa.String(), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_timers_ticket_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_timers_about"), ["about", "kind"])
        batch_op.drop_constraint(batch_op.f("fk_timers_ticket_id"), type_="foreignkey")
        batch_op.drop_column("ticket_id")
