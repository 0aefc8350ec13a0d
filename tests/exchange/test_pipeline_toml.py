"""A pipeline as a document: what is written is read back, what is wrong is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.criteria import About, Criterion
from pipeboard.domain.errors import BadInput
from pipeboard.domain.fit import check_traits
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.domain.text import clean_line, clean_text
from pipeboard.exchange.pipeline_toml import read_pipeline, with_known_ids, write_pipeline

_LINES = st.text(max_size=40).map(clean_line)
_NAMES = _LINES.filter(bool)
_TEXTS = st.text(max_size=80).map(clean_text)
_LIMITS = st.none() | st.integers(0, 400)
_CRITERIA = st.sampled_from(
    (
        Criterion(About.FIELD, "value"),
        Criterion(About.FIELD, "field.Lead Source"),
        Criterion(About.ANSWERS, at_least=4),
        Criterion(About.CONTACT, "decision_maker"),
        Criterion(About.NEXT_STEP),
        Criterion(About.CHECKLIST),
        Criterion(About.ANSWER, "need"),
        Criterion(About.RATING, "need", 2),
    )
)
_TRAITS = (Trait("field.Größe", ("50..500", ">=1m"), 3), Trait("source", ("fair", "web")))
_QUESTIONS = (Question("need", "Need", "What for?", "Why.", "Good.", (Factor.NEED, Factor.FIT)),)


@st.composite
def _stages(draw: st.DrawFn) -> tuple[Stage, ...]:
    names = draw(st.lists(_NAMES, min_size=1, max_size=5, unique_by=str.casefold))
    names = [name for name in names if name.casefold() not in ("won", "lost")] or ["Lead"]
    open_stages = tuple(
        Stage(
            number,
            name,
            StageKind.OPEN,
            draw(st.none() | st.integers(0, 10_000)),
            draw(_TEXTS),
            draw(_LIMITS),
            draw(_LIMITS),
            draw(st.booleans()),
            draw(st.sampled_from(Category)),
            tuple(draw(st.lists(_CRITERIA, max_size=3, unique=True))),
            tuple(draw(st.lists(_NAMES, max_size=3, unique=True))),
            draw(_TEXTS),
            draw(_LINES),
        )
        for number, name in enumerate(names, 1)
    )
    ends = (Stage(90, "Won", StageKind.WON, 10_000), Stage(91, "Lost", StageKind.LOST, 0))
    return (*open_stages, *ends)


@given(_NAMES, _stages())
def test_what_is_written_reads_back_equal(name: str, stages: tuple[Stage, ...]) -> None:
    pipeline = Pipeline(3, name, "EUR", stages, _QUESTIONS, traits=_TRAITS)
    assert read_pipeline(write_pipeline(pipeline)) == pipeline


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_reads_back_equal(name: str) -> None:
    pipeline = template(name, pipeline_name="Sales", currency="EUR")
    assert read_pipeline(write_pipeline(pipeline)) == pipeline


def test_the_document_is_made_to_be_edited_by_hand() -> None:
    document = write_pipeline(template("needs", pipeline_name="Sales", currency="EUR"))
    for line in (
        'name = "Lead Qualification"',
        "probability = 15",
        "expected_days = 14",
        '    "answer timeline",',
        'label = "Authority and budget"',
    ):
        assert line in document.splitlines()


def test_a_name_and_a_stage_are_enough() -> None:
    pipeline = read_pipeline('name = "Renewals"\n[[stages]]\nname = "Due"\n')
    assert [(stage.name, stage.kind) for stage in pipeline.stages] == [
        ("Due", "open"),
        ("Won", "won"),
        ("Lost", "lost"),
    ]
    assert (pipeline.id, pipeline.currency) == (0, "")


def test_outcomes_stand_last_wherever_they_are_written() -> None:
    document = 'name = "R"\n[[stages]]\nname="Signed"\nkind="won"\n[[stages]]\nname="Due"\n'
    assert [stage.name for stage in read_pipeline(document).stages] == ["Due", "Signed", "Lost"]


@pytest.mark.parametrize(("kind", "bp"), [("won", 10_000), ("lost", 0)])
def test_an_outcome_is_certain_whatever_is_written(kind: str, bp: int) -> None:
    stages = f'[[stages]]\nname="Due"\n[[stages]]\nname="End"\nkind="{kind}"\nprobability=40\n'
    (end,) = (one for one in read_pipeline(f'name = "R"\n{stages}').stages if one.name == "End")
    assert end.probability_bp == bp


_STAGE = 'name = "R"\n[[stages]]\nname = "Due"\n'


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("name = ", "TOML"),
        ('name = "R"', "at least one stage"),
        ('[[stages]]\nname = "Due"', "needs a name"),
        ('name = "R"\n[[stages]]\nkind = "open"', "Stage 1 needs a name"),
        ('name = 3\n[[stages]]\nname = "Due"', "name"),
        (f'nam = "x"\n{_STAGE}', "'nam'"),
        (f"{_STAGE}probability = 120", "120"),
        (f"{_STAGE}probability = true", "probability"),
        (f'{_STAGE}expected_days = "soon"', "expected_days"),
        (f"{_STAGE}idle_days = -1", "idle_days"),
        (f"{_STAGE}idle_days = 99999999999", "idle_days"),
        (f"{_STAGE}qualified = 1", "qualified"),
        (f'{_STAGE}kind = "closed"', "kind"),
        (f'{_STAGE}forecast_category = "sure"', "forecast_category"),
        (f'{_STAGE}criteria = ["vale"]', "'vale'"),
        (f'{_STAGE}criteria = "value"', "criteria"),
        (f"{_STAGE}criteria = [1]", "criteria"),
        (f'{_STAGE}criteria = ["answer weather"]', "'weather'"),
        (f'{_STAGE}[[stages]]\nname = "due"', "'due' is there twice"),
        (f'{_STAGE}[[stages]]\nname="A"\nkind="won"\n[[stages]]\nname="B"\nkind="won"', "won"),
        (f'{_STAGE}[[questions]]\nkey = "x"', "label"),
        (f'{_STAGE}[[questions]]\nlabel = "X"\nproves = ["luck"]', "'luck'"),
        (f'{_STAGE}[[traits]]\nwanted = ["x"]', "Trait 1 needs a field"),
        (f'{_STAGE}[[traits]]\nfield = "field.n"\nwanted = "x"', "Trait 'field.n' wants a list"),
        (f'{_STAGE}[[traits]]\nfield = "field.n"\nweight = "2"', "wants a whole number as weight"),
        (f'{_STAGE}[[traits]]\nfield = "field.n"\nwant = ["x"]', "has no key 'want'"),
        (f'currency = "EUX"\n{_STAGE}', "EUX"),
        ("stages = 3\nname = 'R'", "stages"),
        ("stages = [3]\nname = 'R'", "stages"),
    ],
)
def test_what_cannot_be_read_is_named(document: str, named: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_pipeline(document)
    assert named in caught.value.message


def test_a_trait_weighs_one_and_is_about_a_field_however_that_is_written() -> None:
    (trait,) = read_pipeline(f'{_STAGE}[[traits]]\nfield="Fields.n"\nwanted=["x"]').traits
    assert trait == Trait("field.n", ("x",), 1)


def test_the_example_of_a_trait_that_stands_in_each_document_can_be_taken_as_it_is() -> None:
    document = write_pipeline(template("minimal", pipeline_name="Sales", currency="EUR"))
    lines = document.partition("# [[traits]]\n")[2].split("\n")[:3]
    example = "\n".join(line.removeprefix("# ") for line in lines)
    pipeline = read_pipeline(f"{document}\n[[traits]]\n{example}")
    assert pipeline.traits == (Trait("field.employees", ("50..500",), 2),)
    check_traits(pipeline)


@given(st.text())
def test_any_text_is_a_pipeline_or_bad_input(text: str) -> None:
    try:
        read_pipeline(text)
    except BadInput:
        return


_KNOWN = Pipeline(
    4,
    "Sales",
    "EUR",
    (
        Stage(7, "Lead"),
        Stage(8, "Demo"),
        Stage(9, "Won", StageKind.WON),
        Stage(10, "Lost", StageKind.LOST),
    ),
)


def _ids(wanted: Pipeline) -> tuple[int, list[int]]:
    found = with_known_ids(wanted, (_KNOWN,))
    return found.id, [stage.id for stage in found.stages]


def test_a_pipeline_is_known_by_its_name_and_its_stages_by_theirs() -> None:
    wanted = replace(
        _KNOWN,
        id=0,
        name="sales",
        stages=(
            Stage(0, "demo"),
            Stage(0, "Lead"),
            Stage(0, "Signed", StageKind.WON),
            Stage(0, "Lost", StageKind.LOST),
        ),
    )
    assert _ids(wanted) == (4, [8, 7, 9, 10])


def test_a_pipeline_and_a_stage_are_renamed_under_their_ids() -> None:
    wanted = replace(
        _KNOWN, name="New sales", stages=(Stage(7, "Demo"), Stage(8, "Lead"), *_KNOWN.stages[2:])
    )
    assert _ids(wanted) == (4, [7, 8, 9, 10])


def test_a_new_stage_has_no_id_whatever_number_it_brings() -> None:
    wanted = replace(_KNOWN, stages=(_KNOWN.stages[0], Stage(3, "Tender"), *_KNOWN.stages[2:]))
    assert _ids(wanted) == (4, [7, 0, 9, 10])


def test_a_stage_that_is_known_is_known_as_one_alone() -> None:
    ends = _KNOWN.stages[2:]
    for names, ids in (
        (("Lead", "Léad"), [7, 0, 9, 10]),
        (("Demo", "Démo", "LEAD"), [8, 0, 7, 9, 10]),
    ):
        wanted = replace(_KNOWN, stages=(*(Stage(0, name) for name in names), *ends))
        assert _ids(wanted) == (4, ids)
    won = Stage(0, "Lead", StageKind.WON)
    assert _ids(replace(_KNOWN, stages=(Stage(0, "Won"), won, ends[1]))) == (4, [0, 9, 10])


def test_another_pipeline_takes_no_ids_over() -> None:
    wanted = replace(_KNOWN, id=99, name="Renewals")
    assert _ids(wanted) == (0, [0, 0, 0, 0])


LINES = 'name = "Sales"\n[[stages]]\nname = "Lead"\n'


def test_a_number_of_a_document_lies_within_what_is_stored() -> None:
    assert read_pipeline(f"id = {2**31 - 1}\n{LINES}").id == 2**31 - 1
    for wrong in (2**31, -1):
        with pytest.raises(BadInput, match="wants a number from 0 as id"):
            read_pipeline(f"id = {wrong}\n{LINES}")


@pytest.mark.parametrize(
    ("said", "points"),
    [("30", 3_000), ("30.0", 3_000), ("12.5", 1_250), ('"12.5"', 1_250), ("0", 0), ("100", 10_000)],
)
def test_a_chance_is_written_as_people_write_it(said: str, points: int) -> None:
    read = read_pipeline(f"{LINES}probability = {said}\n")
    assert read.stages[0].probability_bp == points
    assert read_pipeline(write_pipeline(read)) == read


def test_what_a_document_leaves_out_follows_from_the_rest() -> None:
    text = f'{LINES}[[questions]]\nlabel = "Who signs?"\n'
    read = read_pipeline(text)
    assert (read.questions[0].key, read.questions[0].ask) == ("who_signs", "Who signs?")
    ends = [(stage.name, stage.kind, stage.probability_bp) for stage in read.stages[1:]]
    assert ends == [("Won", StageKind.WON, 10_000), ("Lost", StageKind.LOST, 0)]
    assert (read.version, read_pipeline(f"id = 7\n{text}").version) == (1, 0)
    assert read_pipeline(f"id = 7\nversion = 5\n{text}").version == 5
    assert "\nversion" not in write_pipeline(replace(read, version=5))
    assert "\nversion = 5\n" in write_pipeline(replace(read, id=7, version=5))


def test_what_nobody_sees_is_escaped_and_a_retired_stage_stays_one() -> None:
    stages = (Stage(1, "Lead", playbook="a\tb\u200bc\nd"), Stage(2, "Old", retired=True))
    text = write_pipeline(replace(read_pipeline(LINES), stages=stages))
    assert "a\\U00000009b\\U0000200bc\nd" in text
    assert [stage.retired for stage in read_pipeline(text).stages[:2]] == [False, True]
    with pytest.raises(BadInput, match="The id '1' is there twice"):
        read_pipeline(f'{LINES}id = 1\n[[stages]]\nname = "B"\nid = 1\n')


def test_a_name_goes_before_the_number_of_a_pipeline_and_the_number_before_that_of_a_stage() -> (
    None
):
    one = replace(read_pipeline(LINES), id=1)
    other = replace(one, id=2, name="Renewals", stages=(
        Stage(5, "Lead"), Stage(6, "Demo"), Stage(7, "Won", StageKind.WON, 10_000),
        Stage(8, "Lost", StageKind.LOST, 0)))  # fmt: skip
    wanted = replace(other, id=1, stages=(Stage(6, "Lead"), Stage(0, "Won"), *other.stages[2:]))
    found = with_known_ids(wanted, [one, other])
    assert found.id == 2
    assert [stage.id for stage in found.stages] == [6, 0, 7, 8]


@pytest.mark.parametrize(
    ("document", "message", "hint"),
    [
        ('nam = "x"\n' + LINES, "The pipeline has no key 'nam'.", "Did you mean name?"),
        (LINES + 'nme = "x"', "Stage 'Lead' has no key 'nme'.", "Did you mean name?"),
        (
            LINES + 'kind = "wom"', "Stage 'Lead' wants another kind than 'wom'.",
            "Did you mean won?",
        ),
        (
            LINES + 'kind = "xyz"', "Stage 'Lead' wants another kind than 'xyz'.",
            "Known are: open, won, lost.",
        ),
        (
            LINES + 'criteria = ["answers >= 200"]',
            "Stage 'Lead' has criteria that cannot be read: 'answers >= 200'.",
            "Exit criteria read like: value, answer timeline, rating authority >= 2, answers >= 4, "
            "contact decision_maker, next step, checklist.",
        ),
        (
            LINES + '[[questions]]\nlabel = "Luck"\nproves = ["luck"]',
            "Question 'Luck' cannot prove 'luck'.",
            "Known are: budget, authority, need, timeline, interest, fit.",
        ),
        (
            LINES + '[[questions]]\nlabel = "Need"\nproves = ["ned"]',
            "Question 'Need' cannot prove 'ned'.", "Did you mean need?",
        ),
        (
            'name = "Sales"', "A pipeline needs at least one stage to work in.",
            "Add a [[stages]].",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_document_is_named_with_a_way_on(
    document: str, message: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_pipeline(document)
    assert (str(refused.value), refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("keys", "said"),
    [("need need", "The question 'need' is there twice"), ("need budget", "")],
)
def test_two_questions_have_two_keys(keys: str, said: str) -> None:
    asked = "".join(f'[[questions]]\nkey = "{key}"\nlabel = "x{key}"\n' for key in keys.split())
    if not said:
        found = read_pipeline(f"{_STAGE}{asked}").questions
        assert [one.key for one in found] == keys.split()
        return
    with pytest.raises(BadInput, match=said):
        read_pipeline(f"{_STAGE}{asked}")


def test_words_of_a_list_are_told_once_each_and_empty_ones_not_at_all() -> None:
    text = f'{_STAGE}checklist = ["Goals", "", "  ", "Budget", "Goals"]\n'
    assert read_pipeline(text).stages[0].checklist == ("Goals", "Budget")
