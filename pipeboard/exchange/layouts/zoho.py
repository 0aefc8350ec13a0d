"""Zoho CRM: the Deals module; ids keep their prefix `zcrm_`, so that a second export meets them."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

ZOHO = Layout(
    name="zoho",
    columns={
        "Record Id": "external_id",
        "Deal Owner": "owner",
        "Amount": "value",
        "Currency": "currency",
        "Deal Name": "title",
        "Closing Date": "close_date",
        "Account Name": "account",
        "Stage": "stage",
        "Probability (%)": "probability",
        "Lead Source": "source",
        "Created Time": "created_at",
        "Description": "note",
        "Contact Name": "contact_name",
        "Pipeline": "pipeline",
        "Next Step": "next_text",
        "Reason For Loss": "lost_reason",
        "Tag": "tags",
        "Potential Name": "title",
        "Potential Owner": "owner",
        "Potential Id": "external_id",
        "POTENTIALID": "external_id",
        "Expected Closing Date": "close_date",
    },
    marks=frozenset(
        {
            "Record Id",
            "Deal Owner",
            "Deal Owner.id",
            "Closing Date",
            "Reason For Loss",
            "Potential Name",
            "Potential Owner",
        }
    ),
)
