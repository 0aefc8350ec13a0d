"""What each choice of the import screen makes of a plan or of how a file is read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.exchange.fields import CUSTOM, ENTERED, KINDS, LEFT_OUT, CellKind
from pipeboard.exchange.recipe import Recipe
from pipeboard.ui.actions import import_choices as module
from pipeboard.ui.actions import importing
from pipeboard.ui.draw.import_file import BECOMES
from pipeboard.ui.key_table import IMPORT, ImportTab
from pipeboard.ui.screens.import_screen import start
from tests.ui.board_scene import PIPELINE

PLAN = start(Path("deals.csv"))
SEEN: Any = SimpleNamespace(
    plan=PLAN, recipe=Recipe(), encoding="utf-8", header=("Firma", "Phase", "Wer"),
    mapping={"Firma": "account", "Phase": "stage", "Wer": "owner"}, pipeline=PIPELINE,
    stages=("Lead", "Demo"), side_file=None, unknown_words=0, currency="EUR",
    answers={"stage": "Phase", "outcome": "Phase", "owner": "always bo", "value": "", "dates": ""},
    survey=SimpleNamespace(samples={"Firma": ("Nova AG", "Lumen Oy")}, words=[]),
)  # fmt: skip


def host_of(monkeypatch: pytest.MonkeyPatch, *answers: Any, **is_so: Any) -> Any:
    """A screen on which these are answered to what is asked, in turn; they stand in `asked`."""
    left = list(answers)
    host: Any = SimpleNamespace(
        keys=IMPORT, asked=[], said=[], taken=[], item_key="", importing=None, looking=None,
        view=SimpleNamespace(plan=PLAN, seen=SEEN, tab=ImportTab.FILE, done=None),
        say=lambda text, role="status": host.said.append(text),
        choose=lambda plan: host.taken.append(plan),
        program=SimpleNamespace(me="ana"),
    )  # fmt: skip
    vars(host).update(is_so)

    async def ask(_: object, overlay: Any) -> Any:
        host.asked.append(overlay)
        return left.pop(0)

    async def typed(_: object, title: str, *given: Any, **more: Any) -> Any:
        host.asked.append((title, *given, more))
        return left.pop(0)

    monkeypatch.setattr(module, "ask", ask)
    monkeypatch.setattr(module, "typed_choice", typed)
    return host


def ids(overlay: Any) -> list[str]:
    return [option.id for option in overlay._find("")]


def test_a_column_can_be_each_field_once_but_none_that_only_we_write() -> None:
    options = module._targets(SEEN, "Phase")
    found = [option.id for option in options]
    assert len(found) == len(set(found))
    assert found[:4] == [module._AS_FOUND, LEFT_OUT, f"{CUSTOM}Phase", module._OTHER]
    usual = len(module._USUAL)
    assert found[4 : 4 + usual] == [*module._USUAL]
    assert found[4 + usual : 6 + usual] == [f"{ENTERED}Lead", f"{ENTERED}Demo"]
    ours = {
        name for name, kind in KINDS.items() if kind in (CellKind.NESTED, CellKind.BASIS_POINTS)
    }
    assert ours and not ours & set(found)
    assert {*KINDS} - ours <= set(found)
    beside = {option.id: option.right for option in options}
    assert (beside["account"], beside["stage"]) == (
        "now Firma", module._KIND_WORDS.get(KINDS["stage"], ""),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "answers", "plan"),
    [
        ("match", ["skip"], {"match": "skip"}),
        ("match", [None], None),
        ("prefer", [], {"prefers_file": True}),
        ("skip", [], {"skips_bad": True}),
        ("override", ["agreed"], {"override": "agreed"}),
        ("override", [""], {"override": ""}),
        ("override", [None], None),
        ("last", [], {"recipe": Recipe(), "forgets": True}),
        ("dates", ["dmy"], {"recipe": Recipe(dates="dmy"), "forgets": True}),
        ("dates", [None], None),
        ("decimal", ["comma"], {"recipe": Recipe(decimal="comma"), "forgets": True}),
        ("currency", ["SEK"], {"recipe": Recipe(currency="SEK"), "forgets": True}),
        ("tool", ["hubspot"], {"recipe": Recipe(tool="hubspot"), "forgets": True}),
        ("lost_zero", [], {"recipe": Recipe(lost_zero="unknown"), "forgets": True}),
        ("key", ["Firma"], {"recipe": Recipe(key=("Firma",)), "forgets": True}),
        ("key", [""], {"recipe": Recipe(key=()), "forgets": True}),
        ("key", [None], None),
        ("sheet", ["Q4"], {"recipe": Recipe(sheet="Q4"), "forgets": True}),
        ("sheet", [""], {"recipe": Recipe(sheet=""), "forgets": True}),
        ("sheet", [None], None),
    ],
)
async def test_each_choice_of_a_file_changes_what_it_says(
    key: str, answers: list[Any], plan: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = host_of(monkeypatch, *answers)
    await module._change_file(host, SEEN, key)
    assert host.taken == ([] if plan is None else [replace(PLAN, **plan)])
    if key in ("override", "sheet"):
        assert host.asked[0][-1] == {"may_be_empty": True}


async def test_what_was_lost_for_nothing_is_unknown_or_nothing_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = host_of(monkeypatch)
    made = await module._lost_zero(host, Recipe(lost_zero="unknown"))
    assert made == Recipe(lost_zero="")
    assert not (await module._preferred(host, replace(PLAN, prefers_file=True))).prefers_file
    assert not (await module._bad_rows(host, replace(PLAN, skips_bad=True))).skips_bad


@pytest.mark.parametrize(
    ("answers", "encoding"),
    [(["utf-16"], "utf-16"), ([module._OTHER, "cp850"], "cp850"), ([module._OTHER, None], None),
     ([None], None)],
)  # fmt: skip
async def test_an_encoding_is_one_of_the_likely_or_typed(
    answers: list[Any], encoding: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "candidates", lambda path: [("utf-8", "Ärger")])
    host = host_of(monkeypatch, *answers)
    made = await module._encoding(host, Recipe())
    assert made == (None if encoding is None else Recipe(encoding=encoding))
    assert ids(host.asked[0]) == ["utf-8", module._OTHER]
    assert (host.asked[0]._chosen) == "utf-8"


@pytest.mark.parametrize(
    ("name", "offered", "answer", "made"),
    [
        ("value", ["", "Firma", "Phase", "Wer"], "Firma", ("column", "Firma", "value")),
        ("stage", ["Firma", "Phase", "Wer", "\0Lead", "\0Demo"], "\0Demo",
         ("constant", "stage", "Demo")),
        ("owner", ["Firma", "Phase", "Wer", "\0ana"], "\0ana", ("constant", "owner", "ana")),
        ("outcome", ["Firma", "Phase", "Wer"], "Wer", ("column", "Wer", "status")),
        ("outcome", ["Firma", "Phase", "Wer"], "Phase", None),
        ("owner", ["Firma", "Phase", "Wer", "\0ana"], "\0bo", None),
        ("dates", ["", "Firma", "Phase", "Wer"], "", None),
        ("dates", ["", "Firma", "Phase", "Wer"], None, None),
    ],
)  # fmt: skip
async def test_an_answer_is_a_column_or_holds_for_all(
    name: str, offered: list[str], answer: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = host_of(monkeypatch, answer)
    monkeypatch.setattr(module, "_take", lambda host, recipe: host.taken.append(recipe))
    monkeypatch.setattr(
        module, "with_constant", lambda recipe, target, one: ("constant", target, one)
    )
    monkeypatch.setattr(
        module, "with_column",
        lambda recipe, header, column, target: (
            ("column", column, target) if recipe == ("constant", target, "") else None
        ),
    )  # fmt: skip
    await module._change_answer(host, SEEN, name)
    assert ids(host.asked[0]) == offered
    assert host.taken == ([] if made is None else [made])


@pytest.mark.parametrize(
    ("target", "offered"),
    [("stage", ["Lead", "Demo", *BECOMES, module._AS_FOUND]),
     ("status", [*BECOMES, module._AS_FOUND])],
)  # fmt: skip
async def test_a_word_is_a_stage_or_an_outcome_by_what_its_column_is(
    target: str, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[Any] = []
    monkeypatch.setattr(module, "with_word", lambda recipe, *word: word)
    monkeypatch.setattr(module, "_take", lambda host, word: put.append(word))
    word: Any = SimpleNamespace(column="Phase", text="Talk", count=1, becomes=None)
    seen = SimpleNamespace(**{**vars(SEEN), "mapping": {"Phase": target}})
    host = host_of(monkeypatch, "=won")
    await module._change_word(host, seen, word)  # type: ignore[arg-type]
    assert ids(host.asked[0]) == offered
    assert host.asked[0]._heading == "Talk, 1 row, means"
    assert put == [("Phase", target == "stage", "Talk", "=won")]
    await module._change_word(host_of(monkeypatch, None), seen, word)  # type: ignore[arg-type]
    assert len(put) == 1


@pytest.mark.parametrize(
    ("is_so", "tab", "key", "done", "said"),
    [
        ({}, ImportTab.COLUMNS, "Firma", ["column"], ""),
        ({}, ImportTab.WORDS, "Phase\0Talk", ["word"], ""),
        ({}, ImportTab.FILE, "Firma", [], "Columns and words can be left out: 2 and 3 show them."),
        ({}, ImportTab.COLUMNS, "", [], "Columns and words can be left out: 2 and 3 show them."),
        ({"side_file": "teams.csv"}, ImportTab.FILE, "side", ["side"], ""),
        ({}, ImportTab.FILE, "side", [], "Columns and words can be left out: 2 and 3 show them."),
    ],
)
async def test_columns_words_and_a_second_file_are_left_out(
    is_so: dict[str, Any], tab: ImportTab, key: str, done: list[str], said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "is_idle", lambda host: True)
    monkeypatch.setattr(module, "_take", lambda host, recipe: host.taken.append(recipe))
    monkeypatch.setattr(
        module, "with_side", lambda recipe, side: "side" if side is None else "another"
    )
    monkeypatch.setattr(
        module, "with_column",
        lambda recipe, header, column, target: "column" if target == LEFT_OUT else "another",
    )  # fmt: skip
    monkeypatch.setattr(
        module, "_put_word",
        lambda host, seen, word, becomes: host.taken.append("word" if becomes == "=-" else "x"),
    )  # fmt: skip
    word = SimpleNamespace(column="Phase", text="Talk")
    survey = SimpleNamespace(words=[SimpleNamespace(column="Wer", text="Talk"), word], samples={})
    seen = SimpleNamespace(**{**vars(SEEN), "survey": survey, **is_so})
    host = host_of(monkeypatch, item_key=key)
    host.view.seen, host.view.tab = seen, tab
    await module.leave_out(host)
    assert (host.taken, host.said) == (done, [said] if said else [])


@pytest.mark.parametrize(
    ("key", "is_of_reps", "teams"),
    [("Wer=owner", True, True), ("Firma=account", False, False)],
)
@pytest.mark.parametrize("everywhere", [False, True])
def test_only_a_file_of_reps_has_their_teams(
    key: str, is_of_reps: bool, teams: bool, everywhere: bool
) -> None:
    side: Any = SimpleNamespace(key=key, everywhere=everywhere, path=Path("teams.csv"))
    choices = {choice.key: choice for choice in module._side_menu(side)._choices}
    assert choices["t"].enabled is teams is is_of_reps
    assert choices["d"].label == ("to rows only" if everywhere else "to the deals here too")
    assert [*choices] == ["c", "t", "d", "o", "x"]


@pytest.mark.parametrize(
    ("action", "tab"),
    [
        (importing.choose_file, ImportTab.FILE),
        (importing.choose_pipeline, ImportTab.FILE),
        (importing.reload, ImportTab.FILE),
        (importing.import_now, ImportTab.PREVIEW),
        (module.change, ImportTab.PREVIEW),
        (module.change, ImportTab.COLUMNS),
        (module.change, ImportTab.WORDS),
        (module.change, ImportTab.FILE),
        (module.leave_out, ImportTab.COLUMNS),
        (module.leave_out, ImportTab.WORDS),
        (module.join_file, ImportTab.FILE),
    ],
)
async def test_while_a_file_comes_in_nothing_else_is_chosen(
    action: Any, tab: ImportTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = SimpleNamespace(plan=PLAN, seen=SEEN, tab=tab, done=None, problem="")
    host = host_of(monkeypatch, importing="under way", view=view, item_key="Firma")
    monkeypatch.setattr(importing, "ask", None)
    await action(host)
    assert (host.asked, host.taken) == ([], [])
    assert host.said == ["The import is under way; Esc stops it."]


@pytest.mark.parametrize(
    ("name", "is_free"), [("sales", False), ("  SALES ", False), ("Sales", False), ("Sale", True)]
)
async def test_a_new_pipeline_has_a_name_of_its_own(
    name: str, is_free: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    async def ask(_: object, overlay: Any) -> str:
        return str(importing._OTHER)

    async def read(_: object, look: Any) -> list[Any]:
        return [replace(PIPELINE, name="Sales")]

    async def typed(_: object, title: str, value: str, check: Any) -> str:
        told.append((title, value, check(name).ok))
        return name

    host = host_of(monkeypatch)
    for what, by in (("ask", ask), ("read", read), ("typed_choice", typed)):
        monkeypatch.setattr(importing, what, by)
    await importing.choose_pipeline(host)
    assert told == [("Name of the new pipeline", "Deals", is_free)]
    assert [(plan.pipeline, plan.is_new) for plan in host.taken] == [(name, True)]


@pytest.mark.parametrize(
    ("key", "tab", "goes_on"),
    [("l", None, True), ("w", ImportTab.WORDS, False), ("c", ImportTab.COLUMNS, False),
     (None, None, False)],
)  # fmt: skip
async def test_rows_that_are_rejected_are_left_out_or_mended_where_they_can_be(
    key: str | None, tab: ImportTab | None, goes_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[ImportTab] = []

    async def ask(_: object, overlay: Any) -> str | None:
        return key

    monkeypatch.setattr(importing, "ask", ask)
    host: Any = SimpleNamespace(show_tab=shown.append)
    seen: Any = SimpleNamespace(report=SimpleNamespace(rejected=[1, 2]))
    assert await importing._leave_bad_rows(host, seen) is goes_on
    assert shown == ([tab] if tab else [])
