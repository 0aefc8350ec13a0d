"""Attio: a list or view of deals; several people and companies of one cell stand between commas."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

ATTIO = Layout(
    name="attio",
    columns={
        "Record ID": "external_id",
        "Record": "title",
        "Deal name": "title",
        "Deal stage": "stage",
        "Deal value": "value",
        "Deal owner": "owner",
        "Associated company": "account",
        "Associated people": "contact_name",
        "Associated company > Record": "account",
        "Created at": "created_at",
        "Close date": "close_date",
        "Entry ID": "external_id",
    },
    marks=frozenset({"Associated people", "Associated company", "Entry ID", "Deal value"}),
    has_several_owners=True,
)
