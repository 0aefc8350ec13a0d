"""The arguments of one verb, and the flags that every verb has."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import NamedTuple, NoReturn, TypedDict

from pipeboard.domain.counts import in_figures
from pipeboard.domain.errors import BadInput
from pipeboard.domain.phrases import aloud

# Nobody translates the words of argparse; to look for who does takes longer than to read arguments.
vars(argparse)["_"] = str

_PATHS = frozenset(("db", "file", "output", "beside", "recipe", "save_recipe"))
_NOT_UTF8 = re.compile(r"[\ud800-\udfff]")
_WIDTH = 80
_WORD = "\0"  # in front of an argument that is a word although it begins with a dash
_SOME = 1_000_000_000
MAY_BE_EMPTY = frozenset(
    (
        *("--where", "--db"),  # refused in words of their own
        *("--competitor", "--objection", "--variant"),  # a remark that is not made
        *("--email", "--name", "--phone", "--role"),  # what is there is taken away
    )
)
"""Flags that may be given no word, beside those of a TEXT. With any other one that is a slip, such
as a variable of a shell that nobody set: it would mean everybody's, or every pipeline."""


class _Formatter(argparse.HelpFormatter):
    """As wide as the terminal, which is all that the standard one imports `shutil` for, with every
    argument that is added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and aloud(action.help)


def _columns() -> int:
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    try:
        return os.get_terminal_size().columns or _WIDTH
    except OSError:
        return _WIDTH


class Flag(NamedTuple):
    """A flag of a verb: its names, what its value is called ("" for none), and what it is for."""

    names: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str
    of_every_verb: bool


class HowTaken(TypedDict, total=False):
    """How argparse takes an argument of a verb."""

    metavar: str | tuple[str, ...]
    help: str
    action: str
    nargs: str | int
    type: Callable[[str], object]
    choices: Iterable[str]
    default: object
    required: bool
    dest: str


def number(least: int = 0, most: int = _SOME) -> Callable[[str], int]:
    """How a flag reads a whole number that lies in a range."""

    def read(text: str) -> int:
        plain = _unshielded(text)
        try:
            found = int(plain)
        except ValueError:
            found = None
        if found is None or not least <= found <= most:
            from pipeboard.domain.text import quoted

            is_said = most != _SOME or (found or 0) > most
            upto = f" to {in_figures(most)}" if is_said else ""
            raise argparse.ArgumentTypeError(
                f"{quoted(plain)} is no number from {in_figures(least)}{upto}"
            )
        return found

    return read


NEVER_TOGETHER = {
    "review": (
        ("--held", "--hold"), ("--held", "--since"), ("--held", "--decide"), ("--hold", "--decide"),
        ("--decide", "--since"), ("--decide", "--md"), ("--decide", "--html"),
    ),
    "list": (("--template", "--columns"),),
    "export": (("--whole", "--sort"),),
    "rep set": (("--active", "--inactive"),),
}  # fmt: skip
"""Flags of a verb of which one would leave the other unheard."""
ONLY_BESIDE = {"review": (("--to", "--decide"),)}
"""Flags of a verb that say more of another."""


class WordPlace(NamedTuple):
    """A place for words of a verb: its name, whether it takes several and can do without, and what
    it is for."""

    name: str
    takes_several: bool
    is_optional: bool
    help: str


class Parser(argparse.ArgumentParser):
    """The arguments of one verb, and the flags that every verb has.

    With `dashed_words` whatever begins with a dash and is no flag of the verb is a word, as in
    `list -owner:bo` and `tag 142 -cold`.
    """

    def __init__(
        self,
        verb: str,
        words: str,
        summary: str,
        *,
        examples: Sequence[str] = (),
        dashed_words: bool = False,
        takes_token: bool = False,
    ) -> None:
        prog = f"pipeboard {verb}".rstrip()
        super().__init__(
            prog=prog,
            usage=f"{prog} {words} [flags]".replace("  ", " "),
            add_help=False,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        self._verb, self._examples = verb, examples
        self.summary = f"{summary[:1].upper()}{summary[1:]}."
        self._dashed_words = dashed_words
        self._add_flags_of_every_verb()
        self.set_defaults(example=self.example)
        if takes_token:
            self.add_argument(
                "--token",
                metavar="TOKEN",
                default="",
                help="a name for this change: the same once more changes nothing",
            )

    def _add_flags_of_every_verb(self) -> None:
        self._of_every_verb = self.add_argument_group("flags of every verb")
        add = self._of_every_verb.add_argument
        add("-h", "--help", action="store_true", help="this help")
        add("--version", action="store_true", help="the version")
        add("--db", metavar="PATH", help="the database: a path or a URL")
        add("-p", "--pipeline", metavar="PIPELINE", help="the pipeline that is meant")
        add("--as", dest="acting_as", metavar="REP", help="act for a rep; both names are logged")
        add("-q", "--quiet", action="store_true", help="no messages")
        add("-v", "--verbose", action="store_true", help="say more")
        add("--color", choices=("auto", "always", "never"), default="auto", help="colours")
        add("--no-input", action="store_true", help="never ask")
        add("-y", "--yes", action="store_true", help="yes to every question")
        add("-n", "--dry-run", action="store_true", help="say what would happen, write nothing")
        add("--read-only", action="store_true", help="open the database for reading only")

    def flags(self) -> Iterator[Flag]:
        """The flags of the verb, then those of every verb."""
        actions = [action for action in self._actions if action.option_strings]
        for action in sorted(actions, key=self._is_of_every_verb):
            metavar = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
            choices = tuple(map(str, action.choices or ()))
            yield Flag(
                tuple(action.option_strings),
                "" if action.nargs == 0 else "|".join(choices) or " ".join(_named(metavar)),
                choices,
                action.help or "",
                self._is_of_every_verb(action),
            )

    def places(self) -> Iterator[WordPlace]:
        """The places for words, in their order."""
        for action in self._actions:
            if not action.option_strings:
                several = action.nargs in ("*", "+")
                yield WordPlace(action.dest, several, action.nargs in ("*", "?"), action.help or "")

    def format_help(self) -> str:
        """What the verb is for, lines that show it, then all that it takes."""
        shown = [f"  {line}" for line in self._examples]
        return "\n".join(
            (f"{self.summary}", "", *shown, *([""] if shown else []), super().format_help())
        )

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The arguments by name; raises BadInput for what the verb does not take."""
        shielded = self._shielded(arguments)
        found = self.parse_intermixed_args(shielded)
        given = [argument.partition("=")[0] for argument in shielded]
        self._refuse_twice(given)
        self._refuse_unheard(frozenset(given))
        self._refuse_empty(found, frozenset(given))
        for name, value in vars(found).items():
            read = _unshielded if name in _PATHS else _readable
            if isinstance(value, list):
                setattr(found, name, [read(item) for item in value])
            elif isinstance(value, str):
                setattr(found, name, read(value))
        return found

    def _refuse_twice(self, given: Sequence[str]) -> None:
        """A second value would win, and the first be lost without a word. Not so with the flags of
        every verb: an alias of a shell may hold one that somebody says anew on purpose."""
        for action in self._actions:
            takes_one = isinstance(action, argparse._StoreAction)
            if not takes_one or self._is_of_every_verb(action):
                continue
            if sum(given.count(name) for name in action.option_strings) > 1:
                flag = action.option_strings[-1]
                raise BadInput(f"{flag} is given twice.", hint="It takes one value: say which.")

    def _refuse_unheard(self, given: Set[str]) -> None:
        """A flag that another leaves without a meaning is not passed over."""
        for one, other in NEVER_TOGETHER.get(self._verb, ()):
            if one in given and other in given:
                raise BadInput(f"{other} does not go with {one}.", hint="Leave one of them out.")
        for flag, needed in ONLY_BESIDE.get(self._verb, ()):
            if flag in given and needed not in given:
                raise BadInput(f"{flag} means nothing without {needed}.", hint=f"Add {needed}.")

    def _is_of_every_verb(self, action: argparse.Action) -> bool:
        return action in self._of_every_verb._group_actions

    def _refuse_empty(self, found: argparse.Namespace, given: Set[str]) -> None:
        for action in self._actions:
            value = getattr(found, action.dest, None)
            if not isinstance(value, str) or value.strip():
                continue
            if not given.isdisjoint(action.option_strings) and not self.may_be_empty(action):
                flag = action.option_strings[-1]
                raise BadInput(f"{flag} is empty.", hint="Say what it is to be, or leave it out.")
            if action.dest in _PATHS and not action.option_strings:
                raise BadInput(f"'{self._verb}' needs {action.metavar}.", hint=self.example)

    def may_be_empty(self, action: argparse.Action) -> bool:
        """Whether a flag is given no word on purpose."""
        if action.metavar == "TEXT" or not MAY_BE_EMPTY.isdisjoint(action.option_strings):
            return True
        return (self._verb, action.dest) in (("rep set", "team"), ("rep set", "acts_for"))

    def _shielded(self, arguments: Sequence[str]) -> list[str]:
        """The arguments with a mark on those that argparse would take for flags and are words."""
        words = is_value = False
        shielded = []
        for argument in arguments:
            if argument == "--" and not words:
                words = True
            elif argument[:1] == "-" and (words or self._is_dashed_word(argument, is_value)):
                shielded.append(_WORD + argument)
            else:
                shielded.append(argument)
            flag = None if words else self._option_string_actions.get(argument)
            is_value = isinstance(flag, argparse._StoreAction) and flag.nargs is None
        return shielded

    def _is_dashed_word(self, argument: str, is_value: bool) -> bool:
        """Whether what begins with a dash is a word: the value of the flag before it, such as the
        filter `-snoozed` or `-20 % was too little`, or one of a verb that takes such words."""
        if argument.startswith("--") or argument in self._option_string_actions:
            return False
        if is_value:
            return True
        if not self._dashed_words:
            return _NEGATIVE.match(argument) is not None and self._takes_words
        letters = argument[1:]
        if len(letters) > 1 and all(f"-{one}" in self._option_string_actions for one in letters):
            apart = " ".join(f"-{one}" for one in letters)
            raise BadInput(
                f"'{argument}' can be read as flags and as a word.",
                hint=f"Flags stand apart: {apart}. A word that begins with - stands behind --.",
            )
        flag = self._option_string_actions.get(argument[:2])
        if isinstance(flag, argparse._StoreAction) and _WITH_VALUE.match(argument):
            from pipeboard.domain.text import quoted

            raise BadInput(
                f"'{argument}' can be read as a flag with its value and as a word.",
                hint=f"The value of a flag stands apart: {argument[:2]} {quoted(argument[2:])}. "
                "A word that begins with - stands behind --.",
            )
        return not (_ONE_LETTER.fullmatch(argument) and "FILTER" in (self.usage or ""))

    @property
    def _takes_words(self) -> bool:
        return any(not action.option_strings for action in self._actions)

    @property
    def example(self) -> str:
        """A line that shows how the verb is called."""
        return self._first_example or "See --help."

    @property
    def _first_example(self) -> str:
        return f"For example: {self._examples[0]}" if self._examples else ""

    def _meant_by(self, flag: str) -> str:
        """What a flag that there is not may have been meant as, or how it is said here; "" where
        nobody knows."""
        from pipeboard.domain.text import nearest

        meant = flag.lstrip("-")
        names = {name.lstrip("-"): name for flag in self.flags() for name in flag.names}
        if {"where": "FILTER"}.get(meant, meant.upper()) in _PLACE.findall(self.usage or ""):
            return f"Here it is said without a flag: {self.usage}"
        if meant in ("o", "out", "output"):
            return f"It prints to stdout: {self.prog} … > FILE"
        if term := self._term_of_filter(meant):
            return f"Here it is a term of the filter: {self.prog} {term}"
        if near := nearest(meant, names) if len(meant) > _SHORTEST_LIKE else None:
            return f"Did you mean {names[near]}?"
        if flag.startswith("--"):
            return ""
        return f"See '{self.prog} --help'. A word that begins with - stands behind --."

    def _term_of_filter(self, flag: str) -> str:
        """How a filter says what was typed as a flag, where the verb takes one."""
        if "FILTER" not in (self.usage or ""):
            return ""
        from pipeboard.domain.filter_fields import BY_NAME, STATES

        return BY_NAME[flag].example if flag in BY_NAME else flag if flag in STATES else ""

    def error(self, message: str) -> NoReturn:
        from pipeboard.domain.text import did_you_mean, quoted

        message = message.replace(_WORD, "")
        hint = f"See '{self.prog} --help'. {self._first_example}".rstrip()
        if missing := _MISSING.match(message):
            message, hint = f"'{self._verb}' needs {missing[1]}", self.example
        elif unknown := _UNKNOWN.match(message):
            hint = self._meant_by(unknown[1]) or hint
        elif wrong := _WRONG.match(message):
            choices = [c for flag in self.flags() if wrong[1] in flag.names for c in flag.choices]
            message = f"{wrong[1]} cannot be {quoted(wrong[2])}"
            hint = did_you_mean(wrong[2], choices) or f"It is one of {', '.join(choices)}."
        elif both := _BOTH.match(message):
            message = f"{both[1]} does not go with {both[2]}"
        elif flag := _OF_FLAG.match(message):
            wrong_with = {
                "expected one argument": "something has to follow it",
                "ignored explicit argument": "nothing goes with it",
            }
            said = wrong_with.get(flag[2].partition(" '")[0], flag[2])
            message = f"{flag[1]}: {said}"
        raise BadInput(f"{message[:1].upper()}{message[1:]}.", hint=hint)


_NEGATIVE = re.compile(r"-[\d.,]+\w*$")
_SHORTEST_LIKE = 2
"""Fewer letters are like too much."""
_ONE_LETTER = re.compile("-[a-zA-Z]")
_WITH_VALUE = re.compile(r"-[a-zA-Z][A-Z\d]")
"""`-pHardware`, `-s2`. In small letters it may as well be a word: `-snoozed`."""
_MISSING = re.compile(r"the following arguments are required: (.+)")
_UNKNOWN = re.compile(r"unrecognized arguments: (?:[^-]\S* )*(--?[^\s=]+)")
_PLACE = re.compile(r"\b[A-Z]+\b")
_WRONG = re.compile(r"argument (?:\S+/)?(\S+): invalid choice: '(.*?)'")
_BOTH = re.compile(r"argument (?:\S+/)?(\S+): not allowed with argument (?:\S+/)?(\S+)$")
_OF_FLAG = re.compile(r"argument (?:\S+/)?(\S+): (.+)", re.DOTALL)


def _named(metavar: str | tuple[str, ...]) -> tuple[str, ...]:
    return (metavar,) if isinstance(metavar, str) else metavar


def _unshielded(text: str) -> str:
    return text.removeprefix(_WORD)


def _readable(text: str) -> str:
    """The word with U+FFFD for each byte that was not UTF-8, which only a path may hold; where
    Python was told of a locale without letters, it takes all of them for bytes."""
    word = _unshielded(text)
    if _NOT_UTF8.search(word):
        word = word.encode(errors="surrogateescape").decode(errors="surrogateescape")
    return _NOT_UTF8.sub("\ufffd", word)


# Words that come from stdin or from a file.


def read_stdin() -> str:
    """All of stdin as UTF-8, a byte order mark left out; BadInput names what is none."""
    if sys.stdin is None:
        raise BadInput("Nothing can be read from stdin: it is closed.")
    return read_utf8(sys.stdin.buffer.read(), "stdin")


def read_utf8(data: bytes, where: str) -> str:
    """The text of the bytes, a byte order mark left out; BadInput names the first that is none."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"{where} is not UTF-8: byte {data[error.start]:#04x} in line {line}.",
            hint="Convert it, for example with: iconv -f windows-1252 -t utf-8",
            details={"line": line, "offset": error.start},
        ) from error
