"""EspoCRM: opportunities as its export writes the names of its fields."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

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
