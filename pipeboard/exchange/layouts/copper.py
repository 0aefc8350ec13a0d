"""Copper: the opportunities of a list view."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

COPPER = Layout(
    name="copper",
    columns={
        "Copper ID": "external_id",
        "Id": "external_id",
        "Name": "title",
        "Opportunity Name": "title",
        "Company": "account",
        "Primary Contact": "contact_name",
        "Owned By": "owner",
        "Stage": "stage",
        "Status": "status",
        "Value": "value",
        "Currency": "currency",
        "Pipeline": "pipeline",
        "Close Date": "close_date",
        "Created At": "created_at",
        "Source": "source",
        "Win Probability": "probability",
        "Loss Reason": "lost_reason",
        "Details": "note",
        "Tags": "tags",
        "Priority": "field.Priority",
        "Last Stage At": "stage_entered_at",
    },
    marks=frozenset(
        {"Copper ID", "Owned By", "Win Probability", "Primary Contact", "Last Stage At"}
    ),
    status_decides=True,
    values={"Status": {"abandoned": "=lost"}},
)
