"""Freshsales (Freshworks CRM): the deals of a view."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

FRESHSALES = Layout(
    name="freshsales",
    columns={
        "Deal ID": "external_id",
        "ID": "external_id",
        "Deal : Id": "external_id",
        "Deal : Name": "title",
        "Deal : Amount": "value",
        "Deal : Deal stage": "stage",
        "Deal : Sales owner": "owner",
        "Deal : Account name": "account",
        "Deal : Expected close date": "expected_close",
        "Deal : Closed date": "closed_at",
        "Deal : Created at": "created_at",
        "Deal : Currency": "currency",
        "Deal : Lost reason": "lost_reason",
        "Deal : Deal pipeline": "pipeline",
        "Deal : Source": "source",
        "Deal : Probability (%)": "probability",
        "Deal : Tags": "tags",
        "Deal name": "title",
        "Amount": "value",
        "Deal stage": "stage",
        "Sales owner": "owner",
        "Related account": "account",
        "Account name": "account",
        "Expected close date": "expected_close",
        "Closed date": "closed_at",
        "Created at": "created_at",
        "Lost reason": "lost_reason",
        "Deal pipeline": "pipeline",
        "Stage updated time": "stage_entered_at",
        "Deal stage updated time": "stage_entered_at",
    },
    marks=frozenset(
        {
            "Sales owner",
            "Deal : Name",
            "Deal pipeline",
            "Related account",
            "Deal : Sales owner",
            "Base currency amount",
        }
    ),
    prefixes=("Deal : ",),
)
