"""HubSpot: the deals of a list view, exported with the columns that the user chose."""

from __future__ import annotations

import re

from pipeboard.exchange.layouts.layout import Layout

HUBSPOT = Layout(
    name="hubspot",
    columns={
        "Record ID": "external_id",
        "Deal ID": "external_id",
        "Deal Name": "title",
        "dealname": "title",
        "dealstage": "stage",
        "closedate": "close_date",
        "createdate": "created_at",
        "hubspot_owner_id": "owner",
        "hs_object_id": "external_id",
        "deal_currency_code": "currency",
        "Date entered stage": "stage_entered_at",
        "Deal Stage": "stage",
        "Close Date": "close_date",
        "Deal owner": "owner",
        "Amount": "value",
        "Currency": "currency",
        "Pipeline": "pipeline",
        "Create Date": "created_at",
        "Associated Company (Primary)": "account",
        "Associated Company": "account",
        "Associated Contact": "contact_name",
        "Deal Description": "note",
        "Deal probability": "probability",
        "Forecast category": "forecast_category",
        "Closed Lost Reason": "lost_reason",
        "Next step": "next_text",
        "Next Activity Date": "next_due",
        "Original Source Type": "source",
        "Is Closed Won": "is_won",
        "Is Deal Closed?": "is_closed",
    },
    marks=frozenset(
        {
            "Deal Stage",
            "Create Date",
            "Deal owner",
            "Associated Company (Primary)",
            "dealname",
            "dealstage",
            "hs_object_id",
        }
    ),
    entered=re.compile(r"Date entered [\"'“](?P<stage>.+?)(?: \([^()]*\))?[\"'”]"),
)
