"""Salesforce: an opportunity report, or the object as the data loader exports it."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

_REPORT = {
    "Opportunity ID": "external_id",
    "Opportunity Name": "title",
    "Account Name": "account",
    "Opportunity Owner": "owner",
    "Stage": "stage",
    "To Stage": "stage",
    "Last Modified": "stage_entered_at",
    "Amount": "value",
    "Amount Currency": "currency",
    "Opportunity Currency": "currency",
    "Close Date": "close_date",
    "Created Date": "created_at",
    "Last Stage Change Date": "stage_entered_at",
    "Probability (%)": "probability",
    "Forecast Category": "forecast_category",
    "Lead Source": "source",
    "Next Step": "next_text",
    "Description": "note",
    "Loss Reason": "lost_reason",
    "Main Competitor(s)": "competitors",
    "Primary Contact": "contact_name",
    "Won": "is_won",
    "Closed": "is_closed",
    "Deleted": "deleted",
}
_OBJECT = {
    "Id": "external_id",
    "Name": "title",
    "Account.Name": "account",
    "Owner.Name": "owner",
    "StageName": "stage",
    "CurrencyIsoCode": "currency",
    "CloseDate": "close_date",
    "CreatedDate": "created_at",
    "LastStageChangeDate": "stage_entered_at",
    "Probability": "probability",
    "ForecastCategoryName": "forecast_category",
    "LeadSource": "source",
    "NextStep": "next_text",
    "IsWon": "is_won",
    "IsClosed": "is_closed",
    "IsDeleted": "deleted",
    "Description": "note",
    "Amount": "value",
}

SALESFORCE = Layout(
    name="salesforce",
    columns=_REPORT | _OBJECT,
    marks=frozenset(
        {"Opportunity Name", "Opportunity ID", "Opportunity Owner", "StageName", "From Stage"}
    ),
)
