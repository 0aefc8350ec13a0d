from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import with_values
from pipeboard.exchange import recipe
from pipeboard.exchange.columns import _fits, _meant, _parts_of_name, apply_overrides, match_columns
from pipeboard.exchange.fields import SEVERAL
from pipeboard.exchange.layouts import GENERIC, LAYOUTS
from pipeboard.exchange.read_options import NO_OPTIONS, ReadOptions
from pipeboard.exchange.recipe import (
    Recipe,
    read_options,
    read_recipe,
    recipe_from_json,
    survey,
    with_column,
)
from pipeboard.exchange.rows import DealRow
from pipeboard.exchange.side_files import (
    SideFile,
    SideTable,
    join_fields,
    open_side_table,
    same_columns,
    side_of,
)
from tests.exchange.files import open_file, write

MAVEN = [
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
    "close_date", "close_value",
]  # fmt: skip


def targets(*header: str, sample: list[list[str]] | None = None) -> list[str]:
    return list(match_columns(header, GENERIC, sample or []).targets.values())


def test_columns_are_matched_by_what_people_call_them() -> None:
    assert targets(*MAVEN) == [
        "external_id", "owner", "field.product", "account", "stage", "field.engage_date",
        "close_date", "value",
    ]  # fmt: skip
    assert targets("Company", "E-Mail", "Lead Source", "Next Step", "Phone Number") == [
        "account", "contact_email", "source", "next_text", "contact_phone",
    ]  # fmt: skip


@pytest.mark.parametrize("mark", [" / ", "::", " › "])
def test_of_a_name_with_two_sides_the_last_says_what_it_is(mark: str) -> None:
    assert targets("Deal", f"Company{mark}Owner") == ["title", "owner"]
    assert targets("Deal", f"Owner{mark}Company") == ["title", "account"]
    assert targets("Deal", f"Company{mark}Umber") == ["title", "account"]


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("Owner", "owner"),
        ("Deal - Title", "deal_title title"),
        ("Deal - Lead - Title", "deal_lead_title title lead_title"),
        ("Company/Owner", "owner company company_owner"),
        ("a::b", "b a a_b"),
        ("a › b", "b a a_b"),
        ("Amount, gross", "amount amount_gross"),
        ("owner.name", "owner_name owner"),
        ("org_id.name", "org_id_name org_id org"),
        ("a.b.title", "a_b_title a_b b"),
        ("x.y", "x_y"),
        ("Custom field (Deal Size)", "deal_size size"),
        ("Amount (EUR)", "amount"),
        ("Amount EUR", "amount amount_eur"),
        ("Amount XQX", "amount_xqx"),
        ("Chance%", "chance_percent chance"),
        ("dealOwner [x]", "dealowner deal_owner owner"),
        ("Total KES", "total total_kes"),
        ("owner_isk", "owner owner_isk"),
        ("eur", "eur"),
        ("Amount in thousands", "amount"),
        ("Betrag in T€", "betrag"),
        ("Amount [k€]", "amount"),
        ("Probability %", "probability_percent probability"),
        ("dealOwner", "deal_owner dealowner owner"),
        ("lead_source", "lead_source source"),
        ("Value_netto", "value_netto value"),
        ("Name des Deals", "name_des_deals name"),
    ],
)
def test_what_a_name_may_stand_for_comes_the_most_telling_first(column: str, names: str) -> None:
    assert " ".join(filter(None, dict.fromkeys(_parts_of_name(column)))) == names


def test_likeness_maps_a_misspelt_column_and_says_so() -> None:
    header = ["Deal Nmae", "Acount Name", "Opportunity Owners"]
    matching = match_columns(header, GENERIC, [["Pilot", "Lumen", "ana"]])
    assert list(matching.targets.values()) == ["title", "account", "owner"]
    assert len(matching.warnings) == 3


def test_likeness_alone_does_not_make_a_rate_a_date() -> None:
    sample = [["Pilot", "0.3"], ["Renewal", "0.5"]]
    assert targets("Deal", "Closed dates", sample=sample) == ["title", "field.Closed dates"]
    sample = [["Pilot", "2026-12-19"], ["Renewal", ""]]
    assert targets("Deal", "Closed dates", sample=sample) == ["title", "close_date"]


def test_two_columns_never_become_one_field_in_silence() -> None:
    matching = match_columns(["Deal", "Value", "Amount"], GENERIC)
    assert list(matching.targets.values()) == ["title", "value", "field.Amount"]
    assert matching.warnings == [
        "Column 'Amount' looks like value, as 'Value' does; it is kept as a custom field."
    ]


@pytest.mark.parametrize(
    ("target", "cell"),
    [
        *((name, "n/k: ask Bo") for name in (
            "value", "created_at", "close_date", "expected_close", "closed_at", "won_at",
            "lost_at", "is_won", "is_lost", "is_closed", "probability",
        )),
        ("owner", "17"),
        ("account", "17"),
    ],
)  # fmt: skip
def test_a_column_that_is_called_like_a_field_and_is_none_is_told(target: str, cell: str) -> None:
    matching = match_columns(["Deal", target], GENERIC, [["Pilot", cell], ["Renewal", cell]])
    assert matching.targets[target] == f"field.{target}"
    assert any(f"'{target}' is called like {target} " in told for told in matching.warnings)


def test_of_a_field_that_another_column_is_nothing_is_told() -> None:
    sample = [["Pilot", "5", "n/k: ask Bo"], ["Renewal", "7", "n/k: ask Bo"]]
    for header, target in (("Amount", "value"), ("Something", "field.Something")):
        matching = match_columns(["Deal", header, "Value"], GENERIC, sample)
        assert list(matching.targets.values())[1:] == [target, "field.Value"]
        told = [one for one in matching.warnings if "is called like value" in one]
        assert bool(told) is (target != "value")


def test_a_column_called_status_that_holds_stages_is_the_stage() -> None:
    assert targets("Deal", "Status", sample=[["a", "Open"], ["b", "Won"]])[1] == "status"
    assert targets("Deal", "Status", sample=[["a", "Demo"], ["b", "Won"]])[1] == "stage"
    header, sample = ("Deal", "Status", "Stage"), [["a", "hot", "Demo"]]
    assert targets(*header, sample=sample) == ["title", "field.Status", "stage"]


@pytest.mark.parametrize(
    ("header", "target"),
    [("Status", "status"), ("Is Won", "is_won"), ("Is Lost", "is_lost"), ("Is Closed", "is_closed"),
     ("Won Date", "won_at"), ("Lost Date", "lost_at")],
)  # fmt: skip
def test_where_one_column_says_what_became_of_deals_no_other_is_taken_for_it(
    header: str, target: str
) -> None:
    said = ["open", "2026-11-02", ""][("_at" in target) + 2 * ("is_" in target)]
    sample = [["a", said, "won"], ["b", said, "lost"]]
    assert targets("Deal", header, "Verdict", sample=sample)[1:] == [target, "field.Verdict"]
    alone = [[name, verdict] for name, _, verdict in sample]
    assert targets("Deal", "Verdict", sample=alone)[1] == "status"


@pytest.mark.parametrize(
    ("header", "target"), [("Won", "won_at"), ("Lost", "lost_at"), ("Closed", "close_date")]
)
def test_a_column_called_after_an_outcome_that_holds_days_says_when(
    header: str, target: str
) -> None:
    assert targets("Deal", header, sample=[["a", "2026-11-02"], ["b", ""]])[1] == target
    assert targets("Deal", header, sample=[["a", "yes"], ["b", "no"]])[1] == f"is_{header.lower()}"


@pytest.mark.parametrize("name", ["version", "active", "rank", "given_by", "recycled_from"])
def test_what_only_our_own_files_call_so_is_a_field_of_its_own_elsewhere(name: str) -> None:
    assert targets("Deal", name, sample=[["a", "1"], ["b", "2"]])[1] == f"field.{name}"


ENGLISH = {
    "is_won": "won is_closed_won closed_won", "is_lost": "lost is_closed_lost closed_lost",
    "is_closed": "closed is_deal_closed", "archived": "archived is_archived archive_status",
    "deleted": "deleted is_deleted", "competitor": "competitor lost_to main_competitor",
    "competitors": "competitors main_competitor_s", "external_source": "source_of_id",
    "contact_email": "email email_address e_mail contact_email_address",
    "contact_phone": "phone phone_number telephone mobile",
    "contact_name": "contact contact_person primary_contact person person_name",
    "forecast_category": "forecast_category_name", "contact_reason": "reason_for_contact",
    "next_text": "next_step next_steps next_action next_activity",
    "next_due": "next_step_date next_step_due next_action_date next_activity_date follow_up_date "
    "next_contact_date followup_date due_date",
    "lost_reason": "loss_reason reason_lost reason_for_loss closed_lost_reason lost_because "
    "reason_for_losing",
    "stage_entered_at": "last_stage_change last_stage_change_date date_entered_stage stage_date "
    "stage_changed_at stage_change_date date_of_stage_change stage_entered last_stage_change_at "
    "changed_at change_date stage_changed_on date_stage_changed date_last_stage_update "
    "stage_entry_date",
    "won_at": "won_date date_won won_time won_on closed_won_date closed_won_at deal_won_date",
    "lost_at": "lost_date date_lost lost_time lost_on closed_lost_date closed_lost_at",
    "closed_at": "closed_on actual_close_date actual_close closed_time completed_at resolved",
    "tags": "tag label labels categories", "note": "notes details description comment remarks",
}  # fmt: skip


@pytest.mark.parametrize("target", ENGLISH)
def test_each_english_word_for_a_field_is_known(target: str) -> None:
    for name in ENGLISH[target].split():
        assert targets("Deal", name)[1] == target, name


@pytest.mark.parametrize(
    "names", ["Umsatz,Amount", "Sum,Revenue", "Betrag,Value", "Total,Amount", "Close value,Value"]
)
def test_of_two_names_for_a_field_the_plainer_one_is_it(names: str) -> None:
    further, plainer = names.split(",")
    for header in ((further, plainer), (plainer, further)):
        found = dict(zip(header, targets("Deal", *header)[1:], strict=True))
        assert found == {plainer: "value", further: f"field.{further}"}


@pytest.mark.parametrize("name", ["Win %", "Chance %", "Probability (%)", "Win Percent"])
def test_a_percent_sign_in_a_name_is_read_as_its_word(name: str) -> None:
    assert targets("Deal", name, sample=[["a", "40"], ["b", "60"]])[1] == "probability"


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["Open", "Demo", "Pitch"], "stage"),
        (["Open", "Demo"], "status"),
        (["Open", "Pending", "Demo"], "status"),
        (["1", "2", "3"], "status"),
    ],
)
def test_a_status_is_the_stage_where_most_of_its_words_are_no_status(
    words: list[str], target: str
) -> None:
    assert targets("Deal", "Status", sample=[["a", word] for word in words])[1] == target


@pytest.mark.parametrize(
    "name", ["First name", "Last name", "Middle name", "Full name", "Nick name"]
)
def test_the_name_of_a_person_is_near_no_field(name: str) -> None:
    assert targets("Deal", name, sample=[["a", "Ann"], ["b", "Bo"]])[1] == f"field.{name}"


@pytest.mark.parametrize(
    ("header", "cells", "wanted"),
    [
        (("Deal", "Amount", "x"), ("a", "5", "EUR"), "currency"),
        (("Deal", "Amount", "x", "y"), ("a", "5", "EUR", "USD"), "field.x"),
        (("Deal", "Owner", "x"), ("a", "bo", "EUR"), "field.x"),
        (("Deal", "Amount", "x"), ("a", "5", "Europe"), "field.x"),
    ],
)
def test_the_one_column_of_codes_is_the_currency_of_amounts(
    header: tuple[str, ...], cells: tuple[str, ...], wanted: str
) -> None:
    assert targets(*header, sample=[list(cells)])[2] == wanted


@pytest.mark.parametrize(
    ("cells", "target"), [(["5", "ask Bo"], "value"), (["5", "ask Bo", "ask Al"], "field.Value")]
)
def test_a_column_is_what_it_is_called_where_half_of_its_cells_can_be_that(
    cells: list[str], target: str
) -> None:
    assert targets("Deal", "Value", sample=[["a", cell] for cell in cells])[1] == target


@pytest.mark.parametrize("name", ["Entered Demo", "Date entered Demo", "Entered stage Demo"])
def test_a_column_says_when_deals_entered_a_stage_where_it_holds_days(name: str) -> None:
    assert targets("Deal", name, sample=[["a", "2026-11-02"], ["b", ""]])[1] == "entered:Demo"
    for cell in ("yes", "bo", "3"):
        assert targets("Deal", name, sample=[["a", cell], ["b", cell]])[1] == f"field.{name}"
    for other in ("Entered by", "Entered on", "Date entered"):
        assert targets("Deal", other, sample=[["a", "bo"]])[1] == f"field.{other}"


@pytest.mark.parametrize("target", sorted(SEVERAL))
def test_of_what_a_deal_has_several_of_each_column_is_taken(target: str) -> None:
    said = apply_overrides(match_columns(["a", "b"], GENERIC), [f"a={target}", f"b={target}"])
    assert said.targets == {"a": target, "b": target}


@pytest.mark.parametrize("target", sorted(SEVERAL))
def test_what_a_deal_has_several_of_is_taken_beside_what_the_tool_has(target: str) -> None:
    beside = {"note": "Comments", "tags": "Labels"}[target]
    tools = [(layout, column) for layout in LAYOUTS.values() for column in layout.columns
             if layout.target(column) == target and not layout.target(beside)]  # fmt: skip
    assert tools
    for layout, column in tools:
        assert match_columns([column, beside], layout).targets == {column: target, beside: target}


def test_custom_fields_keep_their_names_and_stay_apart() -> None:
    pipedrive = LAYOUTS["pipedrive"]
    matching = match_columns(["Deal - Title", "Deal - Visible to", "Visible to"], pipedrive)
    assert list(matching.targets.values()) == ["title", "field.Visible to", "field.Visible to (2)"]


@pytest.mark.parametrize(
    ("override", "column", "target"),
    [
        ("engage_date=entered:Engaging", "engage_date", "entered:Engaging"),
        ("Engage Date = entered: Engaging", "engage_date", "entered:Engaging"),
        ("product=-", "product", "-"),
        ("product=field.Product line", "product", "field.Product line"),
        ("product=fields.Line=A", "product", "field.Line=A"),
        ("product=next_step.text", "product", "next_text"),
    ],
)
def test_a_person_says_what_a_column_is(override: str, column: str, target: str) -> None:
    matching = apply_overrides(match_columns(MAVEN, GENERIC), [override])
    assert matching.targets[column] == target


def test_a_column_that_is_overruled_becomes_a_custom_field() -> None:
    matching = apply_overrides(match_columns(["Deal", "Value", "Net"], GENERIC), ["Net=value"])
    assert list(matching.targets.values()) == ["title", "field.Value", "value"]
    assert "'Value' looks like value" in matching.warnings[0]


def test_a_column_whose_name_holds_an_equals_sign_can_be_named() -> None:
    header = ["Deal", "p=q"]
    matching = apply_overrides(match_columns(header, GENERIC), ["p=q=owner"])
    assert matching.targets["p=q"] == "owner"


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        (["engaged_date=created_at"], "no column 'engaged_date'", "engage_date"),
        (["engage_date=valeu"], "no field 'valeu'", "value"),
        (["engage_date"], "maps nothing", "COLUMN=FIELD"),
        (["engage_date=entered:"], "names nothing", ""),
        (["engage_date=created_at", "close_date=created_at"], "Both", "Leave one out"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_the_near_one(
    overrides: list[str], message: str, hint: str
) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        apply_overrides(match_columns(MAVEN, GENERIC), overrides)
    assert hint in caught.value.hint


TOOLS = {
    "Dynamics": "(Do Not Modify) Opportunity=external_id;Topic=title;Potential Customer=account;"
    "Est. Close Date=expected_close;Est. Revenue=value;Sales Stage=stage;Status=status",
    "Insightly": "Record Id=external_id;Opportunity Name=title;Opportunity State=status;"
    "Opportunity Value=value;Bid Currency=currency;Probability Of Winning=probability;"
    "Current Stage=stage;User Responsible=owner",
    "Capsule": "Opportunity ID=external_id;Name=title;Party=account;Milestone=stage;Value=value",
    "ClickUp": "Task Name=title;Status=stage;Assignees=owner",
    "Dolibarr": "Libellé=title;Tiers=account;Montant opportunité=value",
    "weclapp": "Betreff=title;Kunde=account;Vertriebsphase=stage;Erwarteter Umsatz=value",
    "Teamleader": "Titel=title;Klant=account;Fase=stage;Geschatte afsluitdatum=expected_close;"
    "Aangemaakt op=created_at;Kans (%)=probability",
    "RD Station": "Nome=title;Empresa=account;Funil=pipeline;Etapa=stage;Valor Único=value",
    "Pipedrive's API": "title=title;org_name=account;add_time=created_at",
    "a Greek sheet": "Όνομα=title;Εταιρεία=account;Στάδιο=stage;Αξία=value;Υπεύθυνος=owner",
    "a Japanese sheet": "案件名=title;会社名=account;ステージ=stage;金額=value",
    "amounts in cents": "title=title;value_in_cents=value",
}
CELLS = {"status": "Open", "stage": "Demo", "value": "1", "probability": "5"}


@pytest.mark.parametrize("tool", TOOLS)
def test_columns_of_many_tools_and_languages_are_known(tool: str) -> None:
    wanted = dict(pair.rsplit("=", 1) for pair in TOOLS[tool].split(";"))
    sample = [[CELLS.get(target, "") for target in wanted.values()]]
    assert targets(*wanted, sample=sample) == list(wanted.values())


def test_a_column_of_any_name_that_tells_won_from_lost_is_the_status() -> None:
    header, sample = ("Deal", "Stage", "Ergebnis"), [["a", "Demo", "Gewonnen"], ["b", "Demo", ""]]
    matching = match_columns(header, GENERIC, sample)
    assert list(matching.targets.values()) == ["title", "stage", "status"]
    assert matching.warnings == ["Column 'Ergebnis' was taken for status, by its cells."]
    sample[1][2] = "perhaps"
    assert targets(*header, sample=sample)[2] == "field.Ergebnis"


# Files beside a file of deals, joined by a field of theirs.


@pytest.mark.parametrize("name", ["owner", "account", "title", "source", "external_id"])
def test_a_file_is_joined_by_any_field_that_names_a_deal(name: str) -> None:
    assert join_fields({"column": name, "other": "value"}) == {"column": name}
    assert same_columns(["Column", "none"], {"column": name}) == {"Column": name}
    beside = SideTable(name, {"Segment": "fields.Segment"}, {"acme": {"fields.Segment": "A"}}, ())
    row = with_values(DealRow(2, {}, "x"), {name: " ÁCME "})
    assert beside.key_of(row) == "acme"
    assert beside.added_to(row) == {"Segment": "A"}
    assert beside.added_to(DealRow(2, {}, "x")) == {}


def test_a_file_is_joined_by_what_its_column_means() -> None:
    mapping = {"agent": "owner", "company": "account", "amount": "value"}
    header = ["Sales rep", "Company name", "Amount", "Segment", "Field."]
    assert same_columns(header, mapping) == {"Sales rep": "owner", "Company name": "account"}
    assert same_columns(header, {"amount": "value"}) == {}


def test_a_file_is_joined_by_a_field_of_ones_own_too() -> None:
    assert join_fields({"column": "field.Product", "other": "value"}) == {
        "column": "fields.Product"
    }
    beside = SideTable("fields.Product", {}, {"gtx": {"fields.Segment": "A"}}, ())
    assert beside.added_to(DealRow(2, {}, "x", fields={"product": "GTX"})) == {"Segment": "A"}


BESIDE = (
    "Product;Price;Office;Note\nGTX;550;East;a\ngtx;7;West;b\nMG;;;\n;9;North;c\n"
)  # fmt: skip


def side(folder: Path, join: str, *maps: str) -> SideTable:
    return open_side_table(write(folder, BESIDE), join, maps, NO_OPTIONS)


def test_a_second_file_gives_each_key_what_its_first_line_says(tmp_path: Path) -> None:
    table = side(tmp_path, "product", "Office=team", "Note=-", "Price=field.List price")
    assert table.field == "fields.Product"
    assert table.targets == {"Price": "fields.List price", "Office": "rep.team", "Note": ""}
    assert table.lines == {
        "gtx": {"fields.List price": "550", "rep.team": "East"}, "mg": {},
    }  # fmt: skip
    assert table.doubles == ("gtx",)
    row = DealRow(2, {}, "x", fields={"product": "GTX"})
    assert table.added_to(row) == {"List price": "550"}
    for maps in (("Office=rep.team",), ("Office=TEAM",), ("Office= Rep.Team ",)):
        assert side(tmp_path, "product", *maps).targets["Office"] == "rep.team"
    assert side(tmp_path, "Product=sales rep").field == "owner"
    for own in ("fields.", "field.", "Field.", "FIELDS."):
        assert side(tmp_path, f"Product={own}Line").field == "fields.Line"
        assert side(tmp_path, "product", f"Price={own}a").targets["Price"] == "fields.a"
        with pytest.raises(BadInput, match="needs a name"):
            side(tmp_path, f"Product={own} ")
        with pytest.raises(BadInput, match="needs a name"):
            side(tmp_path, "product", f"Price={own}")


def test_a_second_file_changes_only_what_is_otherwise(tmp_path: Path) -> None:
    table = side(tmp_path, "product", "Office=team")
    deal = DealRow(2, {}, "x", fields={"product": "gtx", "Price": "550", "Note": "old"})
    assert table.changes_of(deal) == {"fields.Note": "a"}  # type: ignore[arg-type]


@pytest.mark.parametrize(("met", "said"), [(2, ""), (1, "1 line has"), (0, "2 lines have")])
def test_lines_that_meet_no_deal_are_told(tmp_path: Path, met: int, said: str) -> None:
    twice, *rest = side(tmp_path, "product").doubts(met)
    assert twice == "1 key stands twice; the first line counts: 'gtx'."
    assert rest == [f"{said} a key that no deal has."] * bool(said)


@pytest.mark.parametrize(
    ("recipe", "file"),
    [
        (Recipe(), None),
        (Recipe(beside="-", by="a"), None),
        (Recipe(beside="p.csv", by="a=owner"), SideFile(Path("p.csv"), "a=owner")),
        (Recipe(beside="p.csv", by="a", teams="b"), SideFile(Path("p.csv"), "a", "b")),
        (Recipe(beside="p.csv", by="a", onto="rows"), SideFile(Path("p.csv"), "a")),
        (Recipe(beside="p.csv", by="a", onto="all"), SideFile(Path("p.csv"), "a", "", True)),
    ],
)
def test_a_recipe_names_the_second_file(recipe: Recipe, file: SideFile | None) -> None:
    assert side_of(recipe) == file


# Choices that are kept: what was said last time, under what is said now.

KEPT = Recipe(
    tool="hubspot", map=("a=title", "b=owner"), stage=("x=Demo",), dates="dmy", currency="EUR",
    beside="old.csv", by="a", teams="t", onto="all",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "merged"),
    [
        (Recipe(), KEPT),
        (Recipe(tool="close"), replace(KEPT, tool="close")),
        (Recipe(dates="mdy"), replace(KEPT, dates="mdy")),
        (Recipe(currency="USD", decimal="comma"), replace(KEPT, currency="USD", decimal="comma")),
        (Recipe(map=("b=owner", "c=value")), replace(KEPT, map=("a=title", "b=owner", "c=value"))),
        (Recipe(beside="new.csv", by="b"),
         replace(KEPT, beside="new.csv", by="b", teams="", onto="")),
        (Recipe(beside="-"), replace(KEPT, beside="-", by="", teams="", onto="")),
    ],
)  # fmt: skip
def test_what_is_typed_goes_before_what_is_kept(typed: Recipe, merged: Recipe) -> None:
    assert KEPT.under(typed) == merged


def test_a_recipe_is_told_as_it_would_be_typed_and_comes_back_as_json() -> None:
    assert replace(KEPT, lost_zero="unknown").in_words() == (
        "--from hubspot --map a=title --map b=owner --stage x=Demo --dates dmy --currency EUR "
        "--lost-zero unknown --beside old.csv --by a --teams t --onto all"
    )
    assert recipe_from_json(KEPT.to_json(), "it") == KEPT
    for wrong in ('{"schema":1,"dates":["dmy","mdy"]}', '{"schema":1,"map":[1]}',
                  '{"schema":1,"mapp":"a"}', '{"schema":2}', "[]", "{"):  # fmt: skip
        with pytest.raises(BadInput, match=r"^it"):
            recipe_from_json(wrong, "it")
    assert recipe_from_json('{"schema":1,"map":"a=title"}', "it") == Recipe(map=("a=title",))


def test_a_column_that_is_chosen_loses_whatever_else_it_was() -> None:
    header, recipe = ["a", "b", "c"], Recipe(map=("a=title", "b=note", "c=owner"))
    assert with_column(recipe, header, "b", "title").map == ("c=owner", "b=title")
    assert with_column(recipe, header, "c", "note").map == ("a=title", "b=note", "c=note")
    assert with_column(recipe, header, "a", "").map == ("b=note", "c=owner")


@pytest.mark.parametrize(("said", "unknown"), [("", False), ("zero", False), ("unknown", True)])
def test_an_amount_of_nothing_is_unknown_only_where_that_is_said(said: str, unknown: bool) -> None:
    assert read_options(Recipe(lost_zero=said), None).lost_zero_is_unknown is unknown


def test_a_file_is_shown_by_its_first_values_and_the_words_that_place_deals(tmp_path: Path) -> None:
    rows = ("A;Talk;Open", "B;Demo;Archived", "C;Demo;Gone", "D;;-", "E;Old;Open", "F;Old;x")
    path = write(tmp_path, "".join(f"{row}\n" for row in ("Deal;Stage;Status", *rows)))
    options = ReadOptions(stages=("Old==-", "Talk==won"), values=("Status:x==lost",),
                          overrides=("Status=status",))  # fmt: skip
    with open_file(path, options=options) as reading:
        seen = survey(reading, lambda rows, share: None)
    assert seen.records == 6
    assert seen.samples["Deal"] == ("A", "B", "C")
    assert seen.samples["Stage"] == ("Talk", "Demo", "Old")
    assert [(word.text, word.count, word.becomes) for word in seen.words] == [
        ("Demo", 2, "Demo"), ("Old", 2, "=-"), ("Talk", 1, "=won"),
        ("Open", 2, "=open"), ("Archived", 1, "archived"), ("Gone", 1, None), ("x", 1, "=lost"),
    ]  # fmt: skip


# What the cells of a column can be.


@pytest.mark.parametrize(
    ("target", "cells", "most", "whole"),
    [
        ("ref", ("D-1", "D-22"), True, True),
        ("ref", ("D-1", "x"), False, False),
        ("version", ("1", "22"), True, True),
        ("version", ("1", "x"), False, False),
        ("title", ("17", "18"), False, False),
        ("title", ("17", "x"), True, True),
        ("stage", ("17", "1.5"), False, False),
        ("owner", ("17", "ana"), True, True),
        ("contact_name", ("17",), False, False),
        ("account", (), True, True),
        ("account", ("n/a", "-"), True, True),
        ("created_at", ("2026-01-02", "soon"), True, False),
        ("created_at", ("2026-01-02", "n/a"), True, True),
        ("created_at", ("2026-01-02", "soon", "later"), False, False),
        ("created_at", ("2026-01-02", "Q3 2026"), True, False),
        ("created_at", ("Q3 2026",), False, False),
        ("expected_close", ("Q3 2026", "2026-01-02"), True, True),
        ("expected_close", ("Q3 2999",), True, True),
        ("value", ("5", "5k", "x"), True, False),
        ("value", ("x", "y"), False, False),
        ("value", ("١٢٫٥", "１２．５"), True, True),
        ("probability", ("٦٠٫٥٪", "６０．５％"), True, True),
        ("created_at", ("２０１７．３．１８",), True, True),
        ("expected_close", ("２０１７．３．１８",), True, True),
        ("probability", ("50 %", "0.5"), True, True),
        ("probability_bp", ("5000", "x"), True, False),
        ("probability_bp", ("50.5",), False, False),
        ("is_won", ("yes", "no"), True, True),
        ("is_won", ("yes", "perhaps", "soon"), False, False),
        ("contacts", ("[1]", "{}"), True, True),
        ("contacts", ("x",), False, False),
        ("status", ("hot", "cold"), True, False),
        ("status", ("won", "open"), True, True),
        ("note", ("x", "17"), True, True),
    ],
)
def test_a_column_is_a_field_where_most_of_its_cells_can_be_values_of_it(
    target: str, cells: tuple[str, ...], most: bool, whole: bool
) -> None:
    assert (_fits(target, cells), _fits(target, cells, wholly=True)) == (most, whole)


@pytest.mark.parametrize(
    ("names", "cells", "taken", "field"),
    [
        (("x", "owner"), ("ana",), (), "owner"),
        (("owner", "account"), ("ana",), ("owner",), "account"),
        (("owner",), ("ana",), ("owner",), ""),
        (("notes",), ("ana",), ("note",), "note"),
        (("owner",), ("17",), (), ""),
        (("won",), ("yes",), (), "is_won"),
        (("won",), ("2026-01-02",), (), "won_at"),
        (("lost",), ("2026-01-02",), (), "lost_at"),
        (("closed",), ("2026-01-02",), (), "close_date"),
        (("won",), ("perhaps",), (), ""),
        (("umber",), ("x",), (), ""),
    ],
)
def test_a_name_stands_for_the_first_field_that_is_free_and_fits(
    names: tuple[str, ...], cells: tuple[str, ...], taken: tuple[str, ...], field: str
) -> None:
    assert _meant(names, cells, taken) == field


@pytest.mark.parametrize(
    ("header", "rows", "stage"),
    [
        (("Deal", "Status"), (("a", "Demo"), ("b", "Won")), "Status"),
        (("Deal", "Status", "List"), (("a", "Demo", "x"), ("b", "Won", "y")), "List"),
        (("Deal", "Status", "List"), (("a", "Demo", "x"), ("b", "Won", "x")), "Status"),
        (("Deal", "Status", "List"), (("a", "Demo", "x"),), "List"),
        (("Deal", "Status", "List"), (("a", "Demo", "x"), ("b", "Won", "")), "List"),
        (("Deal", "Status", "Stage"), (("a", "Demo", "x"), ("b", "Won", "x")), "Status"),
    ],
)
def test_a_status_that_names_stages_goes_before_a_list_that_is_the_same_for_all(
    header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], stage: str
) -> None:
    found = match_columns(header, GENERIC, [list(row) for row in rows]).targets
    assert [column for column, target in found.items() if target == "stage"] == [stage]


def test_a_column_keeps_its_name_as_a_field_of_its_own_and_no_two_are_one() -> None:
    header = ["Deal", "A", "field.A", "\u200b", "Owner", "Rep", "Tags", "Labels"]
    found = match_columns(header, GENERIC)
    assert found.targets == {
        "Deal": "title", "A": "field.A", "field.A": "field.field.A", "\u200b": "field.column",
        "Owner": "owner", "Rep": "field.Rep", "Tags": "tags", "Labels": "tags",
    }  # fmt: skip
    assert found.warnings == [
        "Column 'Rep' looks like owner, as 'Owner' does; it is kept as a custom field."
    ]


@pytest.mark.parametrize(
    ("overrides", "targets"),
    [
        ((), "title owner field.Rep"),
        (("Rep=owner",), "title field.Owner owner"),
        (("Rep=owner", "Rep=owner"), "title field.Owner owner"),
        (("Rep=owner", "Rep=account"), "title owner account"),
        (("Rep=tags", "Owner=tags"), "title tags tags"),
        (("Deal=-",), "- owner field.Rep"),
        (("Deal=owner", "Owner=title"), "owner title field.Rep"),
    ],
)
def test_what_a_person_says_of_a_column_goes_first(
    overrides: tuple[str, ...], targets: str
) -> None:
    found = apply_overrides(match_columns(["Deal", "Owner", "Rep"], GENERIC), overrides)
    assert " ".join(found.targets.values()) == targets


def test_no_two_columns_are_said_to_be_one_field() -> None:
    matching = match_columns(["Deal", "Owner", "Rep"], GENERIC)
    with pytest.raises(BadInput, match="'Rep' and 'Owner' are mapped to account"):
        apply_overrides(matching, ["Rep=account", "Owner=account"])


def test_a_recipe_is_read_from_a_file_that_is_there_and_is_one(tmp_path: Path) -> None:
    file = tmp_path / "deals.recipe"
    with pytest.raises(NotFound, match="There is no file"):
        read_recipe(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="cannot be read as a recipe"):
        read_recipe(file)
    file.write_text("[]")
    with pytest.raises(BadInput):
        read_recipe(file)
    file.write_text(Recipe().to_json())
    assert read_recipe(file) == Recipe()


def test_a_column_that_holds_codes_and_is_known_as_something_else_stays_so() -> None:
    sample = [["EUR", "5"], ["USD", "6"]]
    assert match_columns(("title", "value"), GENERIC, sample).targets == {
        "title": "title", "value": "value",
    }  # fmt: skip
    coded = [[*row, row[0]] for row in sample]
    found = match_columns(("title", "value", "code"), GENERIC, coded)
    assert found.targets["code"] == "currency"
    assert found.warnings == ["Column 'code' was taken for currency, by its cells."]


def test_a_second_file_of_which_each_key_stands_once_says_nothing_of_doubles(
    tmp_path: Path,
) -> None:
    table = open_side_table(write(tmp_path, "Product,Price\na,1\nb,2\n"), "Product", (), NO_OPTIONS)
    assert (table.doubles, list(table.doubts(2))) == ((), [])


def test_a_second_file_that_is_not_there_may_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file") as refused:
        SideFile(tmp_path / "none.csv", "Product").open()
    assert refused.value.hint == "Join another one, or none: --beside -"
    with pytest.raises(BadInput, match="is a folder, not a file"):
        SideFile(tmp_path, "Product").open()


def test_a_field_of_ones_own_is_one_column_and_the_other_is_called_otherwise_without_a_word() -> (
    None
):
    found = apply_overrides(match_columns(["fields.A", "B"], GENERIC), ["B=field.A"])
    assert found.targets == {"fields.A": "field.fields.A", "B": "field.A"}
    assert found.warnings == []


TOLD_OF_TOOLS = [(name, column) for name, one in LAYOUTS.items() for column in one.remarks]


@pytest.mark.parametrize(("name", "column"), TOLD_OF_TOOLS)
def test_what_is_to_be_known_of_a_column_of_a_tool_is_told_where_it_is_there(
    name: str, column: str
) -> None:
    layout = LAYOUTS[name]
    header = [*layout.columns]
    said = [remark for one, remark in layout.remarks.items() if one in header or one == column]
    assert match_columns([*header, column], layout).warnings[: len(said)] == said
    others = [one for one in header if one not in layout.remarks]
    assert not set(match_columns(others, layout).warnings) & set(layout.remarks.values())


def test_some_tools_have_something_to_be_known() -> None:
    assert TOLD_OF_TOOLS


def test_of_a_cell_that_is_no_value_of_its_field_the_beginning_is_shown() -> None:
    for length in (40, 41):
        sample = [["a", "x" * length]]
        (told,) = match_columns(["Deal", "Value"], GENERIC, sample).warnings
        shown = "x" * 40 if length == 40 else "x" * 37 + "..."
        assert told == (
            f"Column 'Value' is called like value and holds something else, such as '{shown}': it "
            "is kept as a custom field."
        )


def test_whoever_waits_for_a_long_file_hears_how_far_it_was_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe, "_HEARD_EACH", 2)
    monkeypatch.setattr(recipe, "_MOST_WORDS", 2)
    rows = "".join(f"{name};Stage {name}\n" for name in "ABCDE")
    heard: list[int] = []
    with open_file(write(tmp_path, f"Deal;Stage\n{rows}")) as reading:
        seen = survey(reading, lambda count, share: heard.append(count))
    assert heard == [2, 4]
    assert [word.text for word in seen.words] == ["Stage A", "Stage B"]
