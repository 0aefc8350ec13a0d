"""Close: opportunities as its API and its CSV give them; amounts without a sign are cents."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

CLOSE = Layout(
    name="close",
    columns={
        "id": "external_id",
        "lead_name": "account",
        "contact_name": "contact_name",
        "user_name": "owner",
        "status_label": "stage",
        "status_type": "status",
        "value": "value",
        "value_currency": "currency",
        "confidence": "probability",
        "note": "note",
        "date_created": "created_at",
        "date_won": "won_at",
        "date_lost": "lost_at",
        "expected_date": "expected_close",
    },
    marks=frozenset(
        {"status_label", "status_type", "value_formatted", "value_period", "lead_name"}
    ),
    minor_units=frozenset({"value"}),
    status_decides=True,
)
