"""The kinds of columns that the tables share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column


def instant(*, nullable: bool = True) -> Column[int]:
    """Microseconds since 1970 UTC."""
    return Column(BigInteger, nullable=nullable)
