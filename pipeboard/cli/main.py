"""The entry point: finds the verb, imports what that needs, and ends with its exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pipeboard import __version__, outlet
from pipeboard.cli.folders import asks_for_words
from pipeboard.cli.verbs import (
    DOCUMENTS,
    FOR_PROGRAMS,
    GROUPS,
    KEPT,
    NESTED,
    TOPICS,
    VERBS,
    asks_for,
    changes,
    cut,
    parser_of,
    where_flags_stand,
)
from pipeboard.domain.phrases import aloud, are_made

TYPE_CHECKING = False  # `typing` itself is more than help needs
if TYPE_CHECKING:
    from typing import NoReturn

    from pipeboard.cli.call import Call
    from pipeboard.cli.failures import Standing


def run() -> None:
    """The console command: stdout and stderr made unable to fail on a character, then `main`."""
    if asks_for_words(os.environ):
        _speak_other_words()
    # Modules are no garbage: looking for it while they load takes a tenth of the start.
    gc.set_threshold(_GARBAGE_AT, 10, 10)
    # Python would ask `sysconfig`, which takes as long to import as the calendar.
    if os.path.isdir(_ZONES):
        os.environ.setdefault("PYTHONTZPATH", _ZONES)
    # Messages may be lost, data may not.
    sys.stdout = sys.stdout or outlet.closed()
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] == [_COMPLETE]:
        _offer(sys.argv[2:])
        sys.exit()
    if asks_for(sys.argv[1:], "-h", "--help", "--version"):
        _leave(main(sys.argv[1:]))
    if _is_told_again(sys.argv[1:]):
        _leave(0)
    if _is_for_a_prompt(sys.argv[1:]):
        _leave(main(sys.argv[1:]))
    from pipeboard.cli import failures

    failures.catch()
    code = main(sys.argv[1:])
    failures.let_go()
    _leave(code)


def _speak_other_words() -> None:
    """The program with phrases in place of this one, which does not come back; in that, the words
    that are asked for."""
    if not are_made():
        from pipeboard.cli.phrasing import imported_anew

        imported_anew(__name__).run()
    from pipeboard.cli.translating import speak_as_configured

    speak_as_configured(os.environ, own="--restricted" not in sys.argv)


_GARBAGE_AT = 100_000
_ZONES = "/usr/share/zoneinfo"


def _leave(code: int) -> NoReturn:
    # What is left goes with the process: to look through it for garbage takes a tenth of a verb.
    gc.freeze()
    outlet.settle()
    sys.exit(code)


def _is_told_again(arguments: Sequence[str]) -> bool:
    """What was told before, and of which nothing has changed since."""
    if not KEPT & set(arguments):
        return False
    from pipeboard.cli.kept import tell

    try:
        verb, rest = cut(arguments)
    except Exception:  # the ordinary way tells what is wrong with it
        return False
    return verb in KEPT and tell(verb, rest, os.environ)


def _is_for_a_prompt(arguments: Sequence[str]) -> bool:
    """Nothing is changed and all is over before a signal could be caught."""
    return arguments[:1] == ["due"] and asks_for(arguments, "--short")


_COMPLETE = "__complete"
"""The hidden verb that a shell asks while somebody types; nothing else has to be as quick."""


def _offer(arguments: Sequence[str]) -> None:
    from pipeboard.cli.completing import complete

    with suppress(OSError, KeyboardInterrupt):  # the shell has stopped listening
        for line in complete(arguments, os.environ):
            outlet.data(line)
        outlet.flush()


def main(arguments: Sequence[str]) -> int:
    """What one command line does; returns the exit code, and never raises."""
    calls: list[Call] = []
    verb = ""
    outlet.name_database(_typed_database(arguments))
    try:
        verb, rest = cut(arguments)
        if verb == "help" and rest and rest[0] in VERBS and rest[0] not in TOPICS:
            verb, rest = cut((*rest, "--help"))
        code = _dispatch(verb, rest, calls)
        outlet.flush()
    except (Exception, KeyboardInterrupt) as error:  # the one place where everything ends
        from pipeboard.cli.failures import report

        return report(error, arguments, _standing(verb, arguments, calls))
    finally:
        outlet.name_database("")
        for call in calls:
            call.close()
    return code


def _typed_database(arguments: Sequence[str]) -> str:
    """What `--db` names in this line, without a password; empty where nothing does."""
    found, rest = "", iter(where_flags_stand(arguments))
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name == "--db":
            found = value if equals else next(rest, "")
    if ":" in found or "=" in found:
        from pipeboard.store.locating import without_password

        return without_password(found)
    return found


def _standing(verb: str, arguments: Sequence[str], calls: Sequence[Call]) -> Standing:
    """What is to be said of a verb's change when it does not come to its end."""
    from pipeboard.cli.failures import Standing

    return Standing(
        changes=changes(verb, arguments),
        has_stored=any(call.has_stored for call in calls),
        command_id=calls[-1].command_id if calls else "",
    )


def _dispatch(verb: str, rest: Sequence[str], calls: list[Call]) -> int:
    if verb in NESTED or (not verb and asks_for(rest, "-h", "--help")):
        outlet.data(aloud(_nested_help(verb) if verb else overview()))
        return 0
    if asks_for(rest, "--version") or (verb == "version" and not rest):
        outlet.data(f"pipeboard {__version__}")
        return 0
    if verb == "due" and "--short" in rest:
        from pipeboard.cli.due_short import quick

        if (counted := quick(rest, os.environ)) is not None:
            outlet.data(aloud(counted))
            return 0
    return _run(verb, rest, os.environ, calls)


def _run(verb: str, arguments: Sequence[str], environ: Mapping[str, str], calls: list[Call]) -> int:
    from pipeboard.cli.call import Call

    found, parser = parser_of(verb)
    if asks_for(arguments, "-h", "--help"):
        outlet.data(aloud(parser.format_help()), end="")
        return 0
    call = Call(parser.read(arguments), environ, arguments)
    calls.append(call)
    asked = vars(call.arguments)
    if verb in DOCUMENTS or asked.get("form") in FOR_PROGRAMS or any(map(asked.get, FOR_PROGRAMS)):
        outlet.in_utf8()
    if verb not in KEPT:
        return found.run(call)
    from pipeboard.cli.kept import keeping

    with keeping(verb, arguments, call):
        return found.run(call)


def overview() -> str:
    """Every verb with its line of help."""
    lines = ["usage: pipeboard [flags] [verb] [arguments]", "", "Without a verb: opens the board."]
    for group, verbs in GROUPS.items():
        lines += ["", group]
        lines += [f"  {verb:<11} {summary}" for verb, (_, summary) in verbs.items()]
    lines += [
        "",
        "Flags of every verb: --db PATH, -p PIPELINE, --as REP, -q, -v, -n (dry run), -y,",
        "--no-input, --read-only, --color auto|always|never, -h, --version.",
        "A deal is named 142, D-142 or by part of its name. 'pipeboard VERB --help' says more,",
        "'pipeboard help' what there is to read: import, filter, scripts, configuration …",
    ]
    return "\n".join(lines)


def _nested_help(verb: str) -> str:
    inner = NESTED[verb]
    lines = [f"usage: pipeboard {verb} {'|'.join(inner)} [arguments]", ""]
    lines += [f"  {verb} {name:<10} {summary}" for name, summary in inner.items()]
    lines += ["", f"'pipeboard {verb}' alone is 'pipeboard {verb} {next(iter(inner))}'."]
    return "\n".join(lines)
