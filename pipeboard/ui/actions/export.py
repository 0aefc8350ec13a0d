"""Keys that take deals and numbers elsewhere: copies, letters, files, programs of one's own."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from pipeboard import foreground, outlet
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.errors import BadInput, PipeboardError, Refused
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.domain.letters import render
from pipeboard.domain.locales import written
from pipeboard.domain.programs import DealTexts, OwnProgram
from pipeboard.domain.text import printable, printable_lines, quoted, slug
from pipeboard.domain.timeline import describe
from pipeboard.exchange.deal_files import csv_of_deals, deal_document, json_of_deals, jsonl_of_deals
from pipeboard.exchange.deal_text import DealText
from pipeboard.exchange.json_documents import Documents
from pipeboard.exchange.metrics_document import metrics_csv
from pipeboard.exchange.metrics_tables import FullReport
from pipeboard.exchange.page import metrics_markdown
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.actions.daily import write_note
from pipeboard.ui.actions.fields import deal_now
from pipeboard.ui.execute import Came, ask_until_stored
from pipeboard.ui.host import Host, Ids, ask, on_deals, read, selected, target_names
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.overlays.text import edit_outside
from pipeboard.ui.write_queue import suppress_busy

if TYPE_CHECKING:
    from pipeboard.domain.board import Lens
    from pipeboard.domain.json_data import Document
    from pipeboard.ui.draw.metrics.sections import Figures
    from pipeboard.ui.screens.board import BoardScreen
    from pipeboard.ui.screens.metrics import MetricsScreen
    from pipeboard.workspace import Workspace


@on_deals
async def copy(host: Host, ids: Ids) -> None:
    """The menu of what can be copied."""
    records = await _records(host, ids)
    people = [person for record in records for person in record.deal.contacts.values()]
    mails = [person.email for person in people if person.email]
    phones = [person.phone for person in people if person.phone]
    choices = [
        MenuChoice("l", "line"),
        MenuChoice("e", "e-mail", bool(mails), "No e-mail address is known here."),
        MenuChoice("p", "phone", bool(phones), "No phone number is known here."),
        MenuChoice("i", "id"),
        MenuChoice("m", "Markdown"),
        MenuChoice("y", "show the text"),
    ]
    key = await ask(host, Menu(f"Copy of {target_names(host, ids)}", choices))
    match key:
        case "l":
            await _copy(host, "\n".join(_line(record) for record in records))
        case "e":
            await _copy_one(host, "E-mail", mails)
        case "p":
            await _copy_one(host, "Phone", phones)
        case "i":
            await _copy(host, " ".join(record.deal.ref for record in records))
        case "m":
            await _copy(host, "\n\n".join([await _markdown(host, record) for record in records]))
        case "y":
            text = host.last_copied or "\n".join(_line(record) for record in records)
            await ask(host, Menu("Select it with the mouse (shift+drag)", (), note=text))


_MOST_SHOWN = 8  # lines of a letter that is looked at before it is taken


@on_deals
async def letter(host: Host, ids: Ids) -> None:
    """Y: what a template makes of the deal, to be pasted into a mail, at once or edited before, or
    to begin a note with."""
    if len(ids) > 1:
        host.say("A letter is about one deal at a time.", "status.warn")
        return
    letters, whom = host.program.choices.letters, target_names(host, ids)
    templates = letters() if letters is not None else {}
    if not templates:
        host.say("There are no templates yet: 'pipeboard template' says where.", "status.warn")
        return
    names = [Option(name, name) for name in templates]
    name = await ask(host, Picker(f"Letter about {whom}", names))
    if name is None:
        return
    deal, pipeline = await deal_now(host, ids[0])
    found = render(templates[name](), deal, pipeline, host.program.me, host.today)
    edit = host.program.choices.edit
    choices = [
        MenuChoice("c", "copy"),
        MenuChoice("e", "in the editor, then copy", edit is not None, "There is no editor here."),
        MenuChoice("m", "copy as a mailto line", bool(found.to), "Nobody's e-mail is known here."),
        MenuChoice("n", "begin a note with it"),
    ]
    lines = str(found).splitlines()
    note = "\n".join(lines[:_MOST_SHOWN] + ["…"] * (len(lines) > _MOST_SHOWN))
    match await ask(host, Menu(f"{name}, about {whom}", choices, note=note)):
        case "c":
            await _copy(host, str(found))
        case "e":
            await _copy(host, edit_outside(host.app, str(found), edit) or str(found))
        case "m":
            await _copy(host, found.mailto)
        case "n":
            await write_note(host, text=found.body, of=name)


async def _copy_one(host: Host, title: str, found: list[str]) -> None:
    """One of several, if there are several."""
    unique = list(dict.fromkeys(found))
    chosen: str | None = unique[0]
    if len(unique) > 1:
        chosen = await ask(host, Picker(title, [Option(text, text) for text in unique]))
    if chosen is not None:
        await _copy(host, chosen)


async def _copy(host: Host, text: str) -> None:
    host.last_copied = text = printable_lines(text)
    first, _, more = text.partition("\n")
    shows = f" (no paste? {key_for(host.keys, 'copy')} y shows it)"
    await copy_text(host, text, f"{first}{' …' if more else ''}", shows)


async def copy_text(host: Host, text: str, what: str, otherwise: str) -> None:
    """To the person's clipboard, which may be at the other end of a long line; says how, and where
    nobody tells whether it came there, how it is come by `otherwise`."""
    command = host.program.choices.copy_command
    program = await asyncio.to_thread(_copied, text, command)
    if not program:
        host.app.copy_to_clipboard(text)
    how = f"Copied {program}" if program else f"Sent to your terminal's clipboard{otherwise}"
    host.say(f"{how}: {what}", "status.ok")


def in_a_file(host: Host) -> str:
    """How a copy of what a screen shows is come by otherwise."""
    if host.program.choices.restricted:
        return ""
    return f" (no paste? {key_for(host.keys, 'export')} writes a file)"


async def _records(host: Host, ids: Ids) -> list[DealRecord]:
    eyes = host.program.seat.eyes
    found = await read(host, lambda reader: [reader.record(deal_id, eyes) for deal_id in ids])
    return [record for record in found if record is not None]


async def _markdown(host: Host, record: DealRecord) -> str:
    today, zone, manner = host.today, host.state.lens.zone, written()
    pipelines = await read(host, lambda reader: reader.pipelines())
    words = partial(describe, pipelines=pipelines, today=today, zone=zone, manner=manner)
    return DealText(record, today, zone, words).markdown()


def _line(record: DealRecord) -> str:
    """A deal in one line, as the quick-add would take it back but for its number."""
    deal = record.deal
    value = f" {written().money(deal.value)}" if deal.value else ""
    stage = record.stage.name
    name = f"{deal.account}: {deal.title}" if deal.account else deal.title
    return f"{deal.ref} {name}{value} · {stage} · @{deal.owner}"


_PATIENCE_SECONDS: Final = 2.0


def _copied(text: str, command: str) -> str:
    """Copies by the first program that works, and says by which; "" where none does, and OSC 52 is
    left, of which no answer comes.

    These are the configured `command` and tmux's own buffer: tmux drops OSC 52 unless told
    otherwise.
    """
    if command and _feeds(shlex.split(command), text):
        return f"with {shlex.split(command)[0]}"
    if os.environ.get("TMUX") and _feeds(("tmux", "load-buffer", "-w", "-"), text):
        return "through tmux"
    return ""


def _feeds(command: Sequence[str], text: str) -> bool:
    """Whether a program took the text on its stdin."""
    try:
        done = subprocess.run(
            foreground.at_home(command),
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


# Deals and numbers into files.

_DEAL_FORMS: Final = ("csv", "json", "jsonl")


async def export_deals(host: BoardScreen) -> None:
    """The deals that are marked, or all that the board shows, into a file that an import takes
    back; no file is ever replaced."""
    lens, marks = host.state.lens, tuple(sorted(host.state.view.marks))
    name = f"{slug(host.pipeline().name)}-{host.today.isoformat()}.csv"

    async def write(typed: str) -> Came:
        path = Path(typed).expanduser()
        if path.suffix.removeprefix(".").lower() not in _DEAL_FORMS:
            raise BadInput(
                f"{quoted(typed)} does not tell a form.",
                hint=f"It may end in {', '.join(f'.{form}' for form in _DEAL_FORMS)}.",
            )
        queue = host.program.write_queue
        count = await queue.ask(lambda workspace: _write_deals(workspace, lens, marks, path))
        are = how_many(count, "deal is", "deals are")
        host.say(f"{are} in {path.absolute()}.", "status.ok")
        return True

    what = how_many(len(marks), "marked deal") if marks else "the deals of the board"
    title = f"Write {what} to (its ending tells: {', '.join(_DEAL_FORMS)})"
    line = partial(Prompt, title, value=name, draft_key="export:deals", verb="Write")
    await ask_until_stored(host, line, write)


def _write_deals(workspace: Workspace, lens: Lens, marks: Sequence[int], path: Path) -> int:
    reader = workspace.reader
    listing = Listing(
        lens.today, lens.zone, lens.me, lens.pipeline_id, lens.owner, lens.filter or EVERYTHING
    )
    ids = marks or reader.ids(listing)
    documents = _documents(workspace, ids, lens)
    match path.suffix.lower():
        case ".csv":
            names = {name for deal in reader.deals(ids).values() for name in deal.fields}
            pieces: Iterable[str] = csv_of_deals(documents, sorted(names))
        case ".json":
            pieces = json_of_deals(documents)
        case _:
            pieces = jsonl_of_deals(documents)
    outlet.write_file(path, pieces, numbered=False)
    return len(ids)


def _documents(workspace: Workspace, ids: Sequence[int], lens: Lens) -> Iterator[Document]:
    pipelines = {pipeline.id: pipeline for pipeline in workspace.reader.pipelines()}
    documents = Documents(pipelines, lens.today, lens.zone)
    for deal_id in ids:
        record = workspace.reader.record(deal_id, workspace.rights.eyes)
        if record is not None:
            yield deal_document(documents, record)


_FORMS = {"c": "csv", "m": "md", "s": "svg"}


async def export(host: MetricsScreen) -> None:
    """Asks for the form and the file, and writes it; no file is ever replaced."""
    choices = [
        MenuChoice("c", "CSV, a line for each number"),
        MenuChoice("m", "Markdown"),
        MenuChoice("s", "SVG, as it stands on the screen"),
    ]
    key = await ask(host, Menu("Export", choices))
    if key is None:
        return
    form = _FORMS[key]
    if form == "svg":
        text = host.app.export_screenshot(title="pipeboard metrics")
    else:
        text = await _text(host, form)
    asked = host.asked
    past = f"-as-of-{asked.as_of.isoformat()}" if asked.as_of else ""
    name = f"pipeboard-{asked.period.label}-{asked.tab.lower()}{past}.{form}"
    await write_to_file(host, text, name, f"export:{form}")


async def write_to_file(host: Host, text: str, name: str, draft_key: str) -> None:
    """Asks for the file, which only its owner can read then; no file is ever replaced."""

    async def write(typed: str) -> Came:
        path = Path(typed).expanduser()
        await asyncio.to_thread(outlet.write_file, path, [text], numbered=False)
        host.say(f"Written to {path.absolute()}.", "status.ok")
        return True

    line = partial(Prompt, "Write to", value=name, draft_key=draft_key, verb="Write")
    await ask_until_stored(host, line, write)


async def copy_numbers(host: MetricsScreen) -> None:
    """The numbers as Markdown, to the clipboard."""
    text = await _text(host, "md")
    await copy_text(host, text, f"the numbers of {host.asked.called}.", in_a_file(host))


async def _text(host: MetricsScreen, form: str) -> str:
    """The report that is shown as CSV or Markdown."""
    write = metrics_csv if form == "csv" else metrics_markdown

    def make(shown: Figures) -> str:
        asked, flow = host.asked, shown.flow if shown.since else None
        of = (shown.report, asked.filter_text, asked.owner, shown.before)
        return write(FullReport(*of, shown.reps, "owner", flow))

    while True:
        with suppress_busy():
            return await host.metrics_worker.use(host.asked, host.moment, make)
        await host.program.key_queue.pause()


# Programs of the person's own, on a key: run for the deals under the cursor, without a shell.

_FAILS_WITHIN_S: Final = 1.0
"""A program that cannot do it says so at once; one that runs on has begun well."""
_MOST_SAID: Final = 2_000


async def run_program(host: Host, name: str) -> None:
    """Runs that program once for each deal; says what became of it."""
    program = next(own for own in host.program.choices.programs if own.name == name)
    records = await _records(host, selected(host))
    wanted = [await _about(host, program, record) for record in records]
    lines = [program.words_for(about) for about in wanted if about is not None]
    for words in lines:
        if program.takes_terminal:
            _run_here(host, words)
        else:
            await asyncio.to_thread(_start, words)
    if lines:
        more = f" for {in_figures(len(lines))} deals" if len(lines) > 1 else ""
        host.say(f"{program.name}: started {printable(lines[0][0])}{more}.", "status.ok")


async def _about(host: Host, program: OwnProgram, record: DealRecord) -> DealTexts | None:
    """The deal and, where the program is about a person, the one that is chosen; None: nobody."""
    about = DealTexts(record.deal, record.pipeline)
    wanted = program.place_of_person
    if not wanted:
        return about
    field = "name" if wanted == "person" else wanted
    people = [person for person in record.deal.contacts.values() if getattr(person, field)]
    if len(people) < 2:
        return DealTexts(record.deal, record.pipeline, people[0] if people else None)
    options = [
        Option(str(at), f"{person.name}  {getattr(person, field)}")
        for at, person in enumerate(people)
    ]
    chosen = await ask(host, Picker(f"{program.name}: whom at {record.deal.name}?", options))
    return None if chosen is None else DealTexts(record.deal, record.pipeline, people[int(chosen)])


def _run_here(host: Host, words: Sequence[str]) -> None:
    """Lends the terminal to the program until it ends. Raises PipeboardError where it fails."""
    with host.app.suspend():
        try:
            code = foreground.run(words)
        except (OSError, ValueError) as error:
            raise _no_start(words, error) from error
    if code:
        raise PipeboardError(f"{quoted(words[0])} {foreground.how_it_ended(code)}.")


def _start(words: Sequence[str]) -> None:
    """Starts the program beside the board. PipeboardError where it fails at once."""
    # Into a file, not a pipe: one that nobody reads any more would end who runs on and complains.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            running = subprocess.Popen(
                foreground.at_home(words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise _no_start(words, error) from error
        try:
            code = running.wait(_FAILS_WITHIN_S)
        except subprocess.TimeoutExpired:
            Thread(target=running.wait, daemon=True).start()  # until it ends, and is no zombie
            return
        if code:
            said.seek(0)
            why = printable(said.read(_MOST_SAID).strip().partition("\n")[0])
            colon = ": " if why else ""
            ended = foreground.how_it_ended(code)
            raise PipeboardError(f"{quoted(words[0])} {ended}{colon}{why}.")


def _no_start(words: Sequence[str], error: Exception) -> Refused:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refused(
        f"{quoted(words[0])} cannot be started: {why}.",
        hint="Put that right with 'pipeboard config edit'.",
    )
