"""The columns that CRMs write, and what each of them is: a field, and how the tool spells it."""

from __future__ import annotations

import re

from pipeboard.exchange.layouts.layout import Layout


def spelled(**fields: str) -> dict[str, str]:
    """The columns of a tool from its spellings of each field, `Deal Name | dealname`."""
    return {name: field for field, names in fields.items() for name in names.split(" | ")}


def marks(names: str) -> frozenset[str]:
    """Spellings that no other tool has."""
    return frozenset(names.split(" | "))


# Pipedrive: columns carry their object in front; the status, not the stage, is the outcome.
_DEAL = spelled(
    external_id="ID | Pipedrive System ID",
    title="Title",
    owner="Owner",
    value="Value",
    currency="Currency of Value",
    probability="Probability",
    account="Organization",
    pipeline="Pipeline",
    contact_name="Contact person",
    stage="Stage | Stage (pipeline)",
    tags="Label",
    status="Status",
    created_at="Deal created | Creation date",
    stage_entered_at="Last stage change",
    next_due="Next activity date",
    won_at="Won time",
    lost_at="Lost time",
    closed_at="Deal closed on | Closed on",
    lost_reason="Lost reason",
    expected_close="Expected close date",
    source="Source channel",
    archived="Archive status",
)

PIPEDRIVE = Layout(
    name="pipedrive",
    columns={f"Deal - {name}": target for name, target in _DEAL.items()}
    | spelled(
        account="Organization | Organization - Name",
        contact_name="Contact person | Person - Name",
        contact_phone="Person - Phone",
        contact_email="Person - Email | Person - Email (Work)",
        next_text="Activity - Subject",
        next_due="Activity - Due date",
        note="Note - Content",
    ),
    marks=frozenset(f"Deal - {name}" for name in _DEAL),
    prefixes=("Deal - ",),
    status_decides=True,
)

# HubSpot: the deals of a list view, exported with the columns that the user chose.
HUBSPOT = Layout(
    name="hubspot",
    columns=spelled(
        external_id="Record ID | Deal ID | hs_object_id",
        title="Deal Name | dealname",
        stage="dealstage | Deal Stage",
        close_date="closedate | Close Date",
        created_at="createdate | Create Date",
        owner="hubspot_owner_id | Deal owner",
        currency="deal_currency_code | Currency",
        stage_entered_at="Date entered stage",
        value="Amount",
        pipeline="Pipeline",
        account="Associated Company (Primary) | Associated Company",
        contact_name="Associated Contact",
        note="Deal Description",
        probability="Deal probability",
        forecast_category="Forecast category",
        lost_reason="Closed Lost Reason",
        next_text="Next step",
        next_due="Next Activity Date",
        source="Original Source Type",
        is_won="Is Closed Won",
        is_closed="Is Deal Closed?",
    ),
    marks=marks(
        "Deal Stage | Create Date | Deal owner | Associated Company (Primary) | dealname | "
        "dealstage | hs_object_id"
    ),
    entered=re.compile(r"Date entered [\"'“](?P<stage>.+?)(?: \([^()]*\))?[\"'”]"),
)

# Salesforce: an opportunity report, or the object as the data loader exports it.
SALESFORCE = Layout(
    name="salesforce",
    columns=spelled(
        external_id="Opportunity ID | Id",
        title="Opportunity Name | Name",
        account="Account Name | Account.Name",
        owner="Opportunity Owner | Owner.Name",
        stage="Stage | To Stage | StageName",
        stage_entered_at="Last Modified | Last Stage Change Date | LastStageChangeDate",
        value="Amount",
        currency="Amount Currency | Opportunity Currency | CurrencyIsoCode",
        close_date="Close Date | CloseDate",
        created_at="Created Date | CreatedDate",
        probability="Probability (%) | Probability",
        forecast_category="Forecast Category | ForecastCategoryName",
        source="Lead Source | LeadSource",
        next_text="Next Step | NextStep",
        note="Description",
        lost_reason="Loss Reason",
        competitors="Main Competitor(s)",
        contact_name="Primary Contact",
        is_won="Won | IsWon",
        is_closed="Closed | IsClosed",
        deleted="Deleted | IsDeleted",
    ),
    marks=marks("Opportunity Name | Opportunity ID | Opportunity Owner | StageName | From Stage"),
)

# Zoho CRM: the Deals module; ids keep their prefix `zcrm_`, so that a second export meets them.
ZOHO = Layout(
    name="zoho",
    columns=spelled(
        external_id="Record Id | Potential Id | POTENTIALID",
        owner="Deal Owner | Potential Owner",
        value="Amount",
        currency="Currency",
        title="Deal Name | Potential Name",
        close_date="Closing Date | Expected Closing Date",
        account="Account Name",
        stage="Stage",
        probability="Probability (%)",
        source="Lead Source",
        created_at="Created Time",
        note="Description",
        contact_name="Contact Name",
        pipeline="Pipeline",
        next_text="Next Step",
        lost_reason="Reason For Loss",
        tags="Tag",
    ),
    marks=marks(
        "Record Id | Deal Owner | Deal Owner.id | Closing Date | Reason For Loss | "
        "Potential Name | Potential Owner"
    ),
)

# Bitrix24: deals as its list exports them, in Russian, English or the names of its interface.
BITRIX24 = Layout(
    name="bitrix24",
    columns=spelled(
        external_id="ID",
        title="TITLE | Название сделки | Deal Name",
        stage="STAGE_ID | STAGE_NAME | Стадия сделки | Deal Stage",
        value="OPPORTUNITY | Сумма | Total",
        currency="CURRENCY_ID | Валюта | Currency",
        account="COMPANY_TITLE | COMPANY_NAME | Компания | Company",
        contact_name="CONTACT_FULL_NAME | Контакт | Contact",
        owner="ASSIGNED_BY_NAME | ASSIGNED_BY | Ответственный | Responsible person",
        source="SOURCE_ID | Источник | Source",
        close_date=(
            "CLOSEDATE | Предполагаемая дата закрытия | Дата завершения | Expected close date"
        ),
        created_at="DATE_CREATE | Дата создания | Created on",
        note="COMMENTS | Комментарий | Comment",
        pipeline="CATEGORY_NAME | Воронка",
        probability="PROBABILITY | Вероятность",
        stage_entered_at="MOVED_TIME",
    ),
    marks=marks(
        "STAGE_ID | OPPORTUNITY | ASSIGNED_BY_ID | Стадия сделки | Название сделки | "
        "Responsible person | CLOSEDATE"
    ),
    values={
        "STAGE_ID": {"won": "=won", "lose": "=lost", "apology": "=lost"},
    },
)

# Odoo: opportunities (crm.lead); a deal with several tags goes on in the lines below it.
ODOO = Layout(
    name="odoo",
    columns=spelled(
        external_id="External ID | id",
        title="Opportunity | name",
        account="Customer | partner_id | partner_id/name | Company Name | partner_name",
        contact_name="Contact Name | contact_name",
        contact_email="Email | email_from",
        contact_phone="Phone | phone",
        owner="Salesperson | user_id | user_id/name",
        stage="Stage | stage_id | stage_id/name",
        value="Expected Revenue | expected_revenue | planned_revenue",
        probability="Probability | probability",
        expected_close="Expected Closing | date_deadline",
        created_at="Created on | create_date",
        closed_at="Closed Date | date_closed",
        tags="Tags | Tags/Display Name | tag_ids | tag_ids/name",
        lost_reason="Lost Reason | lost_reason | lost_reason_id | lost_reason_id/name",
        active="Active | active",
        source="Source | source_id",
        note="Notes | description",
        stage_entered_at="Last Stage Update | date_last_stage_update",
    ),
    marks=marks(
        "Expected Closing | Salesperson | Tags/Display Name | stage_id | planned_revenue | "
        "expected_revenue | date_deadline | partner_id/name | stage_id/name"
    ),
    continues=True,
)

# Attio: a list or view of deals; several people and companies of one cell stand between commas.
ATTIO = Layout(
    name="attio",
    columns=spelled(
        external_id="Record ID | Entry ID",
        title="Record | Deal name",
        stage="Deal stage",
        value="Deal value",
        owner="Deal owner",
        account="Associated company | Associated company > Record",
        contact_name="Associated people",
        created_at="Created at",
        close_date="Close date",
    ),
    marks=marks("Associated people | Associated company | Entry ID | Deal value"),
    has_several_owners=True,
)

# ActiveCampaign: deals as its API gives them, amounts in cents.
ACTIVECAMPAIGN = Layout(
    name="activecampaign",
    columns=spelled(
        external_id="id",
        title="title",
        note="description",
        value="value",
        currency="currency",
        status="status",
        stage="stage",
        pipeline="group",
        owner="owner",
        account="account",
        probability="percent | winProbability",
        created_at="cdate",
        closed_at="edate",
        next_due="nextdate",
    )
    | {"contact": "field.contact"},
    marks=marks("cdate | mdate | nextdealid | winProbabilityMdate | activitycount"),
    minor_units=frozenset({"value"}),
    status_decides=True,
    values={"status": {"0": "=open", "1": "=won", "2": "=lost"}},
)

# Close: opportunities as its API and its CSV give them; amounts without a sign are cents.
CLOSE = Layout(
    name="close",
    columns=spelled(
        external_id="id",
        account="lead_name",
        contact_name="contact_name",
        owner="user_name",
        stage="status_label",
        status="status_type",
        value="value",
        currency="value_currency",
        probability="confidence",
        note="note",
        created_at="date_created",
        won_at="date_won",
        lost_at="date_lost",
        expected_close="expected_date",
    ),
    marks=marks("status_label | status_type | value_formatted | value_period | lead_name"),
    minor_units=frozenset({"value"}),
    status_decides=True,
)

# Copper: the opportunities of a list view.
COPPER = Layout(
    name="copper",
    columns=spelled(
        external_id="Copper ID | Id",
        title="Name | Opportunity Name",
        account="Company",
        contact_name="Primary Contact",
        owner="Owned By",
        stage="Stage",
        status="Status",
        value="Value",
        currency="Currency",
        pipeline="Pipeline",
        close_date="Close Date",
        created_at="Created At",
        source="Source",
        probability="Win Probability",
        lost_reason="Loss Reason",
        note="Details",
        tags="Tags",
        stage_entered_at="Last Stage At",
    )
    | {"Priority": "field.Priority"},
    marks=marks("Copper ID | Owned By | Win Probability | Primary Contact | Last Stage At"),
    status_decides=True,
    values={"Status": {"abandoned": "=lost"}},
)

# EspoCRM: opportunities as its export writes the names of its fields.
ESPOCRM = Layout(
    name="espocrm",
    columns=spelled(
        external_id="id",
        title="name",
        deleted="deleted",
        value="amount",
        currency="amountCurrency",
        stage="stage",
        probability="probability",
        source="leadSource",
        close_date="closeDate",
        note="description",
        created_at="createdAt",
        account="accountName",
        contact_name="contactsNames | contactName",
        owner="assignedUserName",
    ),
    marks=marks("amountCurrency | assignedUserName | accountName | leadSource"),
)

# Freshsales (Freshworks CRM): the deals of a view.
FRESHSALES = Layout(
    name="freshsales",
    columns=spelled(
        external_id="Deal ID | ID | Deal : Id",
        title="Deal : Name | Deal name",
        value="Deal : Amount | Amount",
        stage="Deal : Deal stage | Deal stage",
        owner="Deal : Sales owner | Sales owner",
        account="Deal : Account name | Related account | Account name",
        expected_close="Deal : Expected close date | Expected close date",
        closed_at="Deal : Closed date | Closed date",
        created_at="Deal : Created at | Created at",
        currency="Deal : Currency",
        lost_reason="Deal : Lost reason | Lost reason",
        pipeline="Deal : Deal pipeline | Deal pipeline",
        source="Deal : Source",
        probability="Deal : Probability (%)",
        tags="Deal : Tags",
        stage_entered_at="Stage updated time | Deal stage updated time",
    ),
    marks=marks(
        "Sales owner | Deal : Name | Deal pipeline | Related account | Deal : Sales owner | "
        "Base currency amount"
    ),
    prefixes=("Deal : ",),
)

# SuiteCRM and SugarCRM: the opportunities module, by labels or by names of its fields.
SUITECRM = Layout(
    name="suitecrm",
    columns=spelled(
        external_id="ID | id",
        title="Opportunity Name | name",
        account="Account Name | account_name",
        source="Lead Source | lead_source",
        value="Opportunity Amount | amount",
        currency="Currency | currency_id",
        next_text="Next Step | next_step",
        stage="Sales Stage | sales_stage",
        probability="Probability (%) | probability",
        close_date="Expected Close Date | date_closed",
        created_at="Date Created | date_entered",
        note="Description | description",
        owner="Assigned User Name | Assigned to | assigned_user_name",
        deleted="Deleted | deleted",
    ),
    marks=marks("Sales Stage | Opportunity Amount | Date Created | sales_stage | date_entered"),
)

# monday.com: a board with title lines above and groups of deals, each with its own header.
MONDAY = Layout(
    name="monday",
    columns=spelled(
        title="Name | Deal",
        external_id="Item ID (auto generated) | Item ID",
        stage="Stage | Deal stage | Status",
        owner="Owner | Person | People",
        value="Deal Value | Deal value",
        expected_close="Expected Close Date",
        close_date="Close Date",
        created_at="Deal creation date | Creation Log",
        account="Account | Accounts",
        contact_name="Contacts",
        probability="Close Probability",
        note="Notes",
    ),
    marks=marks(
        "Subitems | Item ID (auto generated) | Deal creation date | Close Probability | "
        "Creation Log"
    ),
    has_groups=True,
)
