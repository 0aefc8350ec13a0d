"""The verb of tailored text: template."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import read_utf8
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE
from pipeboard.cli.folders import site_config_file, user_config_file
from pipeboard.cli.verbs import takes, takes_one, verb
from pipeboard.domain.errors import BadInput, NotFound, PipeboardError
from pipeboard.domain.text import did_you_mean, quoted

if TYPE_CHECKING:
    from pipeboard.domain.letters import Letter
    from pipeboard.ui.last_view import Letters

_FOLDER = "templates"
_LONGEST = 200_000
_MORE = (
    "Templates are files NAME.md in the folder 'templates' beside the database (the team's) or "
    "beside your configuration (yours, which go first). In braces stands what the deal says: "
    "{{first name|there}}, {{company}}, {{value}}, {{field.product}}. "
    "A first line 'Subject: …' is the subject of a mail."
)


@verb("template", "[NAME [DEAL]]", "pipeboard template", "pipeboard template hello 142", more=_MORE)
@takes("name", nargs="?", metavar="NAME", help="the template; all without it")
@takes("deal", nargs="?", metavar="DEAL", help="142, D-142 or part of a name")
@takes_one(
    copy="into the clipboard (copy_cmd)",
    edit="into your editor first",
    mailto="as a line that a mail program opens",
    json="one JSON document",
)
def template(call: Call) -> int:
    """A letter, or an answer to an objection, with the words of a deal in it."""
    asked, beside = call.arguments, call.workspace.store.location.folder
    found = _files(call, beside)
    if asked.name is None and asked.json:
        call.out.document({"templates": {name: str(path) for name, path in found.items()}})
        return DONE
    if asked.name is None:
        for name, path in sorted(found.items()):
            call.out.line(f"{name}  {path}")
        if not found:
            folder = _folders(call, beside)[1]  # the team's, or one's own where it has none
            call.out.say(f"There are no templates. Put some into {folder}, as NAME.md.")
        return DONE
    if asked.name not in found:
        raise NotFound(
            f"There is no template {quoted(asked.name)}.",
            hint=did_you_mean(asked.name, found) or "See 'pipeboard template'.",
        )
    text = _read(found[asked.name])
    if asked.deal is None:
        if asked.json:
            call.out.document({"template": text})
        else:
            call.out.text(text.rstrip("\n"))
        return DONE
    from pipeboard.domain.letters import render

    deal = call.deal(asked.deal)
    pipeline = call.documents.pipelines[deal.pipeline_id]
    _give(call, render(text, deal, pipeline, call.workspace.me, call.workspace.today))
    return DONE


def _give(call: Call, letter: Letter) -> None:
    asked = call.arguments
    if asked.json:
        call.out.document({"letter": {"subject": letter.subject or None, "text": letter.body}})
    elif asked.mailto:
        call.out.line(letter.mailto)
    elif asked.edit:
        from pipeboard.cli.editor import command, write_text

        if not call.has_person:
            raise BadInput("There is no terminal to edit on.", hint="Leave --edit out.")
        edited = write_text(command(call.config, call.environ), str(letter), suffix=".md")
        call.out.text(edited.rstrip("\n"))
    elif asked.copy:
        _copy(call, str(letter))
    else:
        call.out.text(str(letter).rstrip("\n"))


def _copy(call: Call, text: str) -> None:
    import subprocess

    from pipeboard.cli.editor import program

    command = call.config.text("copy_cmd")
    if not command:
        raise BadInput(
            "Nothing is said about how to copy.",
            hint="Set copy_cmd with 'pipeboard config edit', such as wl-copy, xclip or pbcopy.",
        )
    try:
        words = program(command, "copy_cmd")
        subprocess.run(words, input=text.encode(), check=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        raise PipeboardError(
            f"{quoted(command)} did not take the text.", hint="Look at copy_cmd in 'config show'."
        ) from error
    call.out.say("Copied.")


def letters(call: Call, beside: Path | None) -> Letters:
    """The templates that there are now, for the screens."""
    return lambda: {
        name: partial(_read, path) for name, path in sorted(_files(call, beside).items())
    }


def _files(call: Call, beside: Path | None) -> Mapping[str, Path]:
    """The templates by name: the team's `beside` the database, one's own in their place."""
    found: dict[str, Path] = {}
    for folder in _folders(call, beside):
        found |= {path.stem: path for path in folder.glob("*.md") if path.is_file()}
    return found


def _folders(call: Call, beside: Path | None) -> list[Path]:
    """Where templates are, one's own last; a server has none beside the database."""
    found = [site_config_file().parent, beside, user_config_file(call.environ).parent]
    return [folder / _FOLDER for folder in found if folder is not None]


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PipeboardError(
            f"The template {path} cannot be read: {error.strerror}.", hint="Look at its rights."
        ) from error
    if len(data) > _LONGEST:
        raise BadInput(f"The template {path} is too long.", hint="200,000 bytes are the most.")
    return read_utf8(data, str(path))
