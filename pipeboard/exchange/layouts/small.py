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


# ActiveCampaign: deals as its API gives them, amounts in cents.

ACTIVECAMPAIGN = Layout(
    name="activecampaign",
    columns={
        "id": "external_id",
        "title": "title",
        "description": "note",
        "value": "value",
        "currency": "currency",
        "status": "status",
        "stage": "stage",
        "group": "pipeline",
        "owner": "owner",
        "account": "account",
        "contact": "field.contact",
        "percent": "probability",
        "winProbability": "probability",
        "cdate": "created_at",
        "edate": "closed_at",
        "nextdate": "next_due",
    },
    marks=frozenset({"cdate", "mdate", "nextdealid", "winProbabilityMdate", "activitycount"}),
    minor_units=frozenset({"value"}),
    status_decides=True,
    values={"status": {"0": "=open", "1": "=won", "2": "=lost"}},
)


# Close: opportunities as its API and its CSV give them; amounts without a sign are cents.

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


# Copper: the opportunities of a list view.

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


# EspoCRM: opportunities as its export writes the names of its fields.

ESPOCRM = Layout(
    name="espocrm",
    columns={
        "id": "external_id",
        "name": "title",
        "deleted": "deleted",
        "amount": "value",
        "amountCurrency": "currency",
        "stage": "stage",
        "probability": "probability",
        "leadSource": "source",
        "closeDate": "close_date",
        "description": "note",
        "createdAt": "created_at",
        "accountName": "account",
        "contactsNames": "contact_name",
        "contactName": "contact_name",
        "assignedUserName": "owner",
    },
    marks=frozenset({"amountCurrency", "assignedUserName", "accountName", "leadSource"}),
)


# Freshsales (Freshworks CRM): the deals of a view.

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


# SuiteCRM and SugarCRM: the opportunities module, by labels or by names of its fields.

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


# monday.com: a board with title lines above and groups of deals, each with its own header.

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
