"""Who asks a filter, of which pipelines, and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import CHANNELS, LOSS_CATEGORIES, UNKNOWN, channel_of
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound, PipeboardError
from pipeboard.domain.filter_fields import FIELDS as FILTER_FIELDS
from pipeboard.domain.filter_nodes import ME, Compare, Op
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money, currency_code, in_units_of
from pipeboard.domain.pipeline import Category, Pipeline, Question
from pipeboard.domain.text import did_you_mean, fold, quoted
from pipeboard.store.database import Database, Row
from pipeboard.store.reading.attention import (
    ENTRY_KNOWN,
    NO_NEXT_STEP,
    TOUCHED_AT,
    UNSAID_LOSS,
    micros_at,
)
from pipeboard.store.reading.deals import called
from pipeboard.store.reading.setup import read_settings
from pipeboard.store.sql import (
    VALUE_BYTES,
    Sql,
    among,
    compares,
    contains,
    either,
    every,
    index_key,
    negated,
    one_of,
)

FEW = 5_000
"""So many deals are looked up by their ids; of more, the condition that finds them is asked."""
FEW_PROBED = 100
"""The same for a query that stops after a few hits, and would sooner have found them than have read
the ids."""


@dataclass(frozen=True)
class FilterScope:
    """The pipelines that are looked at, the local date in the workspace's zone, and who `me` is."""

    pipelines: tuple[Pipeline, ...]
    today: date
    zone: ZoneInfo
    me: str = ""


# The comparisons of a filter: money, days, dates, numbers and percent.

# Where a day is counted back from today, more days mean an earlier date.
_BACKWARDS: dict[Op, Op] = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}

_INSTANTS = {
    "created": "deal.created_at",
    "closed": "deal.closed_at",
    "age": "deal.stage_entered_at",
    "idle": TOUCHED_AT,
}
_CREATION_KNOWN = f"deal.created_precision <> '{UNKNOWN}'"
_KNOWN = {
    "created": _CREATION_KNOWN,
    "closed": ENTRY_KNOWN,
    "age": ENTRY_KNOWN,
    "idle": f"(deal.last_touch_at is not null or {_CREATION_KNOWN})",
}
_OF_THE_TABLE = {one.name: one.kind.compared for one in FIELDS if one.filtered}
_DATES = {
    "next": "deal.next_due",
    "close": "deal.expected_close",
    **{name: f"deal.{name}" for name, compared in _OF_THE_TABLE.items() if compared == "date"},
}


def compared(node: Compare, scope: FilterScope) -> Sql:
    """The condition for one comparison; false where the deal lacks what is compared."""
    field, op, value = node.field, node.op, node.value
    if isinstance(value, Money):
        return _worth(op, value, scope, is_plain=node.is_plain)
    if isinstance(value, date):
        if field in _DATES:
            return compares(_DATES[field], op, value.isoformat())
        return _known(field, _on_day(_INSTANTS[field], op, value, scope))
    match field:
        case "age" | "idle":
            day = scope.today - timedelta(days=value)
            longer = _on_day(_INSTANTS[field], _BACKWARDS[op], day, scope)
            # Of a deal that nobody knows that of, it has been here so long is known all the same.
            return longer if op in (">", ">=") else _known(field, longer)
        case "probability":
            return compares(effective_probability(scope), op, value)
        case "q":
            return compares("deal.answered", op, value)
        case _:
            return compares(f"deal.{field}", op, value)


def _worth(op: Op, money: Money, scope: FilterScope, *, is_plain: bool) -> Sql:
    """What a deal is worth against an amount; a plain one is so many units of the currency of the
    pipeline that the deal is in."""

    def in_currency(code: str) -> Sql:
        minor, times = in_units_of(money, code)
        column = "deal.value_minor" if times == 1 else f"deal.value_minor * {times}"
        return every((compares("deal.value_currency", "=", code), compares(column, op, minor)))

    codes = sorted({one.currency for one in scope.pipelines}) if is_plain else [money.currency]
    if len(codes) == 1:
        return in_currency(codes[0])
    return either(
        every((in_currency(code), among("deal.stage_id", _stages_in(code, scope.pipelines))))
        for code in codes
    )


def _stages_in(code: str, pipelines: Iterable[Pipeline]) -> list[int]:
    return [stage.id for one in pipelines if one.currency == code for stage in one.stages]


def _known(field: str, condition: Sql) -> Sql:
    """The condition on an instant, which a file may not have said and nobody knows."""
    known = _KNOWN.get(field)
    return every((condition, Sql(known))) if known else condition


def _on_day(column: str, op: Op, day: date, scope: FilterScope) -> Sql:
    """Whether the local date of an instant compares so with a day."""
    start = micros_at(day, scope.zone)
    end = micros_at(day + timedelta(days=1), scope.zone)
    match op:
        case "<" | ">=":
            return compares(column, op, start)
        case "<=":
            return compares(column, "<", end)
        case ">":
            return compares(column, ">=", end)
        case _:
            return every((compares(column, ">=", start), compares(column, "<", end)))


def effective_probability(scope: FilterScope) -> str:
    """The expression for the probability by hand, else the stage's, in basis points."""
    whens = " ".join(
        f"when {stage.id} then {stage.probability_bp}"
        for pipeline in scope.pipelines
        for stage in pipeline.stages
        if stage.probability_bp is not None
    )
    if not whens:
        return "deal.probability_bp"
    return f"coalesce(deal.probability_bp, case deal.stage_id {whens} end)"


# The words of a filter: what is looked for in texts, names, tags, custom fields and answers.

_UNSET = {
    "currency": "deal.value_currency is null",
    "lost": f"(deal.loss_category is null or {UNSAID_LOSS})",
    "value": "deal.value_minor is null",
    "next": NO_NEXT_STEP.text,
    "close": "deal.expected_close is null",
    "closed": f"(deal.closed_at is null or not {ENTRY_KNOWN})",
    **{name: f"not {_KNOWN[name]}" for name in ("created", "age", "idle")},
    **{name: f"deal.{name} is null" for name, how in _OF_THE_TABLE.items() if how == "date"},
    "lost_reason": "coalesce(deal.loss_reason, '') = ''",
    "competitors": "(coalesce(deal.loss_competitor, '') = ''"
    """ and deal.doc not like '%"competitors":%')""",
}
_PARTS = {one.name: f"deal.{one.name}" for one in FILTER_FIELDS if one.kind == "part"} | {
    "lost_reason": "deal.loss_reason",
    "competitors": "deal.doc",
}
"""Where the texts stand of which a part is looked for."""


class Texts:
    """The conditions for the leaves that compare text; both sides are folded.

    Where the database cannot fold, the few values that there are (owners, sources, tags) are read
    and folded here, and the condition names those that match.
    """

    def __init__(
        self, database: Database, scope: FilterScope, *, probing: bool, has_archive: bool
    ) -> None:
        self.database = database
        self.scope = scope
        self._probing = probing
        self._has_archive = has_archive

    def words(self, text: str) -> Sql:
        """The text occurs in the title, the account, a person or a note."""
        wanted = fold(text)
        return either((called(self.database, wanted), self._noted(wanted)))

    def equals(self, field: str, value: str) -> Sql:
        match field:
            case "stage":
                return among("deal.stage_id", _stage_ids(value, self.scope.pipelines))
            case "pipeline":
                return self._in_pipeline(value)
            case "category":
                return self._in_category(value)
            case "owner":
                return self._same("owner", self.scope.me if fold(value) == ME else value)
            case "channel":
                return self._through(value)
            case "lost":
                return every((Sql("deal.outcome = 'lost'"), self._lost_for(value)))
            case "currency":
                return compares("deal.value_currency", "=", _code(value))
            case _:
                return (self._part if field in _PARTS else self._same)(field, value)

    def unset(self, field: str) -> Sql:
        match field:
            case "tag":
                return negated(self._has("deal_tag", Sql("deal_tag.tag <> ''")))
            case "channel":
                return self._of_channel("")
            case "probability":
                return Sql(f"{effective_probability(self.scope)} is null")
            case _:
                return Sql(_UNSET.get(field, f"deal.{field} = ''"))

    def tag(self, name: str) -> Sql:
        wanted = fold(name)
        tags = [
            tag for tag in self._listed("select distinct tag from deal_tag") if fold(tag) == wanted
        ]
        return self._has("deal_tag", one_of("deal_tag.tag", tags))

    def custom(self, name: str, value: str | None) -> Sql:
        """The custom field is that; missing or empty for None."""
        wanted = fold(name)
        known = self._listed("select distinct name from deal_field")
        names = [one for one in known if fold(one) == wanted]
        if not names and did_you_mean(name, known):
            raise _bad(f"field.{name}", f"no deal has a field {quoted(name)}", name, known)
        named = one_of("deal_field.name", names)
        if value is None:
            return negated(self._has("deal_field", every((named, Sql("deal_field.folded <> ''")))))
        same = Sql("deal_field.folded = ?", (index_key(fold(value), VALUE_BYTES),))
        return self._has("deal_field", every((named, same)))

    def answered(self, asked_for: str, op: Op | None, rating: int | None) -> Sql:
        """The question has an answer, with `op` one whose rating compares so."""
        found = [
            (pipeline, question)
            for pipeline in self.scope.pipelines
            if (question := _question(asked_for, pipeline)) is not None
        ]
        if not found:
            labels = [q.key for pipeline in self.scope.pipelines for q in pipeline.questions]
            raise _bad(f"q:{asked_for}", f"no question {quoted(asked_for)}", asked_for, labels)
        given = Sql("(answer.text <> '' or answer.rating is not null)")
        rated = Sql(f"coalesce(answer.rating {op} ?, false)", (rating,)) if op else given
        return either(
            every(
                (
                    among("deal.stage_id", (stage.id for stage in pipeline.stages)),
                    self._has(
                        "answer",
                        every(
                            (
                                Sql("answer.replaced_at is null"),
                                Sql("answer.question = ?", (question.key,)),
                                rated,
                            )
                        ),
                    ),
                )
            )
            for pipeline, question in found
        )

    def _noted(self, wanted: str) -> Sql:
        """A note that stands holds the text."""
        held = every((Sql("not note.removed"), contains("note.folded", wanted)))
        few: list[int] = self.database.remembered(
            ("noted", wanted),
            lambda: self.database.column(
                f"select distinct note.deal_id from note where {held.text} limit {FEW + 1}",
                held.values,
            ),
        )
        most = FEW_PROBED if self._probing else FEW
        return among("deal.id", few) if len(few) <= most else self._has("note", held)

    def _has(self, table: str, condition: Sql) -> Sql:
        """Whether a row of the deal's in another table is so."""
        if self._probing:
            one = f"select 1 from {table} where {table}.deal_id = deal.id and {condition.text}"
            return Sql(f"exists ({one})", condition.values)
        every_one = f"select {table}.deal_id from {table} where {condition.text}"
        return Sql(f"deal.id in ({every_one})", condition.values)

    def _same(self, column: str, value: str) -> Sql:
        wanted = fold(value)
        return one_of(f"deal.{column}", self._values(column, lambda known: fold(known) == wanted))

    def _values(self, column: str, fits: Callable[[str], bool]) -> list[str]:
        """The values of a column that fit, of the few that it has."""
        shelves = ("live", "not live") if self._has_archive else ("live",)
        asked = f"select distinct {column} from deal where {column} is not null and "
        known = {value for shelf in shelves for value in self._listed(asked + shelf)}
        return sorted(value for value in known if fits(value))

    def _listed(self, sql: str) -> list[str]:
        """The one column of an answer, as long as nothing changes."""
        return self.database.remembered(sql, lambda: self.database.column(sql))

    def _through(self, value: str) -> Sql:
        wanted = fold(value)
        if wanted not in CHANNELS:
            raise _bad(f"channel:{value}", "a channel is in or out", value, CHANNELS)
        return self._of_channel(wanted)

    def _of_channel(self, wanted: str) -> Sql:
        """The deals whose source leads in or out; of "", those of which nobody says."""
        ways = read_settings(self.database).channels
        fits = self._values("source", lambda source: channel_of(source, ways) == wanted)
        return one_of("deal.source", fits)

    def _lost_for(self, value: str) -> Sql:
        known = {*LOSS_CATEGORIES, *self._values("loss_category", lambda category: True)}
        if fold(value) not in map(fold, known):
            said = f"no loss category {quoted(value)}"
            raise _bad(f"lost:{value}", said, value, sorted(known))
        return self._same("loss_category", value)

    def _part(self, field: str, value: str) -> Sql:
        """The text occurs in one field; looked for where words are, then made sure of."""
        wanted = fold(value)
        found = self.database.remembered(
            ("part", field, wanted, self._has_archive), lambda: self._holding(field, wanted)
        )
        return among("deal.id", found)

    def _holding(self, field: str, wanted: str) -> list[int]:
        somewhere = called(self.database, wanted)
        stages = among("deal.stage_id", (s.id for p in self.scope.pipelines for s in p.stages))
        rows = [
            row
            for shelf in ("deal.live", "not deal.live")[: 2 if self._has_archive else 1]
            for row in self.database.rows(
                f"select deal.id, {_PARTS[field]} as value, deal.loss_competitor from deal"
                " where deal.id in (select deal.id"
                f" from deal where {stages.text} and {shelf} and {somewhere.text})",
                somewhere.values,
            )
        ]
        return [row["id"] for row in rows if any(wanted in fold(one) for one in _texts(field, row))]

    def _in_pipeline(self, value: str) -> Sql:
        names = {
            row["id"]: fold(row["name"])
            for row in self.database.rows("select id, name from pipeline where not removed")
        }
        wanted = fold(value)
        ids = [key for key, name in names.items() if name == wanted] or [
            key for key, name in names.items() if wanted and wanted in name
        ]
        if not ids:
            said = f"no pipeline {quoted(value)}"
            raise _bad(f"pipeline:{value}", said, value, names.values())
        stages = among("stage.pipeline_id", ids).text
        return Sql(f"deal.stage_id in (select stage.id from stage where {stages})")

    def _in_category(self, value: str) -> Sql:
        wanted = fold(value)
        if wanted not in list(Category):
            said = f"no category {quoted(value)}"
            raise _bad(f"category:{value}", said, value, [str(known) for known in Category])
        stages = (
            stage.id
            for pipeline in self.scope.pipelines
            for stage in pipeline.stages
            if stage.category == wanted
        )
        by_stage = every((Sql("deal.category is null"), among("deal.stage_id", stages)))
        return either((compares("deal.category", "=", wanted), by_stage))


def _texts(field: str, row: Row) -> tuple[str, ...]:
    """What a deal says in a field: of competitors each, and the one that won it."""
    if field != "competitors":
        return (row["value"] or "",)
    return (row["loss_competitor"] or "", *json.loads(row["value"]).get(field, ()))


def _refused(term: str, error: PipeboardError) -> BadInput:
    """What is wrong with a term whose value means nothing here."""
    said = f"bad filter: {quoted(term)}: {error.message}"
    return BadInput(said, hint=error.hint, details={"term": term, **error.details})


def _code(value: str) -> str:
    """The ISO 4217 code of a currency."""
    try:
        return currency_code(value)
    except BadInput as error:
        raise _refused(f"currency:{value}", error) from error


def _stage_ids(value: str, pipelines: Iterable[Pipeline]) -> set[int]:
    """The stages of that name, retired ones too; else those that a person means by it."""
    wanted = fold(value)
    stages = [stage for pipeline in pipelines for stage in pipeline.stages]
    found = {stage.id for stage in stages if fold(stage.name) == wanted}
    if found:
        return found
    for pipeline in pipelines:
        try:
            found.add(pipeline.find_stage(value).id)
        except Ambiguous as error:
            raise _refused(f"stage:{value}", error) from error
        except NotFound:
            continue
    if not found:
        said = f"no stage {quoted(value)}"
        raise _bad(f"stage:{value}", said, value, [stage.name for stage in stages])
    return found


def _question(asked_for: str, pipeline: Pipeline) -> Question | None:
    wanted = fold(asked_for)
    labelled = (q for q in pipeline.questions if wanted in (fold(q.key), fold(q.label)))
    return next(labelled, None) or pipeline.question(asked_for)


def _bad(term: str, why: str, word: str, known: Iterable[str]) -> BadInput:
    choices = list(dict.fromkeys(known))
    near = did_you_mean(word, choices)
    return BadInput(
        f"bad filter: {quoted(term)}: {why}. {near}".rstrip(),
        hint="" if near or not choices else f"There are: {', '.join(choices[:12])}.",
        details={"term": term},
    )
