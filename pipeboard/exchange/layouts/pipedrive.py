"""Pipedrive: columns carry their object in front; the status, not the stage, is the outcome."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

_DEAL = {
    "ID": "external_id",
    "Pipedrive System ID": "external_id",
    "Title": "title",
    "Owner": "owner",
    "Value": "value",
    "Currency of Value": "currency",
    "Probability": "probability",
    "Organization": "account",
    "Pipeline": "pipeline",
    "Contact person": "contact_name",
    "Stage": "stage",
    "Stage (pipeline)": "stage",
    "Label": "tags",
    "Status": "status",
    "Deal created": "created_at",
    "Creation date": "created_at",
    "Last stage change": "stage_entered_at",
    "Next activity date": "next_due",
    "Won time": "won_at",
    "Lost time": "lost_at",
    "Deal closed on": "closed_at",
    "Closed on": "closed_at",
    "Lost reason": "lost_reason",
    "Expected close date": "expected_close",
    "Source channel": "source",
    "Archive status": "archived",
}

PIPEDRIVE = Layout(
    name="pipedrive",
    columns={f"Deal - {name}": target for name, target in _DEAL.items()}
    | {
        "Organization": "account",
        "Organization - Name": "account",
        "Contact person": "contact_name",
        "Person - Name": "contact_name",
        "Person - Phone": "contact_phone",
        "Person - Email": "contact_email",
        "Person - Email (Work)": "contact_email",
        "Activity - Subject": "next_text",
        "Activity - Due date": "next_due",
        "Note - Content": "note",
    },
    marks=frozenset(f"Deal - {name}" for name in _DEAL),
    prefixes=("Deal - ",),
    status_decides=True,
)
