"""Deals, pipelines and histories as the JSON that scripts rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

from pipeboard.domain.agreements import AgreementEntry
from pipeboard.domain.cadence import PERSISTENCE, follow_ups
from pipeboard.domain.criteria import gate_ahead
from pipeboard.domain.dates import instant
from pipeboard.domain.deal import Contact, Deal, Loss, NextStep
from pipeboard.domain.deal_fields import fields_beside
from pipeboard.domain.deal_record import DealRecord, LoggedEvent
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.json_data import Document, JsonObject, with_nulls
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.signs import days_in_stage, idle_days, stalled_reasons


@dataclass(frozen=True, slots=True)
class Documents:
    """Makes the documents of one database on one day; unknown values are null in all of them."""

    pipelines: Mapping[int, Pipeline]
    today: date
    zone: ZoneInfo

    def deal(self, deal: Deal) -> Document:
        """One deal, as `list --json` gives it."""
        pipeline = self.pipelines[deal.pipeline_id]
        return {
            "id": deal.id or None,  # of one that is only tried nobody knows the number
            "ref": deal.ref if deal.id else None,
            **_fields(deal, private=False),
            "pipeline": pipeline.name,
            "stage": pipeline.stage(deal.stage_id).name,
            "status": str(deal.status),
            "fields": dict(deal.fields),
            "probability_bp": deal.effective_probability_bp(pipeline),
            "probability_source": "stage" if deal.probability_bp is None else "deal",
            "forecast_category": deal.effective_category(pipeline),
            "forecast_category_source": "stage" if deal.category is None else "deal",
            **self._dates(deal),
            **self._health(deal, pipeline),
            "contacts": [_contact(contact) for contact in deal.contacts.values()],
            "version": deal.version,
        }

    def _dates(self, deal: Deal) -> Document:
        return {
            "created_at": to_json(deal.known_created_at),
            "stage_entered_at": to_json(deal.known_entry_at),
            "closed_at": to_json(deal.known_closed_at),
            "lost": _loss(deal.loss),
            "next_step": _next_step(deal.next_step),
            "snoozed_until": to_json(deal.snoozed_until),
            "snooze_reason": deal.snooze_reason or None,
            "last_touch_at": to_json(deal.last_touch_at),
            "days_in_stage": days_in_stage(deal, self.today, self.zone),
            "idle_days": idle_days(deal, self.today, self.zone),
        }

    def _health(self, deal: Deal, pipeline: Pipeline) -> Document:
        answered = deal.answered(pipeline)
        missing = [question.key for question in pipeline.questions if question not in answered]
        from pipeboard.domain.score import score, warmth

        points = score(deal, pipeline, self.today, self.zone)
        return {
            "stalled": list(stalled_reasons(deal, pipeline, self.today, self.zone)),
            "qualification": {
                "answered": len(answered),
                "total": len(pipeline.questions),
                "missing": missing,
            },
            "score": {"low": points.low, "high": points.high, "known": points.known}
            if points
            else None,
            "warmth": warmth(deal, pipeline, self.today, self.zone),
            "fit": _fit(deal, pipeline),
        }

    def record(self, record: DealRecord, describe: Callable[[Event], str]) -> Document:
        """One deal with all around it, as `show --json` gives it; `describe` words an event."""
        deal = record.deal
        answers = {key: answer for key, answer in deal.answers.items() if answer.is_given}
        return {
            **self.deal(deal),
            **_fields(deal, private=True),
            "answers": [
                {
                    "question": key,
                    "text": answer.text,
                    "rating": answer.rating,
                    "evidence": answer.evidence or None,
                    "by": answer.by or None,
                    "at": to_json(answer.at),
                }
                for key, answer in answers.items()
            ],
            "terms": [
                {name: getattr(term, name) or None for name in ("item", "ours", "theirs", "agreed")}
                for term in deal.terms.values()
            ],
            "checklist": dict(deal.checklist),
            "gate": _gate(deal, record.pipeline, self.today),
            "score_factors": self._score_factors(deal, record.pipeline),
            "standing": self._standing(deal, record.pipeline) if deal.is_open else None,
            "follow_ups": _follow_ups(record),
            **({"mql_at": to_json(record.mql_at)} if record.pipeline.marketing_qualifying else {}),
            "notes": [
                {"id": note.id, "text": note.text, "author": note.author, "at": to_json(note.at)}
                for note in record.notes
            ],
            "touches": [
                {
                    "type": touch.type,
                    "direction": touch.direction or None,
                    "outcome": touch.outcome or None,
                    "by": touch.by,
                    "at": to_json(touch.at),
                    **{
                        name: tag
                        for name in ("objection", "variant")
                        if (tag := getattr(touch, name))
                    },
                }
                for touch in record.touches
            ],
            "timeline": [
                {
                    "at": to_json(entry.event.at),
                    "actor": entry.who,
                    "kind": str(entry.event.kind),
                    "text": describe(entry.event),
                    "command_id": entry.command_id,
                }
                for entry in record.entries
            ],
        }

    def _standing(self, deal: Deal, pipeline: Pipeline) -> Document:
        from pipeboard.domain.score import standing

        return standing(deal, pipeline, self.today, self.zone)._asdict()

    def _score_factors(self, deal: Deal, pipeline: Pipeline) -> list[Document]:
        from pipeboard.domain.score import score

        points = score(deal, pipeline, self.today, self.zone)
        return [
            {
                "factor": str(factor.factor),
                "rating": None if factor.rating is None else float(factor.rating),
                "points": None if factor.rating is None else float(factor.points),
                "weight": factor.weight,
                "why": factor.why,
            }
            for factor in (points.factors if points else ())
        ]


_FIT = {"fits": True, "differs": False, "unknown": None}


def _fit(deal: Deal, pipeline: Pipeline) -> Document | None:
    """How well the deal fits, and what of the ideal customer it has, has not or may have; null
    where the pipeline does not say what that is like."""
    from pipeboard.domain.fit import fit

    if (found := fit(deal, pipeline)) is None:
        return None
    names = {name: found.named(fits) for name, fits in _FIT.items()}
    return {"percent": found.percent, "known": found.known, "of": len(found.traits), **names}


def _gate(deal: Deal, pipeline: Pipeline, today: date) -> Document | None:
    """What the next stage asks and the deal lacks; null for a deal that is closed."""
    if not deal.is_open:
        return None
    target, lacking = gate_ahead(deal, pipeline, today)
    return {"target": target.name, "missing": [lack.text for lack in lacking]}


def _follow_ups(record: DealRecord) -> Document | None:
    sent_at = record.deal.quote_sent_at
    if sent_at is None:
        return None
    count = follow_ups(sent_at, record.touches)
    return {"since": to_json(sent_at), "count": count, "of": PERSISTENCE}


_OF_THE_STAGE_TOO = ("probability_bp", "category")
"""Fields for which the stage speaks where the deal does not."""


def _fields(deal: Deal, *, private: bool) -> Document:
    """The fields of the deal that are given as they stand: those that everybody sees, or those of
    its owner."""
    return {
        field.name: to_json(getattr(deal, field.name) or field.kind.empty)
        for field in fields_beside(_OF_THE_STAGE_TOO)
        if field.private is private
    }


def _contact(contact: Contact) -> Document:
    names = ("name", "role", "email", "phone", "title")
    return {name: getattr(contact, name) or None for name in names}


def _loss(loss: Loss | None) -> Document | None:
    if loss is None:
        return None
    return {
        "category": loss.category,
        "reason": loss.reason or None,
        "competitor": loss.competitor or None,
        "recycle_on": to_json(loss.recycle_on),
        **({"objection": loss.objection} if loss.objection else {}),
    }


def _next_step(step: NextStep | None) -> Document | None:
    if step is None:
        return None
    again = {"every": step.every} if step.every else {}
    return {"text": step.text or None, "due": to_json(step.due), **again}


def history_entry(event: LoggedEvent, me: str) -> Document:
    """One event, as `history --json` gives it to `me`; `at` is when it took effect."""
    at = instant(event.at).isoformat()
    same = event.recorded_us == event.at
    data = cast("JsonObject", event.seen_by(me))
    return {
        "seq": event.seq,
        "at": at,
        "recorded_at": at if same else instant(event.recorded_us).isoformat(),
        "actor": event.actor,
        "acting_as": event.acting_as or None,
        "command_id": event.command_id,
        "verb": event.verb,
        "deal": f"D-{event.deal_id}",
        "kind": event.kind,
        "undoes": event.undoes,
        "undone": bool(event.undone),
        "data": with_nulls(data) if event.may_be_blank else data,
    }


def agreement_entry(entry: AgreementEntry) -> Document:
    """One change of what the team has agreed on, as `history --json` gives it."""
    at = to_json(entry.recorded_at)
    agreement = entry.agreement
    return {
        "seq": entry.seq,
        "at": at,
        "recorded_at": at,
        "actor": entry.actor,
        "acting_as": entry.acting_as or None,
        "command_id": entry.command_id,
        "verb": entry.verb,
        "deal": None,
        "kind": str(agreement.topic),
        "undoes": entry.undoes,
        "undone": entry.undone,
        "data": with_nulls(
            {"key": list(agreement.key), "before": agreement.before, "after": agreement.after}
        ),
    }


def rep_document(rep: Rep) -> Document:
    """Somebody who owns deals, as `rep list --json` gives them."""
    return {
        "name": rep.name,
        "display_name": rep.display_name or None,
        "team": rep.team or None,
        "active": rep.active,
        "role": rep.role or None,
        "acts_for": rep.acts_for.split(),
    }


def pipeline_document(pipeline: Pipeline, settings: Settings) -> Document:
    """A pipeline, as `pipeline show --json` gives it."""
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "currency": pipeline.currency,
        "zone": settings.zone_name,
        "stages": [_stage(stage) for stage in pipeline.stages],
        "questions": [
            {
                "key": question.key,
                "label": question.label,
                "ask": question.ask,
                "why": question.why or None,
                "good": question.good or None,
                "proves": [str(factor) for factor in question.proves],
            }
            for question in pipeline.questions
        ],
        "traits": [
            {"field": one.field, "wanted": list(one.wanted), "weight": one.weight}
            for one in pipeline.traits
        ],
    }


def _stage(stage: Stage) -> Document:
    return {
        "id": stage.id,
        "name": stage.name,
        "kind": str(stage.kind),
        "probability_bp": stage.probability_bp,
        "expected_days": stage.expected_days,
        "idle_days": stage.idle_days,
        "qualified": stage.qualified,
        "marketing_qualified": stage.marketing_qualified,
        "forecast_category": str(stage.category),
        "criteria": [str(criterion) for criterion in stage.criteria],
        "checklist": list(stage.checklist),
        "outcome": stage.outcome or None,
        "playbook": stage.playbook or None,
        "next_step": stage.next_step or None,
        "retired": stage.retired,
    }
