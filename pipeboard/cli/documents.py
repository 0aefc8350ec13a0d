"""The verb help: what there is to read on a topic, as files that come with the program."""

from __future__ import annotations

import re
from pathlib import Path

from pipeboard.cli.call import Call
from pipeboard.cli.output import terminal_width
from pipeboard.cli.verbs import TOPICS, takes, takes_json, verb
from pipeboard.cli.verbs import VERBS as EVERY_VERB
from pipeboard.domain.errors import NotFound
from pipeboard.domain.text import did_you_mean, quoted

FOLDER = Path(__file__).parents[1] / "docs"
_WIDEST = 100
_MARK = re.compile(r"<!--.*?-->\n?")


def document(topic: str) -> str:
    """What there is to read on it, as Markdown."""
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    return re.sub(r"\n{3,}", "\n\n", _MARK.sub("", text)).rstrip()


@verb("help", "[TOPIC|VERB]", "pipeboard help", "pipeboard help filter", "pipeboard help move")
@takes("topic", nargs="?", default="", help=f"a verb, or one of {', '.join(TOPICS)}")
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
