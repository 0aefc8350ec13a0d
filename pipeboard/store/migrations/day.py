"""The step that keeps what a day's work asks: recurring steps, handovers, objections, variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, String, text

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
    directions = CheckConstraint("direction in ('in', 'out', '')")
    with operations.batch_alter_table(
        "touch", recreate="always", table_args=(directions,)
    ) as touch:
        touch.add_column(Column("objection", String, nullable=False, server_default=""))
        touch.add_column(Column("variant", String, nullable=False, server_default=""))
