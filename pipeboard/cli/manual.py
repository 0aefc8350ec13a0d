"""What there is to say of each verb, read off the tables that the verbs run by, and the man page;
and what there is to read on a topic.

Help, completions and the man page are made of the same; nothing is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeboard import __version__
from pipeboard.cli.arguments import Flag
from pipeboard.cli.call import Call
from pipeboard.cli.output import terminal_width
from pipeboard.cli.verbs import GROUPS, NESTED, TOPICS, listed, parser_of, takes, takes_json, verb
from pipeboard.cli.verbs import VERBS as EVERY_VERB
from pipeboard.domain.errors import NotFound
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import did_you_mean, quoted


@dataclass(frozen=True, slots=True)
class Manual:
    """A verb ("pipeline show" for two words), what it is for, and how it is called."""

    verb: str
    summary: str
    words: str
    flags: tuple[Flag, ...]
    more: str = ""
    dashed_words: bool = False
    examples: tuple[str, ...] = ()


def every_verb() -> Iterator[str]:
    """Every verb that can be typed, the board's "" left out."""
    for first in EVERY_VERB:
        if first in NESTED:
            yield from (f"{first} {second}" for second in NESTED[first])
        else:
            yield first


def manual_of(verb: str) -> Manual:
    """What there is to say of a verb."""
    found, parser = parser_of(verb)
    return Manual(
        verb,
        listed(verb)[1],
        found.words,
        tuple(parser.flags()),
        parser.epilog or "",
        found.dashed_words,
        found.examples,
    )


# The man page, as `man` and `mandoc` read it.

ENVIRONMENT = {
    "PIPEBOARD_DB": "the database, where --db names none",
    "PIPEBOARD_CONFIG": "the configuration file, in place of the person's own",
    "PIPEBOARD_ASSISTANT": "where it is not empty, an assistant is logged as acting for you",
    "PIPEBOARD_NOW": "an instant (ISO 8601) that now and today stand for",
    "NO_COLOR, FORCE_COLOR": "no colours, or colours where there is no terminal",
    "VISUAL, EDITOR": "the editor",
}
EXITS = {
    "0": "done, also when nothing matches",
    "1": "failed, or something was found that was looked for (check, --exit-code)",
    "2": "the command line cannot be understood",
    "3": "not found, or more than one",
    "4": "refused: a gate, a conflict, read-only, rejected rows",
    "5": "the database: locked, damaged, of a newer version, not reachable",
    "130": "interrupted",
}


def man_page() -> str:
    """The page of section 1."""
    return "\n".join(_man()) + "\n"


def _man() -> Iterator[str]:
    yield f'.TH PIPEBOARD 1 "" "pipeboard {__version__}" "User Commands"'
    yield ".SH NAME"
    yield r"pipeboard \- a sales pipeline worked by keys, in the terminal"
    yield from (".SH SYNOPSIS", r".B pipeboard", r"[\fIflags\fR] [\fIverb\fR] [\fIarguments\fR]")
    yield ".SH DESCRIPTION"
    yield "Without a verb it opens the board, where"
    yield r".B ?\&"
    yield "shows every key. Each verb does one thing and ends."
    yield _roff("A deal is named 142, D-142 or by part of its name that no other has.")
    for group, verbs in GROUPS.items():
        yield f".SH {_roff(group).upper()}"
        for name in (name for name in every_verb() if name.partition(" ")[0] in verbs):
            yield from _man_of(manual_of(name))
    yield ".SH FLAGS OF EVERY VERB"
    for flag in manual_of("list").flags:
        if flag.of_every_verb:
            yield from _item(_called(flag), flag.help)
    for title, table in (("ENVIRONMENT", ENVIRONMENT), ("EXIT STATUS", EXITS)):
        yield f".SH {title}"
        for name, text in table.items():
            yield from _item(_bold(name), text)
    yield from (".SH SEE ALSO", _roff("pipeboard VERB --help, pipeboard keys, pipeboard config."))


def _man_of(manual: Manual) -> Iterator[str]:
    yield f".SS {_roff(f'pipeboard {manual.verb} {manual.words}'.rstrip())}"
    yield _roff(f"{manual.summary[:1].upper()}{manual.summary[1:]}.")
    if manual.more:
        yield from (".PP", _roff(manual.more))
    if manual.examples:
        yield from (".PP", ".nf", ".RS", *map(_roff, manual.examples), ".RE", ".fi")
    for flag in manual.flags:
        if not flag.of_every_verb:
            yield from _item(_called(flag), flag.help)


def _item(head: str, text: str) -> Iterator[str]:
    yield from (".TP", head, _roff(text[:1].upper() + text[1:] + "."))


def _called(flag: Flag) -> str:
    names = ", ".join(_bold(name) for name in flag.names)
    return f"{names} {_italic(flag.value)}" if flag.value else names


def _bold(text: str) -> str:
    return rf"\fB{_roff(text)}\fR"


def _italic(text: str) -> str:
    return rf"\fI{_roff(text)}\fR"


def _roff(text: str) -> str:
    """The text as it stands; a line that would be taken for a request begins with nothing."""
    plain = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    plain = plain.replace("'", r"\(aq").replace("`", r"\(ga").replace("^", r"\(ha")
    plain = plain.replace("~", r"\(ti")
    plain = "".join(c if c.isascii() else rf"\[u{ord(c):04X}]" for c in plain)
    return rf"\&{plain}" if re.match(r"[.']", plain) else plain


@verb("man", "", "pipeboard man | man -l -", more="Read it with: pipeboard man | man -l -")
def man(call: Call) -> int:
    """The man page on stdout."""
    call.out.text(man_page().rstrip("\n"))
    return 0


# What there is to read on a topic: files that come with the program.


FOLDER = Path(__file__).parents[1] / "docs"
_WIDEST = 100
_MARK = re.compile(r"<!--.*?-->\n?")


def document(topic: str) -> str:
    """What there is to read on it, as Markdown."""
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    return re.sub(r"\n{3,}", "\n\n", _MARK.sub("", text)).rstrip()


@verb("help", "[TOPIC|VERB]", "pipeboard help", "pipeboard help filter", "pipeboard help move")
@takes(
    "topic",
    nargs="?",
    default="",
    metavar="TOPIC|VERB",
    help=f"a verb, or one of {', '.join(TOPICS)}",
)
@takes_json
def show_help(call: Call) -> int:
    """A topic, or all that can be asked for; the help of a verb is that of `VERB --help`."""
    topic = call.arguments.topic
    if topic and topic not in TOPICS:
        raise NotFound(
            f"There is no help on {quoted(topic)}.",
            hint=did_you_mean(topic, (*TOPICS, *EVERY_VERB)) or "See 'pipeboard help'.",
        )
    text = document(topic) if topic else _overview()
    if topic in EVERY_VERB:
        text += f"\n\nIts flags: pipeboard {topic} --help"
    if call.arguments.json:
        call.out.document({"topics": TOPICS, "text": text})
    else:
        call.out.text(_wrapped(text, terminal_width()))
    return 0


def _wrapped(text: str, width: int | None) -> str:
    """The text with its paragraphs as wide as the terminal; what is typed and tables stay."""
    if width is None:
        return text
    from textwrap import TextWrapper

    wrapper = TextWrapper(min(width - 1, _WIDEST), break_long_words=False, break_on_hyphens=False)
    parts, is_code = [], False
    for part in text.split("\n\n"):
        stays = is_code or part.startswith(("    ", "|", "#", "```", "- "))
        is_code ^= part.count("```") % 2 == 1
        parts.append(part if stays else wrapper.fill(part))
    return "\n\n".join(parts)


def _overview() -> str:
    lines = ["To read: pipeboard help TOPIC"]
    lines += [f"  {topic:<14} {about}" for topic, about in TOPICS.items()]
    lines.append("Of a verb: pipeboard help VERB. All verbs: pipeboard --help. On the board: ?")
    return "\n".join(lines)
