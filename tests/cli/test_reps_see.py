"""Where reps see their own deals only, no verb, filter, file, number or undo shows them others'."""

from __future__ import annotations

import os
import pwd
import shutil
import types
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeboard.cli.completing import KINDS, complete
from pipeboard.cli.verbs import CHANGING
from pipeboard.domain.filter_fields import FIELDS, FORMS, STATES
from pipeboard.domain.roles import Role
from pipeboard.domain.settings import SEEN
from pipeboard.store import Store
from tests.cli.conftest import Result, Type
from tests.cli.test_interrupts import READING
from tests.cli.test_roles import LINES
from tests.postgres import Databases

Sit = Callable[[str], None]
SECRET = "zebra"
"""In every text of bo's deals; what they are worth stands in nobody else's either."""
AMOUNT, ROUNDED = "777777", "778k"
TOKEN = "a-token-of-bo"
# bo's deals, and what happened to them. 1 and 7 are ana's, 6 is nobody's.
FURNISHING: tuple[tuple[str, ...], ...] = (
    ("init", "--template", "minimal", "--currency", "EUR", "--zone", "Europe/Berlin"),
    ("pipeline", "new", "Needs", "--template", "needs"),
    *(("rep", "add", name) for name in ("ana", "bo", "cy", "mia", "vera")),
    ("add", "Lumen Oy: pilot 40k @ana"),
    ("add", f'{SECRET} Works: {SECRET} line 777777 @bo +{SECRET}tag next:"today {SECRET} call"'),
    ("add", f"{SECRET} Old: {SECRET} kiln 777777 @bo"),
    ("add", f"{SECRET} Lost: {SECRET} robot 777777 @bo"),
    ("add", f"{SECRET} Needs: {SECRET} press 777777 @bo", "-p", "Needs"),
    ("add", "Open House: fair 5k @none"),
    ("add", "Kestrel: spares 7k @ana", "-p", "Needs"),
    ("add", f"{SECRET} Won: {SECRET} mill 777777 @bo"),
    ("set", "2", f"field.{SECRET}field={SECRET} value", "close=today"),
    ("set", "2", "external_id=E-2"),
    ("contact", "2", f"{SECRET} Laine", "--role", "champion", "--email", f"{SECRET}@x.example"),
    ("note", "2", "-m", f"{SECRET} note", "--token", TOKEN, "--as", "bo"),
    ("log", "2", "call", "--outcome", f"{SECRET} touch"),
    ("term", "2", "payment", "--ours", f"{SECRET} days"),
    ("answer", "5", "need", f"{SECRET} need", "--rating", "3"),
    ("archive", "3"),
    ("won", "8", "--override", f"{SECRET} signed"),
    ("lost", "4", "--category", "other", "--reason", f"{SECRET} reason", "--recycle", "+1d"),
    ("tag", "1", "2", "+both"),
    ("call", "set", "2026Q4", "777777", "--owner", "bo"),
    ("target", "set", "2026Q4", "100k"),
    ("review", "--decide", "2", f"1dec {SECRET} decision", "--to", "bo"),
    ("review", "--hold"),
    ("filter", "save", "all", "open"),
    *(("rep", "set", name, "--team", "North") for name in ("ana", "cy")),
    *(("rep", "set", n, "--role", r) for n, r in (("mia", "manager"), ("vera", "viewer"))),
    ("rep", "set", "mia", "--acts-for", "*"),
)


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Somebody else sits down: the account of the process is theirs."""
    return lambda name: monkeypatch.setattr(
        pwd, "getpwuid", lambda uid: types.SimpleNamespace(pw_name=name)
    )


@pytest.fixture(scope="module")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspace is kept that is made once."""
    return tmp_path_factory.mktemp("shop") / "shop.db"


@pytest.fixture
def shop(
    pipe: Type, home: Path, sit: Sit, monkeypatch: pytest.MonkeyPatch, engine: str, request: Any
) -> Type:
    """A workspace where reps see their own deals; the owner sits there."""
    sit("olga")
    letters = home / "xdg_config_home" / "pipeboard" / "templates"
    letters.mkdir(parents=True)
    (letters / "letter.md").write_text("Dear {{account}}, {{title}}")

    def furnish(place: str) -> None:
        monkeypatch.setenv("PIPEBOARD_DB", place)
        for line in (*FURNISHING, ("setting", "set", "reps-see", "own")):
            done = pipe(*line)
            assert done.code == 0, (line, done)

    if engine == "sqlite":
        kept: Path = request.getfixturevalue("made_before")
        if not kept.exists():
            furnish(str(home / "shop.db"))
            shutil.copy(home / "shop.db", kept)
        shutil.copy(kept, home / "shop.db")
        monkeypatch.setenv("PIPEBOARD_DB", str(home / "shop.db"))
    else:
        databases: Databases = request.getfixturevalue("postgres_databases")
        monkeypatch.setenv("PIPEBOARD_DB", databases.kept("shop", furnish))
    return pipe


def tells(done: Result, home: Path) -> bool:
    """Whether anything of bo's deals is said, or written into a file."""
    files = (p for p in home.iterdir() if p.is_file() and not p.name.startswith("shop.db"))
    said = "".join((done.out, done.err, *(p.read_bytes().decode("latin-1") for p in files)))
    plain = said.lower().replace(",", "").replace("\u202f", "").replace(".", "")
    return any(word in plain for word in (SECRET, AMOUNT, ROUNDED))


# What only looks: the lines that would show bo's deals to somebody who sees them.
LOOKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "list": (
        ("list",),
        ("list", "--json"),
        ("list", "--csv"),
        ("list", "archived"),
        ("list", "lost"),
        ("list", "--sort", "score"),
        ("list", f"{SECRET}"),
    ),
    "show": (("show", "2"), ("show", "2", "--json"), ("show", f"{SECRET} Works")),
    "metrics": (
        ("metrics",),
        ("metrics", "--json", "--period", "all"),
        ("metrics", "--by", "account"),
        ("metrics", "--by", "owner", "--csv"),
        ("metrics", "--md"),
        ("metrics", "--html"),
        ("metrics", "--history", "--since", "2026-11-01"),
    ),
    "triage": (
        ("triage", "--owner", "all"),
        ("triage", "--owner", "bo", "--json"),
        ("triage", "--plain", "--owner", "all"),
    ),
    "due": (("due", "--owner", "all"), ("due", "--owner", "bo", "--json")),
    "check": (("check", "--owner", "all"), ("check", "--json")),
    "digest": (("digest", "--owner", "all"),),
    "review": (
        ("review",),
        ("review", "--json"),
        ("review", "--html"),
        ("review", "--held", "2026-11-23"),
    ),
    "template": (("template", "letter", "2"),),
    "export": (
        *(("export", "--format", form) for form in ("csv", "json", "jsonl", "md", "ics")),
        ("export", "open", "--to", "out.csv"),
    ),
    "history": (
        ("history",),
        ("history", "2"),
        ("history", "--json"),
        ("history", "--by", "bo"),
        ("history", "--verb", "note"),
    ),
    "call list": (("call", "list"), ("call", "list", "--json")),
}
SAY_NOTHING_OF_DEALS = READING - LOOKS.keys()
"""What is read of agreements, files and the program itself."""
LOOKING = [line for lines in LOOKS.values() for line in lines]


def test_every_verb_that_reads_is_looked_at_here() -> None:
    assert set(LOOKS) - {"review"} <= READING
    assert {
        "target list", "fx list", "setting list", "pipeline list", "pipeline show",
        "pipeline templates", "rep list", "config show", "config path", "config check", "keys",
        "completions", "man", "version", "filter list", "backup list", "logs", "board",
        "config themes", "config words", "help", "mcp",
    } == SAY_NOTHING_OF_DEALS  # fmt: skip


@pytest.mark.parametrize("line", LOOKING, ids=" ".join)
def test_whoever_sees_all_is_told_and_whoever_does_not_is_not(
    line: tuple[str, ...], shop: Type, sit: Sit, home: Path
) -> None:
    sit("mia")
    assert tells(shop(*line), home), "a line that tells nobody anything proves nothing"
    for path in home.glob("out.*"):
        path.unlink()
    for name in ("ana", "vera", "stranger"):
        sit(name)
        done = shop(*line)
        assert not tells(done, home) or SECRET in " ".join(line), done
        assert "line" not in done.out or SECRET not in done.out


@pytest.mark.parametrize("verb", sorted(SAY_NOTHING_OF_DEALS - {"board"}))
def test_what_is_no_deals_says_nothing_of_them(verb: str, shop: Type, sit: Sit, home: Path) -> None:
    sit("ana")
    words = ("bash",) if verb == "completions" else ()
    assert not tells(shop(*verb.split(), *words), home)


def test_reps_see_what_is_theirs_and_what_is_nobodys(shop: Type, sit: Sit) -> None:
    sit("ana")
    refs = {deal["ref"] for deal in shop("list", "--json").json["deals"]}
    assert refs == {"D-1", "D-6", "D-7"}
    assert shop("metrics", "--json", "--period", "all").code == 0
    assert "D-2" not in shop("history").out
    assert shop("show", "6").code == 0


@pytest.mark.parametrize("seen", SEEN)
def test_a_team_sees_its_deals_where_that_is_set(seen: str, shop: Type, sit: Sit) -> None:
    assert shop("setting", "set", "reps-see", seen).code == 0
    sit("cy")
    shown = shop("list", "open", "--json").json["deals"]
    expected = {"all": {"D-1", "D-2", "D-5", "D-6", "D-7"}, "team": {"D-1", "D-6", "D-7"}}
    assert {deal["ref"] for deal in shown} == expected.get(seen, {"D-6"})


def test_whoever_acts_for_a_rep_sees_what_that_rep_sees(shop: Type, sit: Sit, home: Path) -> None:
    sit("mia")
    assert not tells(shop("list", "--as", "ana"), home)
    assert tells(shop("list", "--as", "bo"), home)


# Filters: every field and form, as its own example.

FILTERS = [field.example for field in FIELDS] + [typed for typed, _ in FORMS] + list(STATES)


@pytest.mark.parametrize("typed", [*FILTERS, "-won | won", f"-{SECRET}", "id:2,3,4,5,8", "@bo"])
def test_no_filter_finds_a_deal_that_is_not_shown(typed: str, shop: Type, sit: Sit) -> None:
    sit("ana")
    done = shop("list", "--json", "--", typed)
    if done.code != 0:  # a stage or a rep that this workspace has not
        assert SECRET not in done.err
        return
    assert {deal["owner"] for deal in done.json["deals"]} <= {"ana", None, ""}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("typed", ["", "2", "D-2", "z", "+z", "tag:z", "Z"])
def test_tab_offers_nothing_of_a_deal_that_is_not_shown(
    kind: str, typed: str, shop: Type, sit: Sit, home: Path
) -> None:
    sit("ana")
    offered = "\n".join(complete((kind, typed), os.environ))
    assert not tells(Result(0, offered, ""), home)


def test_tab_offers_what_is_shown(shop: Type, sit: Sit) -> None:
    if ":" in os.environ["PIPEBOARD_DB"]:
        pytest.skip("Tab asks files alone")
    sit("ana")
    assert "Lumen" in "".join(complete(("DEAL", "L"), os.environ))
    sit("bo")
    assert SECRET in "".join(complete(("DEAL", "z"), os.environ))


def test_tab_offers_at_once_what_is_shown_from_now_on(shop: Type, sit: Sit, home: Path) -> None:
    if ":" in os.environ["PIPEBOARD_DB"]:
        pytest.skip("Tab asks files alone")

    def kept() -> dict[str, int]:
        files = (home / ".cache" / "pipeboard" / "said").glob("*")
        return {file.name: file.stat().st_mtime_ns for file in files}

    def offered(name: str) -> bool:
        sit(name)
        before, said = kept(), set()
        for _ in range(500):  # what was changed just now is not kept yet
            said.add(SECRET in "".join(complete(("DEAL", "z"), os.environ)))
            if kept() != before:
                break
        said.add(SECRET in "".join(complete(("DEAL", "z"), os.environ)))
        (is_offered,) = said
        return is_offered

    for role, is_shown in (("rep", False), ("manager", True), ("rep", False)):
        sit("olga")
        assert shop("rep", "set", "ana", "--role", role, "--team", role).code == 0
        assert [offered(name) for name in ("ana", "bo", "cy")] == [is_shown, True, False]
    sit("olga")
    assert shop("setting", "set", "reps-see", "all").code == 0
    sit("cy")
    assert SECRET in "".join(complete(("DEAL", "z"), os.environ))


def test_the_prompt_counts_what_is_shown(shop: Type, sit: Sit) -> None:
    sit("ana")
    mine = shop("due", "--short", "--owner", "all").out
    sit("mia")
    assert shop("due", "--short", "--owner", "all").out != mine


# What changes something.

ON_A_DEAL = {
    verb: tuple("2" if word in "12345" and place == 1 else word for place, word in enumerate(line))
    for verb, (_, line) in LINES.items()
    if len(line) > 1 and line[1] in "12345"
}


@pytest.mark.parametrize("verb", ON_A_DEAL)
def test_a_deal_that_is_not_shown_is_none_for_whatever_verb(
    verb: str, shop: Type, sit: Sit, home: Path
) -> None:
    before = commands(shop, sit)
    sit("ana")
    for line in (ON_A_DEAL[verb], (*ON_A_DEAL[verb], "-n")):
        done = shop(*line)
        assert (done.code, "that you may see" in done.err) == (3, True), done
        assert not tells(done, home)
    assert commands(shop, sit) == before


NOT_ASKED: dict[str, tuple[str, ...]] = {
    "note": ("note", "1", "-m", "@bo and @mia, what now?"),
    "note on many": ("note", "--where", "@ana open", "-m", "@bo and @mia, what now?", "-y"),
    "note, tried": ("note", "1", "-m", "@bo and @mia, what now?", "--dry-run"),
    "review": ("review", "--decide", "1", "1dec call them", "--to", "bo"),
}


@pytest.mark.parametrize("way", NOT_ASKED)
def test_whoever_does_not_see_a_deal_is_asked_nothing_on_it_and_that_is_said(
    way: str, shop: Type, sit: Sit
) -> None:
    sit("ana")
    done = shop(*NOT_ASKED[way])
    assert done.code == (4 if way == "review" else 0), done
    assert "@bo does not see" in done.err
    with closing(Store.open(os.environ["PIPEBOARD_DB"])) as store:
        deal = store.reader.deal(1)
    assert deal is not None
    assert set(deal.asks) == (set() if way in ("review", "note, tried") else {"mia"})


WHERE = [verb for verb in ON_A_DEAL if verb not in ("merge", "answer", "tick", "contact")]


@pytest.mark.parametrize("verb", WHERE)
def test_no_bulk_change_reaches_a_deal_that_is_not_shown(
    verb: str, shop: Type, sit: Sit, home: Path
) -> None:
    before = commands(shop, sit)
    sit("ana")
    line = [word for place, word in enumerate(ON_A_DEAL[verb]) if place != 1]
    done = shop(*line, "--where", "@bo", "-y")
    assert done.code in (2, 3), done
    assert not tells(done, home)
    assert commands(shop, sit) == before


REST = sorted(CHANGING - set(ON_A_DEAL))


def test_what_else_changes_something_is_looked_at_here() -> None:
    looked_at = {
        "add", "backup make", "backup restore", "call set", "config edit", "demo", "doctor",
        "filter forget", "filter rename", "filter save", "fx set", "import", "init", "migrate",
        "pipeline apply", "pipeline edit", "pipeline new", "recycle", "redo", "rep add", "rep set",
        "review", "setting set", "target set", "tour", "undo",
    }  # fmt: skip
    assert set(REST) == looked_at, "ON_A_DEAL wants a line of a verb on deals, this table another"


def test_lost_deals_of_others_do_not_come_back_by_ones_own_hand(
    shop: Type, sit: Sit, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-30T09:00:00Z")
    sit("ana")
    assert not tells(shop("recycle"), home)
    sit("mia")
    assert tells(shop("recycle"), home)


def test_nothing_is_copied_restored_or_moved_by_whoever_does_not_see_it(
    shop: Type, sit: Sit, home: Path
) -> None:
    sit("ana")
    for line in (("backup", "copy.db"), ("export", "--whole"), ("migrate", "--to", "copy.db")):
        assert shop(*line).code == 4
    assert not (home / "copy.db").exists()
    (home / "copy.db").touch()
    for flags in ((), ("-n",), ("-y",)):
        refused = shop("backup", "restore", "copy.db", *flags)
        # A server is brought back by a program of its own.
        assert refused.code == (2 if "pg_restore" in refused.err else 4)


@pytest.mark.parametrize("match", ["update", "skip", "new"])
def test_a_row_about_a_deal_that_is_not_shown_is_told_and_changes_nothing(
    match: str, shop: Type, sit: Sit, home: Path
) -> None:
    sit("mia")
    assert shop("export", "id:2", "--to", "theirs.csv").code == 0
    theirs = (home / "theirs.csv").read_text().replace(SECRET, "tiger")
    (home / "theirs.csv").unlink()
    file = home / "mine.csv"
    file.write_text(theirs)
    before = commands(shop, sit)
    sit("ana")
    done = shop("import", str(file), "--match", match, "-y")
    if match == "new":
        return
    assert done.code != 0
    assert "may not see" in done.out
    assert commands(shop, sit) == before


def test_a_name_that_is_not_shown_is_met_by_no_row(shop: Type, sit: Sit, home: Path) -> None:
    (home / "mine.csv").write_text(f"title,account,value\n{SECRET} line,{SECRET} Works,5\n")
    sit("ana")
    done = shop("import", "mine.csv", "--set", "stage=Prospecting", "-y")
    assert (done.code, AMOUNT in done.err) == (0, False)
    sit("mia")
    assert shop("show", "2", "--json").json["deal"]["value"]["amount_minor"] == 77777700


def test_what_was_given_away_is_not_taken_back_unseen(shop: Type, sit: Sit) -> None:
    sit("ana")
    assert shop("tag", "1", "7", "+hers").code == 0
    assert shop("undo", "-n").code == 0
    sit("mia")
    assert shop("assign", "7", "bo").code == 0
    before = commands(shop, sit)
    sit("ana")
    done = shop("undo")
    assert (done.code, "D-7 that you may see" in done.err) == (3, True), done
    assert commands(shop, sit) == before


def test_whoever_gave_a_deal_away_takes_it_back_until_somebody_changes_it(
    shop: Type, sit: Sit
) -> None:
    sit("ana")
    assert shop("assign", "7", "bo").code == 0
    assert shop("show", "7").code == 3
    assert (shop("undo").code, shop("show", "7").code) == (0, 0)
    assert shop("redo").code == 0
    sit("bo")
    assert shop("note", "7", "-m", "mine now").code == 0
    sit("ana")
    done = shop("undo")
    assert (done.code, "D-7 that you may see" in done.err) == (3, True), done


def test_a_sentence_that_names_deals_of_others_is_not_told(shop: Type, sit: Sit) -> None:
    sit("mia")
    assert shop("tag", "1", "2", "+mixed").code == 0
    sit("ana")
    shown = shop("history", "--json", "--verb", "tag")
    assert "mixed" in shown.out
    assert SECRET not in shown.out


def test_a_token_of_somebody_else_is_refused_without_what_it_did(
    shop: Type, sit: Sit, home: Path
) -> None:
    sit("ana")
    done = shop("note", "1", "-m", "mine", "--token", TOKEN)
    assert done.code == 4
    assert not tells(done, home)


def test_a_hook_hears_of_shown_deals_alone(shop: Type, sit: Sit, home: Path) -> None:
    folder = home / "xdg_config_home" / "pipeboard"
    heard = home / "heard.json"
    (folder / "config.toml").write_text(f'[hooks]\nchanged = "tee -a {heard}"\n')
    sit("ana")
    done = shop("tag", "1", "+mine")
    assert "Lumen" in heard.read_text()
    assert not tells(done, home)


# By structure: whatever is asked of the database is asked through what one may see.


def test_who_is_less_than_a_manager_sees_less(shop: Type, sit: Sit, home: Path) -> None:
    shown = {}
    for role in Role:
        sit("olga")
        assert shop("rep", "set", "cy", "--role", str(role)).code == 0
        sit("cy")
        shown[role] = tells(shop("list"), home)
    assert [role for role in Role if shown[role]] == [Role.MANAGER, Role.OWNER]


def commands(shop: Type, sit: Sit) -> int:
    """How many commands are recorded."""
    store = Store.open(os.environ["PIPEBOARD_DB"], read_only=True)
    try:
        return len(store.reader.history.commands())
    finally:
        store.close()
