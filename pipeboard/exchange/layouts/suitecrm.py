"""SuiteCRM and SugarCRM: the opportunities module, by labels or by names of its fields."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

SUITECRM = Layout(
    name="suitecrm",
    columns={
        "ID": "external_id",
        "id": "external_id",
        "Opportunity Name": "title",
        "name": "title",
        "Account Name": "account",
        "account_name": "account",
        "Lead Source": "source",
        "lead_source": "source",
        "Opportunity Amount": "value",
        "amount": "value",
        "Currency": "currency",
        "currency_id": "currency",
        "Next Step": "next_text",
        "next_step": "next_text",
        "Sales Stage": "stage",
        "sales_stage": "stage",
        "Probability (%)": "probability",
        "probability": "probability",
        "Expected Close Date": "close_date",
        "date_closed": "close_date",
        "Date Created": "created_at",
        "date_entered": "created_at",
        "Description": "note",
        "description": "note",
        "Assigned User Name": "owner",
        "Assigned to": "owner",
        "assigned_user_name": "owner",
        "Deleted": "deleted",
        "deleted": "deleted",
    },
    marks=frozenset(
        {"Sales Stage", "Opportunity Amount", "Date Created", "sales_stage", "date_entered"}
    ),
)
