"""Pipedrive: columns carry their object in front; the status, not the stage, is the outcome."""

from __future__ import annotations

import re

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


# HubSpot: the deals of a list view, exported with the columns that the user chose.

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


# Salesforce: an opportunity report, or the object as the data loader exports it.

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


# Zoho CRM: the Deals module; ids keep their prefix `zcrm_`, so that a second export meets them.

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


# Bitrix24: deals as its list exports them, in Russian, English or the names of its interface.

BITRIX24 = Layout(
    name="bitrix24",
    columns={
        "ID": "external_id",
        "TITLE": "title",
        "STAGE_ID": "stage",
        "STAGE_NAME": "stage",
        "OPPORTUNITY": "value",
        "CURRENCY_ID": "currency",
        "COMPANY_TITLE": "account",
        "COMPANY_NAME": "account",
        "CONTACT_FULL_NAME": "contact_name",
        "ASSIGNED_BY_NAME": "owner",
        "ASSIGNED_BY": "owner",
        "SOURCE_ID": "source",
        "CLOSEDATE": "close_date",
        "DATE_CREATE": "created_at",
        "COMMENTS": "note",
        "CATEGORY_NAME": "pipeline",
        "PROBABILITY": "probability",
        "MOVED_TIME": "stage_entered_at",
        "Стадия сделки": "stage",
        "Название сделки": "title",
        "Сумма": "value",
        "Валюта": "currency",
        "Компания": "account",
        "Контакт": "contact_name",
        "Ответственный": "owner",
        "Предполагаемая дата закрытия": "close_date",
        "Дата завершения": "close_date",
        "Дата создания": "created_at",
        "Источник": "source",
        "Комментарий": "note",
        "Воронка": "pipeline",
        "Вероятность": "probability",
        "Deal Name": "title",
        "Deal Stage": "stage",
        "Total": "value",
        "Currency": "currency",
        "Company": "account",
        "Contact": "contact_name",
        "Responsible person": "owner",
        "Created on": "created_at",
        "Expected close date": "close_date",
        "Source": "source",
        "Comment": "note",
    },
    marks=frozenset(
        {
            "STAGE_ID",
            "OPPORTUNITY",
            "ASSIGNED_BY_ID",
            "Стадия сделки",
            "Название сделки",
            "Responsible person",
            "CLOSEDATE",
        }
    ),
    values={
        "STAGE_ID": {"won": "=won", "lose": "=lost", "apology": "=lost"},
    },
)


# Odoo: opportunities (crm.lead); a deal with several tags goes on in the lines below it.

ODOO = Layout(
    name="odoo",
    columns={
        "External ID": "external_id",
        "id": "external_id",
        "Opportunity": "title",
        "name": "title",
        "Customer": "account",
        "partner_id": "account",
        "partner_id/name": "account",
        "Company Name": "account",
        "partner_name": "account",
        "Contact Name": "contact_name",
        "contact_name": "contact_name",
        "Email": "contact_email",
        "email_from": "contact_email",
        "Phone": "contact_phone",
        "phone": "contact_phone",
        "Salesperson": "owner",
        "user_id": "owner",
        "user_id/name": "owner",
        "Stage": "stage",
        "stage_id": "stage",
        "stage_id/name": "stage",
        "Expected Revenue": "value",
        "expected_revenue": "value",
        "planned_revenue": "value",
        "Probability": "probability",
        "probability": "probability",
        "Expected Closing": "expected_close",
        "date_deadline": "expected_close",
        "Created on": "created_at",
        "create_date": "created_at",
        "Closed Date": "closed_at",
        "date_closed": "closed_at",
        "Tags": "tags",
        "Tags/Display Name": "tags",
        "tag_ids": "tags",
        "tag_ids/name": "tags",
        "Lost Reason": "lost_reason",
        "lost_reason": "lost_reason",
        "lost_reason_id": "lost_reason",
        "lost_reason_id/name": "lost_reason",
        "Active": "active",
        "active": "active",
        "Source": "source",
        "source_id": "source",
        "Notes": "note",
        "description": "note",
        "Last Stage Update": "stage_entered_at",
        "date_last_stage_update": "stage_entered_at",
    },
    marks=frozenset(
        {
            "Expected Closing",
            "Salesperson",
            "Tags/Display Name",
            "stage_id",
            "planned_revenue",
            "expected_revenue",
            "date_deadline",
            "partner_id/name",
            "stage_id/name",
        }
    ),
    continues=True,
)
