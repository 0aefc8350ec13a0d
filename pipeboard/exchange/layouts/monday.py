"""monday.com: a board with title lines above and groups of deals, each with its own header."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

MONDAY = Layout(
    name="monday",
    columns={
        "Name": "title",
        "Item ID (auto generated)": "external_id",
        "Item ID": "external_id",
        "Deal": "title",
        "Stage": "stage",
        "Deal stage": "stage",
        "Status": "stage",
        "Owner": "owner",
        "Person": "owner",
        "People": "owner",
        "Deal Value": "value",
        "Deal value": "value",
        "Expected Close Date": "expected_close",
        "Close Date": "close_date",
        "Deal creation date": "created_at",
        "Creation Log": "created_at",
        "Account": "account",
        "Accounts": "account",
        "Contacts": "contact_name",
        "Close Probability": "probability",
        "Notes": "note",
    },
    marks=frozenset(
        {
            "Subitems",
            "Item ID (auto generated)",
            "Deal creation date",
            "Close Probability",
            "Creation Log",
        }
    ),
    has_groups=True,
)
