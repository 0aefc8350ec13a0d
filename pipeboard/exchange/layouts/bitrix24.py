"""Bitrix24: deals as its list exports them, in Russian, English or the names of its interface."""

from __future__ import annotations

from pipeboard.exchange.layouts.layout import Layout

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
