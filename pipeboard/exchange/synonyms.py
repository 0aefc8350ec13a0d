"""What people call the columns of a deal, for files of no known tool."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.text import slug
from pipeboard.exchange.fields import KINDS
from pipeboard.exchange.layouts import own

_NAMES = {
    "external_id": "id record_id opportunity_id deal_id crm_id deal_number opportunity_number",
    "title": "name deal deal_name deal_title opportunity opportunity_name subject project "
    "project_name",
    "account": "account_name company company_name organization organisation organization_name "
    "organisation_name customer customer_name client client_name",
    "pipeline": "pipeline_name",
    "stage": "deal_stage stage_name sales_stage pipeline_stage opportunity_stage phase",
    "status": "deal_status opportunity_status",
    "value": "amount deal_value deal_amount deal_size close_value opportunity_amount "
    "opportunity_value contract_value acv tcv revenue",
    "currency": "currency_code currency_iso_code deal_currency",
    "owner": "deal_owner opportunity_owner sales_agent sales_rep sales_representative rep "
    "salesperson sales_person account_executive account_manager ae assigned_to assignee",
    "source": "lead_source deal_source",
    "contact_reason": "reason_for_contact",
    "tags": "tag label labels",
    "created_at": "created create_date created_date creation_date date_created created_on "
    "created_time date_added open_date opened",
    "close_date": "closing_date closed_date date_closed",
    "closed_at": "closed_on",
    "won_at": "won_date date_won won_time won_on",
    "lost_at": "lost_date date_lost lost_time lost_on",
    "expected_close": "expected_close_date expected_closing_date estimated_close_date "
    "target_close_date forecast_close_date projected_close_date",
    "probability": "win_probability probability_percent confidence",
    "lost_reason": "loss_reason reason_lost reason_for_loss closed_lost_reason",
    "competitor": "lost_to main_competitor",
    "next_text": "next_step next_steps next_action next_activity",
    "next_due": "next_step_date next_step_due next_action_date next_activity_date follow_up_date "
    "next_contact_date",
    "contact_name": "contact contact_person primary_contact person person_name",
    "contact_email": "email email_address e_mail",
    "contact_phone": "phone phone_number telephone mobile",
    "note": "notes description comment comments remarks",
    "archived": "is_archived",
}

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {name: name for name in KINDS}
    | {slug(column): target for column, target in own.ALIASES.items()}
    | {synonym: target for target, names in _NAMES.items() for synonym in names.split()}
)
"""The field that a column name stands for, by its slug."""
