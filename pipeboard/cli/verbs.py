"""Every verb: the module that holds it and its line of help, in a table that is cheap to import;
and how such a module says what its verbs take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeboard import verb_place

TYPE_CHECKING = False  # help imports no `typing`
if TYPE_CHECKING:
    from typing import TypeAlias, Unpack

    from pipeboard.cli.arguments import HowTaken, Parser
    from pipeboard.cli.call import Call, Verb
    from pipeboard.domain.errors import BadInput

    Run: TypeAlias = Callable[[Call], int]

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Begin": {
        "board": ("board", "open the board, as without a verb; --restricted for SSH accounts"),
        "init": ("setup", "make a workspace: database, pipeline, currency"),
        "demo": ("first_run", "try it on a made-up team in a temporary database"),
        "tour": ("first_run", "the demo, with eight keys to try one after another"),
        "import": ("importing", "take deals over from a file of another tool"),
        "export": ("exporting", "give deals, or the whole workspace, to a file"),
    },
    "Today": {
        "triage": ("day", "what needs you now, and why, in the order to do it"),
        "due": ("day", "what is due until today; --short for a prompt"),
        "check": ("day", "find deals without a next step or past a limit, for cron"),
        "digest": ("day", "what to know when the day begins"),
        "review": ("reports", "the weekly review: number, changes, deals to discuss, decisions"),
    },
    "Deals": {
        "add": ("deals", "add a deal in one line"),
        "list": ("listing", "deals that match a filter"),
        "show": ("history", "one deal with everything around it"),
        "filter": ("listing", "filters under a name, for F on the board"),
        "set": ("deals", "change fields of deals"),
        "assign": ("deals", "give deals to a rep"),
        "tag": ("deals", "put tags on deals and take them off"),
        "archive": ("deals", "put deals out of sight"),
        "unarchive": ("deals", "bring archived deals back"),
        "merge": ("deals", "merge deals that are the same one"),
    },
    "Stages": {
        "move": ("deals", "move deals to another stage, through its gate"),
        "won": ("deals", "mark deals as won"),
        "lost": ("deals", "mark deals as lost, with the reason"),
        "reopen": ("deals", "take closed deals back to work"),
    },
    "Work": {
        "next": ("work", "say what happens next on deals, and when"),
        "log": ("work", "log a call, email, meeting, demo or message"),
        "note": ("work", "write a note on deals"),
        "answer": ("work", "answer a qualification question"),
        "snooze": ("work", "park deals until a day"),
        "contact": ("work", "put a person on a deal, or take one off"),
        "term": ("work", "keep the terms that are negotiated"),
        "tick": ("work", "tick an item of the stage's checklist"),
        "template": ("letters", "a letter with the words of a deal in it"),
        "recycle": ("work", "bring back the lost deals whose day has come"),
    },
    "Numbers": {
        "metrics": ("reports", "win rates, forecast, bottleneck: the numbers of a period"),
        "target": ("agreements", "what is to be won in a period"),
        "call": ("agreements", "what a rep says that a period will bring"),
        "fx": ("agreements", "what other currencies are worth, from which day on"),
        "setting": ("agreements", "sources of leads, weeks, business years, whom deals count for"),
    },
    "History": {
        "undo": ("history", "take your last command back, whole"),
        "redo": ("history", "do again what you took back"),
        "history": ("history", "who did what, and when"),
    },
    "Upkeep": {
        "backup": ("upkeep", "copy the whole workspace, list copies, bring one back"),
        "doctor": ("upkeep", "what is wrong with the database, its place and its history"),
        "logs": ("upkeep", "where faults are written, and the last one, to be mailed"),
    },
    "Setup": {
        "pipeline": ("pipelines", "stages, limits, exit criteria and questions"),
        "rep": ("agreements", "who owns deals"),
        "migrate": ("setup", "take the workspace to another database: a file or a server"),
        "mcp": ("assistant", "the verbs as tools for an assistant, over stdio; --write to change"),
        "config": ("settings", "where things are, and your preferences"),
        "keys": ("settings", "the keys of every screen"),
        "completions": ("completions", "what Tab puts on a command line, for bash, zsh and fish"),
        "man": ("manual", "the man page"),
        "help": ("manual", "what there is to read: import, filter, scripts, configuration"),
        "version": ("settings", "the version of pipeboard"),
    },
}
VERBS = {verb: listed for group in GROUPS.values() for verb, listed in group.items()}

TOPICS = {
    "keys": "every key of every screen",
    "filter": "what can be typed after / and --where",
    "import": "bringing deals from a file or another tool",
    "scripts": "verbs, JSON, exit codes, completions",
    "configuration": "settings, themes, languages, keys, programs and hooks of your own",
    "shared": "several people on one box: rights, roles, backups",
    "assistant": "the verbs as tools for an assistant (MCP)",
}
"""What 'pipeboard help' has to read, each a file of `pipeboard/docs`."""

# The verbs that change something, and say what became of it when they are cut short. The others
# only look.
CHANGING = frozenset(
    (
        "init", "demo", "tour", "import", "add", "set", "assign", "tag", "archive", "unarchive",
        "merge", "move", "won", "lost", "reopen", "next", "log", "note", "answer", "snooze",
        "contact", "term", "tick", "recycle", "review", "target set", "call set", "fx set",
        "setting set", "undo", "redo", "pipeline new", "pipeline apply", "pipeline edit", "rep add",
        "rep set", "config edit", "migrate", "filter save", "filter rename", "filter forget",
        "backup make", "backup restore", "doctor",
    )
)  # fmt: skip
# Those that say the same from the same files on the same day, which is kept (`kept.py`).
KEPT = frozenset(("due", "completions"))
# Those that only look without one of these flags.
_CHANGING_WITH = {"doctor": ("--fix",), "review": ("--hold", "--decide")}
# Those that only look with one of these.
_LOOKING_WITH = {"undo": ("--list",)}
# Those that hand --token on to their use case (`Call.once`).
TOKENED = CHANGING - {
    "init", "demo", "tour", "config edit", "migrate", "backup make", "backup restore", "doctor",
}  # fmt: skip

# What is written for programs, whatever the locale: verbs that write a file of a format that is
# UTF-8, and the forms that others are asked for.
DOCUMENTS = frozenset(("export", "pipeline show", "config themes", "config words"))
FOR_PROGRAMS = ("json", "jsonl", "csv", "plain", "html")
# Whose first word alone takes words of its own: `backup FILE`.
WITH_WORDS = frozenset(("backup",))
# Verbs of two words; the first word alone stands for the first of them.
NESTED: dict[str, dict[str, str]] = {
    "pipeline": {
        "list": "the pipelines and their stages",
        "show": "a pipeline as a document (--toml, --json)",
        "new": "a pipeline from a template or from stage names",
        "apply": "make or change a pipeline as a document says",
        "edit": "change a pipeline in your editor",
        "templates": "the ready-made pipelines",
    },
    "target": {
        "list": "the targets of the pipeline",
        "set": "a target for a period: pipeboard target set 2026Q4 130k",
    },
    "call": {
        "list": "what reps call for periods",
        "set": "your own forecast of a period: pipeboard call set 2026Q4 120k",
    },
    "fx": {
        "list": "every rate, by currency and day",
        "set": "a rate from a day on: pipeboard fx set USD 0.92",
    },
    "setting": {
        "list": "how the workspace counts",
        "set": "change it: pipeboard setting set fiscal-start april",
    },
    "backup": {
        "make": "a whole copy, checked (also: pipeboard backup FILE)",
        "list": "the copies beside the database",
        "restore": "bring one back; what it replaces is kept",
    },
    "rep": {
        "list": "everybody who owns deals",
        "add": "somebody new",
        "set": "change a rep's display name, team, role or activity",
    },
    "filter": {
        "list": "your filters and those of everybody",
        "save": "a filter under a name: pipeboard filter save big 'value>50k open'",
        "rename": "another name for one",
        "forget": "take one away",
    },
    "config": {
        "show": "every setting, and where its value comes from",
        "path": "where the configuration file is",
        "edit": "change it in your editor",
        "check": "say what is wrong in it",
        "themes": "the themes to choose from; THEME shows one as a file",
        "words": "the words of the screens, as a file to translate",
    },
}


# Cutting a command line into its verb and the rest, importing nothing that help does not need.


def cut(arguments: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The verb ("" for none, "pipeline show" for two words) and all the other arguments.

    Flags in front of the verb count as if they stood behind it. Raises BadInput for a verb that
    does not exist.
    """
    at = verb_place(arguments)
    if at is None:
        return "", tuple(arguments)
    verb, rest = arguments[at], (*arguments[:at], *arguments[at + 1 :])
    if verb not in VERBS:
        if verb.upper().removeprefix("D-").isdecimal():
            raise _unknown(verb, (), f"To look at a deal: pipeboard show {verb}")
        if at and not VERBS.keys().isdisjoint(arguments[at + 1 :]):
            parser_of("")[1].read(arguments[:at])  # it is the value of a flag that there is not
        raise _unknown(verb, VERBS, "See 'pipeboard --help'.", _called_here(verb))
    if verb not in NESTED:
        return verb, rest
    inner = NESTED[verb]
    default = next(iter(inner))
    at = verb_place(rest)
    if at is None:
        return verb if asks_for(rest, "-h", "--help") else f"{verb} {default}", rest
    if rest[at] not in inner:
        if verb in WITH_WORDS and not _is_slip(rest[at], inner):
            return f"{verb} {default}", rest
        has = f"'{verb}' has: {', '.join(inner)}."
        error = _unknown(rest[at], inner, has, _called_here(rest[at], verb))
        if verb in WITH_WORDS:
            error.hint += f" A file of that name is ./{rest[at]}"
        raise error
    return f"{verb} {rest[at]}", (*rest[:at], *rest[at + 1 :])


def listed(verb: str) -> tuple[str, str]:
    """The module of a verb and its line of help."""
    if not verb:
        return "board", "open the board"
    first, _, second = verb.partition(" ")
    family, summary = VERBS[first]
    return family, NESTED[first][second] if second else summary


def changes(verb: str, arguments: Sequence[str]) -> bool:
    """Whether a command line may change something."""
    if asks_for(arguments, *_LOOKING_WITH.get(verb, ())):
        return False
    flags = _CHANGING_WITH.get(verb, ())
    return verb in CHANGING and (not flags or asks_for(arguments, *flags))


def asks_for(arguments: Sequence[str], *wanted: str) -> bool:
    """Whether one of the wanted flags stands there, as far as flags can stand."""
    flags = where_flags_stand(arguments)
    return any(flag in flags for flag in wanted)


def where_flags_stand(arguments: Sequence[str]) -> Sequence[str]:
    """The arguments in front of `--`, behind which every one is a word."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _is_slip(word: str, inner: Iterable[str]) -> bool:
    """Whether a word that could be a file's is like one of the verbs instead."""
    from pipeboard.domain.text import nearest

    return not {".", "/", "\\"} & set(word) and nearest(word, inner) is not None


def _called_here(word: str, family: str = "") -> str:
    """The verbs (of a family with second words) that do what a word means elsewhere, or whose
    second word it is, for a hint."""
    from pipeboard.cli.other_words import meant_by

    found = meant_by(word, family)
    if not (found or family):
        found = [f"{verb} {word}" for verb, inner in NESTED.items() if word in inner]
    return " or ".join(f"'pipeboard {verb}' ({listed(verb)[1]})" for verb in found)


def _unknown(verb: str, known: Iterable[str], otherwise: str, called_here: str = "") -> BadInput:
    from pipeboard.domain.errors import BadInput
    from pipeboard.domain.text import did_you_mean, quoted

    hint = f"Here it is {called_here}." if called_here else did_you_mean(verb, known) or otherwise
    return BadInput(f"There is no verb {quoted(verb)}.", hint=hint)


# What a module says of each of its verbs, above the function that does it.


_VERBS: dict[str, Verb] = {}
"""The verbs of the modules that have been imported."""
_TAKEN: dict[Run, tuple[Callable[[Parser], object], ...]] = {}


def verb(
    name: str, words: str = "", *examples: str, dashed_words: bool = False, more: str = ""
) -> Callable[[Run], Run]:
    """Makes a verb of the function below; what it takes stands between, in its order."""

    from pipeboard.cli.call import Verb

    def registered(run: Run) -> Run:
        _VERBS[name] = Verb(words, _TAKEN.get(run, ()), run, examples, dashed_words, more)
        return run

    return registered


def takes(*names: str, **how: Unpack[HowTaken]) -> Callable[[Run], Run]:
    """An argument of a verb."""
    return takes_all(lambda parser: parser.add_argument(*names, **how))


def takes_all(arguments: Callable[[Parser], object]) -> Callable[[Run], Run]:
    """Several arguments of a verb, which a function adds."""

    def taken(run: Run) -> Run:
        _TAKEN[run] = (arguments, *_TAKEN.get(run, ()))
        return run

    return taken


def takes_one(**flags: str) -> Callable[[Run], Run]:
    """Flags of a verb, each with its help, of which one at most is given."""

    def added(parser: Parser) -> None:
        group = parser.add_mutually_exclusive_group()
        for name, text in flags.items():
            group.add_argument(f"--{name}", action="store_true", help=text)

    return takes_all(added)


def together(*taken: Callable[[Run], Run]) -> Callable[[Run], Run]:
    """Arguments that several verbs take, as one."""

    def all_taken(run: Run) -> Run:
        for take in reversed(taken):
            run = take(run)
        return run

    return all_taken


def parser_of(verb: str) -> tuple[Verb, Parser]:
    """A verb, and what reads its arguments."""
    from importlib import import_module

    from pipeboard.cli.arguments import Parser

    family, summary = listed(verb)
    import_module(f"pipeboard.cli.{family}")
    found = _VERBS[verb]
    parser = Parser(
        verb,
        found.words,
        summary,
        examples=found.examples,
        dashed_words=found.dashed_words,
        takes_token=verb in TOKENED,
    )
    parser.epilog = found.more or None
    for add in found.arguments:
        add(parser)
    return found, parser


takes_json = takes("--json", action="store_true", help="one JSON document")


def _version(text: str) -> int:
    from pipeboard.cli.arguments import number

    return number(1)(text)


takes_seen = takes(
    "--seen",
    type=_version,
    metavar="VERSION",
    help="the deal's version that you looked at: refused where somebody changed the same since",
)


takes_deal = takes("deal", metavar="DEAL", help="142, D-142 or part of a name")
takes_deals = together(
    takes("words", nargs="*", metavar="DEAL", help="142, D-142 or part of a name"),
    takes("--where", metavar="FILTER", help="the deals that match a filter"),
    takes_seen,
    takes_json,
)
"""What every verb takes that changes deals."""


def last_word(call: Call, what: str, verb: str) -> tuple[list[str], str]:
    """The words before the last and the last, which is `what` beside deals; BadInput when there is
    none, or nothing but it."""
    words, where = call.arguments.words, call.arguments.where
    if len(words) < (1 if where is not None else 2) or not words[-1].strip():
        from pipeboard.domain.errors import BadInput

        raise BadInput(f"'{verb}' needs deals and {what}.", hint=parser_of(verb)[1].example)
    return list(words[:-1]), words[-1]
