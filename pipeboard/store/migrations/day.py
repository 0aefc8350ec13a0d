"""The step that keeps what a day's work asks: recurring steps, handovers, asks, objections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, text

if TYPE_CHECKING:
    from alembic.operations import Operations


def keep_the_day(operations: Operations) -> None:
    """Columns that are empty for what is there, and touches that go in no direction."""
    operations.add_column("deal", Column("given_by", String, nullable=False, server_default=""))
    operations.add_column("deal", Column("next_every", String))
    operations.add_column("deal", Column("loss_objection", String))
    for name, column, condition in (
        ("deal_given", "given_by", "live and given_by <> ''"),
        ("deal_by_offer", "offer_expires_on", "live and offer_expires_on is not null"),
    ):
        few = text(condition)
        operations.create_index(name, "deal", [column], sqlite_where=few, postgresql_where=few)
    operations.create_table(
        "deal_ask",
        Column("deal_id", Integer, ForeignKey("deal.id"), primary_key=True),
        Column("rep", String, primary_key=True),
        Column("due", String),
    )
    operations.create_index("ix_deal_ask_rep", "deal_ask", ["rep"])
    directions = CheckConstraint("direction in ('in', 'out', '')")
    with operations.batch_alter_table(
        "touch", recreate="always", table_args=(directions,)
    ) as touch:
        touch.add_column(Column("objection", String, nullable=False, server_default=""))
        touch.add_column(Column("variant", String, nullable=False, server_default=""))
