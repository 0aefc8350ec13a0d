"""The day by the command line: triage, due, check, digest, review."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.cli.call import Call
from pipeboard.cli.completing import opened
from pipeboard.cli.config import account_name
from pipeboard.cli.due_short import _VALUES, quick, short
from pipeboard.cli.main import main
from pipeboard.cli.plain_triage import _COMMANDS
from pipeboard.ui.draw.changes import SIGN_FILTERS
from tests.cli.conftest import NOW, Type


@pytest.fixture
def busy(team: Type) -> Type:
    """Ana with a deal for most tiers, and bo with one."""
    for line in (
        ("add", 'Late: a 10k @ana source:email next:"2026-11-20 call"'),
        ("add", 'Due: b 20k @ana source:email next:"2026-11-23 call"'),
        ("add", "Bare: c 30k @ana source:email"),
        ("add", 'Fine: d 40k @ana source:email next:"2026-11-30 call"'),
        ("add", "Other: e 50k @bo source:email"),
    ):
        assert team(*line, "--as", "ana").code == 0
    return team


def test_triage_prints_the_queue_in_its_order_with_the_reasons(busy: Type) -> None:
    said = busy("triage", "--as", "ana")
    assert [line.split()[1:3] for line in said.lines[1:]] == [
        ["D-1", "Late"], ["D-2", "Due"], ["D-3", "Bare"],
    ]  # fmt: skip
    assert "next step overdue 3d" in said.lines[1]
    assert said.err.strip() == "1 overdue, 1 due today, 1 no next step."


def test_a_next_step_without_a_day_is_none_wherever_such_deals_are_told(team: Type) -> None:
    assert team("add", "Lumen: a @ana next:call").code == 0
    assert team("due", "--short", "--owner", "all").out.strip() == "?1"
    assert team("due", "--owner", "all", "--short", "--json").json["due"]["no_next_step"] == 1
    assert [line.split()[:2] for line in team("list", "next:none").lines[1:]] == [["?", "D-1"]]
    assert "the next step has no day" in team("check", "--owner", "all").out


@pytest.mark.parametrize("verb", ["triage", "due", "check"])
def test_a_long_name_leaves_the_others_of_a_terminal_their_reasons(
    verb: str, team: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = "Gesellschaft fuer angewandte Verpackungstechnik und Foerderanlagen mbH"
    assert team("add", "-", stdin=f"{firm}: a @ana\nShort: b @ana\n").code == 0
    monkeypatch.setattr("pipeboard.cli.tables.terminal_width", lambda: 80)
    lines = team(verb, "--owner", "ana").lines
    assert [line for line in lines if len(line) > 80] == []
    (short,) = [line for line in lines if "Short" in line]
    assert "no next" in short


def test_triage_as_json_has_the_tier_and_the_reasons(
    busy: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = busy("triage", "--json", "--owner", "all").json
    monkeypatch.setattr(Call, "may_ask", True)  # where somebody could be asked it is JSON too
    assert busy("triage", "--plain", "--json", "--owner", "all").json == found
    assert [(one["ref"], one["tier"]) for one in found["queue"]] == [
        ("D-1", 1), ("D-2", 2), ("D-5", 3), ("D-3", 4),
    ]  # fmt: skip
    assert found["queue"][0]["reasons"] == ["next step overdue 3d"]
    assert found["tiers"] == {"1": 1, "2": 1, "3": 1, "4": 1}


def test_triage_takes_a_filter_and_a_limit(busy: Type) -> None:
    found = busy("triage", "value>15k", "--as", "ana", "--json").json["queue"]
    assert [one["ref"] for one in found] == ["D-2", "D-3"]
    assert len(busy("triage", "--limit", "1", "--as", "ana", "--json").json["queue"]) == 1


@pytest.mark.parametrize(
    ("query", "refs"),
    [("owner:bo", ["D-5"]), ("@bo value>1k", ["D-5"]), ("owner:none", []), ("id:5", ["D-5"]),
     ("owner:bo | value>25k", ["D-5", "D-3"]), ("-owner:ana", ["D-5"]),
     ("mine", ["D-1", "D-2", "D-3"]), ("id:1,5 owner:me", ["D-1"]),
     ("stage:prospecting", ["D-1", "D-2", "D-3"])],
)  # fmt: skip
def test_a_filter_that_says_whose_deals_are_meant_is_not_kept_to_ones_own(
    busy: Type, query: str, refs: list[str]
) -> None:
    found = busy("triage", "--as", "ana", "--json", "--", query).json["queue"]
    assert [one["ref"] for one in found] == refs
    own = busy("triage", "--as", "ana", "--owner", "ana", "--json", "--", query).json["queue"]
    assert [one["ref"] for one in own] == [ref for ref in refs if ref != "D-5"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """`triage --plain` of ana, with these lines typed at it, `|` between them."""

    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return True

    def run(lines: str) -> int:
        monkeypatch.setattr("sys.stdin", Typed(lines.replace("|", "\n") + "\n"))
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        return main(["triage", "--plain", "--as", "ana"])

    return run


def test_triage_plain_asks_line_by_line(busy: Type, typed: Callable[[str], int]) -> None:
    assert (
        typed(
            "help|next 31 feb x|next fri call Mika||back|snooze 1w holiday|lost price too dear|quit"
        )
        == 0
    )
    queue = busy("triage", "--as", "ana", "--json").json["queue"]
    assert queue == []
    assert busy("show", "D-1", "--json").json["deal"]["next_step"]["text"] == "call Mika"
    assert busy("show", "D-2", "--json").json["deal"]["snoozed_until"] == "2026-11-30"
    lost = busy("show", "D-3", "--json").json["deal"]
    assert (lost["status"], lost["lost"]["category"], lost["lost"]["reason"]) == (
        "lost", "price", "too dear",
    )  # fmt: skip


def test_each_word_of_triage_plain_does_what_it_says(
    busy: Type, typed: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("log call they rang|log email in wrote back|note words|close 19dec|q") == 0
    deal = busy("show", "D-1", "--json").json["deal"]
    assert [(t["type"], t["direction"], t["outcome"]) for t in deal["touches"]] == [
        ("email", "in", "wrote back"), ("call", "out", "they rang"),
    ]  # fmt: skip
    assert (deal["notes"][0]["text"], deal["expected_close"]) == ("words", "2026-12-19")
    capsys.readouterr()
    assert typed("") == 0
    said = capsys.readouterr().out
    assert "Last touch: email in: wrote back" in said
    assert next(line for line in said.splitlines() if line.startswith("Last note")).endswith(
        ": words"
    ), said
    assert "Next step: -3d call." in said
    assert typed("move qualified|win 40k|give bo yours|lose price|quit") == 0
    deals = {d["ref"]: d for d in busy("list", "--json").json["deals"]}
    assert [deals[ref]["status"] for ref in ("D-1", "D-2", "D-3")] == ["lost", "won", "open"]
    assert (deals["D-2"]["value"]["amount_minor"], deals["D-3"]["owner"]) == (4_000_000, "bo")
    assert "yours" in busy("show", "D-3").out
    assert _COMMANDS["win"] is _COMMANDS["won"] and _COMMANDS["lose"] is _COMMANDS["lost"]


def test_triage_plain_of_a_part_is_not_taken_up_again(
    busy: Type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", Typed("skip\nquit\n"))
        assert main(["triage", "value>1", "--plain", "--as", "ana"]) == 0
        assert "D-1 Late" in capsys.readouterr().out


def test_triage_plain_tells_how_a_person_is_reached(
    busy: Type, typed: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("contact", "D-1", "Mika", "--role", "champion", "--email", "m@x.fi", "--phone", "+358")
    assert busy(*line).code == 0
    capsys.readouterr()
    assert typed("quit") == 0
    assert "Whom to call: Mika, +358, m@x.fi." in capsys.readouterr().out


def test_triage_plain_goes_on_only_from_a_deal_that_is_looked_after(
    busy: Type, typed: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("done reached them|note wants a quote|keep|next fri send it|undo|quit") == 0
    said = capsys.readouterr()
    assert said.err.count("Still here: no next step.") == 2
    assert "There is no plan to keep" in said.err
    assert said.out.count("D-1 Late") == 2  # at first, and brought back
    assert busy("show", "D-1", "--json").json["deal"]["next_step"] is None


def test_triage_plain_is_taken_up_where_it_was_left_that_day(
    busy: Type, typed: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("skip|quit") == 0
    assert "1 skipped." in capsys.readouterr().err
    assert typed("quit") == 0
    said = capsys.readouterr().out
    assert "D-2 Due" in said and "D-1 Late" not in said


def test_due_tells_what_is_due_and_in_short_only_the_signs(busy: Type) -> None:
    said = busy("due", "--as", "ana")
    assert [line.split()[0] for line in said.lines[1:]] == ["D-1", "D-2", "D-3"]
    assert busy("due", "--short", "--as", "ana").out.strip() == "!1 ?1"
    assert busy("due", "--short", "--owner", "all").out.strip() == "!1 ?2"
    counts = {"overdue": 1, "no_next_step": 2, "stalled": 0}
    assert busy("due", "--short", "--owner", "all", "--json").json["due"] == counts
    assert busy("check", "--owner", "").code == busy("due", "--short", "--owner", "").code == 2


def test_the_prompt_counts_each_deal_once_as_the_title_of_the_board_does(
    pipe: Type, home: Path
) -> None:
    path = str(home / "demo.db")
    assert pipe("demo", "--deals", "80", "--no-open", "--db", path).code == 0
    counts = pipe("due", "--short", "--owner", "all", "--db", path, "--json").json["due"]
    listed = [
        set(pipe("list", text, "--ids", "--db", path).lines) for text in SIGN_FILTERS.values()
    ]
    assert list(counts.values()) == [len(found) for found in listed]
    assert all(listed) and sum(map(len, listed)) == len(set().union(*listed))
    stalled = set(pipe("list", "stalled", "--ids", "--db", path).lines)
    assert stalled & listed[0], "a deal that is overdue and stalled is told as overdue alone"
    signs = zip("!?~", counts.values(), strict=True)
    short = pipe("due", "--short", "--owner", "all", "--db", path).out.strip()
    assert short == " ".join(f"{sign}{count}" for sign, count in signs)


def test_the_prompt_says_on_every_day_what_the_ordinary_way_says(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-02T23:00:00Z")  # the third by the clocks there
    for line in (
        ("add", "A: a"), ("add", "B: b next:2026-11-24"), ("add", "C: c"),
        ("snooze", "C", "2026-11-08"), ("add", "D: d next:2026-11-10"), ("add", "E: e @bo"),
        ("add", "F: f next:2026-12-24"), ("add", "G: g"), ("archive", "G"), ("add", "H: h"),
        ("lost", "H", "--category", "price"),
    ):  # fmt: skip
        assert team(*line).code == 0
    for day in (3, 7, 8, 9, 10, 11, 13, 14, 15, 23, 24, 25, 26):
        environ = {"PIPEBOARD_NOW": f"2026-11-{day:02}T09:00:00Z", "HOME": str(home),
                   "PIPEBOARD_DB": str(home / "team.db")}  # fmt: skip
        monkeypatch.setenv("PIPEBOARD_NOW", environ["PIPEBOARD_NOW"])
        for whom in ("all", "bo"):
            counts = team("due", "--short", "--owner", whom, "--json").json["due"]
            told = short(*counts.values())
            assert quick(["--short", "--owner", whom], environ) == told, (day, whom)
    assert list(counts) == ["overdue", "no_next_step", "stalled"]


def test_the_prompt_of_whom_reps_do_not_see_is_left_to_the_ordinary_way(
    team: Type, home: Path
) -> None:
    environ = {"PIPEBOARD_NOW": NOW, "PIPEBOARD_DB": str(home / "team.db"), "HOME": str(home)}
    assert quick(["--short"], environ) == ""
    assert quick(["--short", "-p", "New business"], environ) is None
    with closing(sqlite3.connect(home / "team.db")) as base:
        base.execute("insert or replace into setting (name, value) values ('reps_see', '1')")
        base.commit()
        assert quick(["--short"], environ) is None
        base.execute("update setting set value = '0' where name = 'reps_see'")
        base.execute("update counter set value = value - 1 where name = 'schema'")
        base.commit()
    assert quick(["--short"], environ) is None


def test_a_prompt_waits_once_for_somebody_who_holds_the_database(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.cli.due_short.opened", lambda path, wait_s: opened(path, 0))
    monkeypatch.setattr("pipeboard.cli.main._run", lambda *_: pytest.fail("it waits once more"))
    with closing(sqlite3.connect(home / "team.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        said = team("due", "--short")
        assert (said.code, said.out) == (5, "")
        assert "The database is busy" in said.err
        holder.execute("ROLLBACK")
    assert team("due", "--short").code == 0


def test_the_prompt_finds_the_database_as_every_verb_does(
    busy: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / "xdg_config_home" / "pipeboard" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'database = "{home / "team.db"}"\n')
    environ = {"PIPEBOARD_NOW": NOW, "XDG_CONFIG_HOME": str(home / "xdg_config_home"),
               "XDG_CONFIG_DIRS": str(home), "HOME": str(home)}  # fmt: skip
    assert quick(["--short", "--as", "ana"], environ) == "!1 ?1"
    monkeypatch.delenv("PIPEBOARD_DB")
    assert busy("due", "--as", "ana").lines[1].startswith("D-1")


@pytest.mark.parametrize(
    "flags",
    [
        ["--owner", "nobody"],
        ["-p", "x"],
        ["--json"],
        ["--db", "/nowhere.db"],
        ["--owner"],
        *([flag, ""] for flag in _VALUES),
        *([f"{flag}= "] for flag in _VALUES),
    ],
)
def test_what_a_prompt_cannot_tell_is_left_to_the_ordinary_way(
    busy: Type, home: Path, flags: list[str]
) -> None:
    environ = {"PIPEBOARD_NOW": NOW, "PIPEBOARD_DB": str(home / "team.db")}
    assert quick(["--short", *flags], environ) is None


def test_check_ends_with_1_and_says_whose_and_what(busy: Type) -> None:
    said = busy("check")
    assert said.code == 1
    assert [line.split()[0:2] for line in said.lines[1:]] == [
        ["@ana", "D-1"], ["@ana", "D-3"], ["@bo", "D-5"],
    ]  # fmt: skip
    assert busy("check", "--owner", "bo").lines[1].endswith("no next step")
    busy("next", "D-5", "fri call", "--as", "bo")
    assert busy("check", "--owner", "bo").code == 0


def test_check_tells_of_each_deal_what_is_broken_and_nothing_else(
    busy: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = busy("check", "--as", "ana", "--json").json["broken"]
    assert [(one["ref"], one["broken"]) for one in found] == [
        ("D-1", ["next step overdue 3d"]), ("D-5", ["no next step"]), ("D-3", ["no next step"]),
    ]  # fmt: skip
    assert busy("check").lines[3].split() == ["@bo", "D-5", "Other", "no", "next", "step"]
    monkeypatch.setenv("PIPEBOARD_NOW", "2027-02-24T09:00:00Z")
    assert busy("next", "D-4", "2027-03-01 call", "--as", "ana").code == 0
    assert busy("check", "--owner", "ana").lines[-1].split()[1:] == [
        "D-4", "Fine", "overstay", "93/21d",
    ]  # fmt: skip
    counts = busy("due", "--short", "--json", "--owner", "all").json["due"]
    assert counts == {"overdue": 2, "no_next_step": 2, "stalled": 1}
    assert busy("triage", "stage:won").err.strip() == (
        "No deal that needs somebody matches the filter."
    )


def test_the_queue_tells_what_a_deal_is_worth(busy: Type) -> None:
    found = busy("triage", "--json", "--as", "ana").json["queue"]
    assert [(one["worth_minor"], one["tier_name"]) for one in found] == [
        (100_000, "overdue"), (200_000, "due today"), (300_000, "no next step"),
    ]  # fmt: skip


def test_a_digest_has_the_first_three_and_what_others_did_within_a_day(
    busy: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert busy("digest", "--as", "ana", "--json").json["news"] == []
    assert busy("add", "More: f 9k @ana source:email", "--as", "ana").code == 0
    for line in (("note", "D-1", "-m", "x"), ("tag", "D-2", "D-5", "+x"), ("log", "D-3", "call"),
                 ("note", "D-1", "-m", "y"), ("note", "D-2", "-m", "z"), ("note", "D-3", "-m", "a"),
                 ("note", "D-5", "-m", "b")):  # fmt: skip
        assert busy(*line, "--as", "bo").code == 0
    found = busy("digest", "--as", "ana", "--json").json
    assert [one["ref"] for one in found["first"]] == ["D-1", "D-2", "D-3"]
    me = account_name()
    told = [f"{me} (for bo): {what}" for what in
            ("Noted on Bare.", "Noted on Due.", "Noted on Late.", "Logged a call (out) with Bare.",
             "Tagged 2 deals (Due, Other) +x.", "Noted on Late.")]  # fmt: skip
    assert found["news"] == told
    said = busy("digest", "--as", "ana")
    assert [line.strip() for line in said.out.splitlines()[-5:]] == told[:5]
    assert "1 more of the last day: 'pipeboard history --since 1d" in said.err
    for now, news in (("2026-11-24T08:59:00Z", told), ("2026-11-24T09:01:00Z", [])):
        monkeypatch.setenv("PIPEBOARD_NOW", now)
        assert busy("digest", "--as", "ana", "--json").json["news"] == news


def test_a_step_that_recurs_comes_again_when_it_is_done(team: Type) -> None:
    team("add", "Lumen: pilot", "--as", "ana")
    team("next", "D-1", "thu call Bob every 2w")
    deal = team("show", "D-1", "--json").json["deal"]
    assert deal["next_step"] == {"text": "call Bob", "due": "2026-11-26", "every": "2w"}
    team("next", "D-1", "--done")
    assert team("show", "D-1", "--json").json["deal"]["next_step"]["due"] == "2026-12-10"
    team("undo")
    assert team("show", "D-1", "--json").json["deal"]["next_step"]["due"] == "2026-11-26"


@pytest.mark.parametrize("words", ["call every 0d", "call every 900w"])
def test_a_time_that_is_none_is_refused(team: Type, words: str) -> None:
    team("add", "Lumen: pilot", "--as", "ana")
    said = team("next", "D-1", words)
    assert said.code == 2
    assert "is no time to do something again after" in said.err


def test_a_digest_is_a_few_lines(busy: Type) -> None:
    said = busy("digest", "--as", "ana")
    assert said.lines[0] == "@ana: 1 overdue, 1 due today, 1 no next step."
    assert said.lines[1] == "  D-1 Late: next step overdue 3d"


def test_a_review_is_held_and_read_again(busy: Type) -> None:
    first = busy("review", "--hold", "--as", "ana")
    assert first.out.startswith("# Review of ")
    assert "1. **D-5 Other**, €50k, @bo" in first.out
    assert busy("review", "--held", "list").lines == ["2026-11-23"]
    busy("lost", "D-5", "--category", "price")
    assert busy("review", "--held", "2026-11-23").out == first.out
    assert busy("review", "--held", "2026-11-22").code == 3
    assert busy("review", "--json").json["review"]["since"] == "2026-11-23T09:00:00+00:00"


def test_a_decision_is_told_and_stands_in_the_next_review(busy: Type) -> None:
    said = busy("review", "--decide", "D-3", "thu send the offer", "--to", "bo", "--as", "ana")
    assert said.err.strip() == "Asked @bo on Bare: send the offer."
    assert "- [ ] D-3 Bare: send the offer (@bo by Thu 26 Nov 2026)" in busy("review").out


def test_a_template_is_the_teams_unless_one_has_ones_own(team: Type, home: Path) -> None:
    team("add", "Lumen Oy: pilot 40k contact:Mika", "--as", "ana")
    for folder, words in (
        (home / "templates", "Dear {{contact}} of {{company}}"),
        (home / "xdg_config_home" / "pipeboard" / "templates", "Hi {{contact}}"),
    ):
        if folder == home / "templates":
            told = f"There are no templates. Put some into {folder}, as NAME.md.\n"
            assert team("template").err == told
        folder.mkdir(parents=True)
        (folder / "hello.md").write_text(words)
        wanted = words.replace("{{contact}}", "Mika").replace("{{company}}", "Lumen Oy")
        assert team("template", "hello", "D-1", "--as", "ana").out == wanted + "\n"
    assert team("template", "hello", "D-1", "--mailto").out.startswith("mailto:?body=Hi%20Mika")
    assert team("template", "hello").out == "Hi {{contact}}\n"
    assert team("template", "helo", "D-1").code == 3
    assert "copy_cmd" in team("template", "hello", "D-1", "--copy").err
    (folder / "hello.md").write_text("Subject: For {{company}}\n\nHi {{contact}}\n")
    letter = team("template", "hello", "D-1", "--json").json["letter"]
    assert (letter["subject"], letter["text"].strip()) == ("For Lumen Oy", "Hi Mika")


def test_a_letter_is_copied_by_the_words_of_copy_cmd(team: Type, home: Path) -> None:
    configuration = home / "xdg_config_home/pipeboard/config.toml"
    (home / "templates").mkdir()
    (home / "templates" / "hello.md").write_text("Héllo {{company}}")
    (home / "templates" / "folder.md").mkdir()
    configuration.parent.mkdir(parents=True)
    configuration.write_text("copy_cmd = \"dd status=none 'of=the clipboard'\"\n")
    team("add", "Lumen Oy: pilot", "--as", "ana")
    copied = team("template", "hello", "D-1", "--copy", "--as", "ana")
    assert (copied.code, copied.out, copied.err) == (0, "", "Copied.\n")
    assert (home / "the clipboard").read_text().strip() == "Héllo Lumen Oy"
    for program in ("false", "no-such-program"):
        configuration.write_text(f'copy_cmd = "{program}"')
        failed = team("template", "hello", "D-1", "--copy", "--as", "ana")
        assert failed.code != 0
        assert f"'{program}' did not take the text." in failed.err
