"""What each shell reads: a table of words as that shell writes them, and the same few functions.

The functions read the line so far, look into the table, and ask `pipeboard __complete` for what is
in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from pipeboard.cli.verbs import NESTED
from pipeboard.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ShellWord:
    """A word that may stand somewhere: with `%` in front a kind that is looked up, or files."""

    text: str
    meaning: str = ""


Rows: TypeAlias = Sequence[tuple[Sequence[str], Sequence[ShellWord]]]
"""What may stand at each of several places, `*` in their names being any verb."""


def _in_sh(text: str) -> str:
    return "$'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_sh_line(word: ShellWord) -> str:
    text = _in_sh(word.text)
    return f"{text[:-1]}\\t{_in_sh(word.meaning)[2:]}" if word.meaning else text


def _in_fish_line(word: ShellWord) -> str:
    return _in_fish(f"{word.text}\t{word.meaning}" if word.meaning else word.text)


def _sh(rows: Rows, dashed: Sequence[str]) -> Iterator[str]:
    """What bash and zsh share."""
    yield "_pipeboard_known() {"
    yield "  case $1/$2 in"
    for names, words in rows:
        label = " | ".join(name if name.startswith("*") else _in_sh(name) for name in names)
        said = f" printf '%s\\n' {' '.join(map(_in_sh_line, words))}" if words else " :"
        yield f"  {label}){said} ;;"
    yield "  *) return 1 ;;"
    yield "  esac"
    yield "}"
    nested = "|".join(NESTED)
    loose = "|".join(map(_in_sh, dashed))
    yield _SH.replace("@NESTED@", nested).replace("@DASHED@", loose)


_SH = r"""
# Reads the words before the one that is typed: the verb, how many words of it and the last of them,
# a flag that waits for its value, and the database.
_pipeboard_walk() {
  verb= place=0 before= flag= database= plain=
  local word
  for word in "$@"; do
    if [[ -n $flag ]]; then
      [[ $flag == --db ]] && database=$word
      flag=
      continue
    fi
    if [[ -z $plain ]]; then
      case $word in
      --) plain=1; continue ;;
      --db=*) database=${word#*=}; continue ;;
      --*=*) continue ;;
      -?*)
        if _pipeboard_known "$verb" "$word" > /dev/null; then flag=$word; continue; fi
        case $verb in @DASHED@) [[ $word == --* ]] && continue ;; *) continue ;; esac ;;
      esac
    fi
    case $verb in
    '') verb=$word ;;
    @NESTED@) verb="$verb $word" ;;
    *) place=$((place < 3 ? place + 1 : 3)) before=$word ;;
    esac
  done
}

# Prints what may stand there, a line each with its meaning behind a tab; $1 is what is typed of it.
_pipeboard_offers() {
  local typed=$1 stays= line kinds=
  if [[ -z $flag && -z $plain && $typed == --*=* ]]; then
    flag=${typed%%=*} stays=${typed%%=*}= typed=${typed#*=}
  fi
  if [[ $flag == --columns ]]; then
    [[ $typed == *,* ]] && stays=$stays${typed%,*}, typed=${typed##*,}
  fi
  {
    if [[ -n $flag ]]; then
      _pipeboard_known "$verb" "$flag"
    else
      if [[ -z $plain && $typed == -* ]]; then
        _pipeboard_known "$verb" -
        _pipeboard_known "$verb" --
      fi
      _pipeboard_known "$verb" "$place/$before" || _pipeboard_known "$verb" "$place"
    fi
  } | {
    while IFS= read -r line; do
      case $line in
      %FILES) printf '%s\n' "$line" ;;
      %*) kinds=${kinds:+$kinds,}${line#%} ;;
      "$typed"*) printf '%s\n' "$stays$line" ;;
      esac
    done
    if [[ -n $kinds ]]; then
      command pipeboard __complete ${database:+"--db=$database"} "$kinds" "$typed" 2> /dev/null |
        while IFS= read -r line; do printf '%s\n' "$stays$line"; done
    fi
  }
}"""


def _bash(rows: Rows, dashed: Sequence[str]) -> Iterator[str]:
    yield "# What bash completes pipeboard by; made by 'pipeboard completions bash'."
    yield from _sh(rows, dashed)
    yield _BASH


_BASH = r"""
_pipeboard() {
  local verb place before flag database plain
  # bash cuts words at : = < > too; here they are as they were typed.
  local -a words=()
  local rest=$COMP_LINE word at=-1 i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $at -lt 0 || $rest == [[:space:]]* ]]; then
      at=$((at + 1)) words[at]=$word
    else
      words[at]=${words[at]}$word
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done
  local typed=${words[at]} quote= line cut
  unset "words[$at]"
  unset "words[0]"
  case $typed in
  [\'\"]*) quote=${typed:0:1} typed=${typed:1} ;;
  *) typed=${typed//\\/} ;;
  esac
  words=("${words[@]//\\/}")
  words=("${words[@]//[\'\"]/}")
  _pipeboard_walk "${words[@]}"
  # What bash takes for an earlier word must not be put there a second time.
  cut=
  [[ -z $quote && $typed == *[:=]* ]] && cut=${typed%"${typed##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    if [[ $line == %FILES ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$typed")
      continue
    fi
    [[ $line == *[:=,] ]] && compopt -o nospace 2> /dev/null
    line=${line#"$cut"}
    [[ -z $quote && $line == *[^a-zA-Z0-9_.,:=@+/-]* ]] && printf -v line '%q' "$line"
    COMPREPLY+=("$line")
  done < <(_pipeboard_offers "$typed")
}
complete -F _pipeboard pipeboard"""


def _zsh(rows: Rows, dashed: Sequence[str]) -> Iterator[str]:
    yield "#compdef pipeboard"
    yield "# What zsh completes pipeboard by; made by 'pipeboard completions zsh'."
    yield from _sh(rows, dashed)
    yield _ZSH


_ZSH = r"""
_pipeboard() {
  local verb place before flag database plain line word shown typed=${(Q)PREFIX}
  local -a offered told open open_told
  _pipeboard_walk "${(@Q)words[2,CURRENT-1]}"
  while IFS= read -r line; do
    if [[ $line == %FILES ]]; then
      _files
      continue
    fi
    word=${line%%$'\t'*} shown=$word
    [[ $line == *$'\t'?* ]] && shown="$word  -- ${line#*$'\t'}"
    if [[ $word == *[:=,] ]]; then
      open+=("$word") open_told+=("$shown")
    else
      offered+=("$word") told+=("$shown")
    fi
  done < <(_pipeboard_offers "$typed")
  # -U: what was offered begins with what was typed whatever its case.
  (( $#offered )) && compadd -U -l -d told -a offered
  (( $#open )) && compadd -U -S '' -l -d open_told -a open
  (( $#offered + $#open ))
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _pipeboard "$@"
else
  compdef _pipeboard pipeboard
fi"""


def _fish(rows: Rows, dashed: Sequence[str]) -> Iterator[str]:
    yield "# What fish completes pipeboard by; made by 'pipeboard completions fish'."
    yield "function __pipeboard_known"
    yield "    switch $argv[1]/$argv[2]"
    for names, words in rows:
        said = f"printf '%s\\n' {' '.join(map(_in_fish_line, words))}" if words else "true"
        yield f"        case {' '.join(map(_in_fish, names))}"
        yield f"            {said}"
    yield "        case '*'"
    yield "            return 1"
    yield "    end"
    yield "end"
    nested = " ".join(NESTED)
    loose = " ".join(map(_in_fish, dashed))
    yield _FISH.replace("@NESTED@", nested).replace("@DASHED@", loose)


_FISH = r"""
function __pipeboard_complete
    set -l verb ''
    set -l place 0
    set -l before ''
    set -l flag ''
    set -l database
    set -l plain
    for word in (commandline -opc)[2..-1]
        if test -n "$flag"
            test $flag = --db; and set database --db=$word
            set flag ''
            continue
        end
        if test -z "$plain"
            if test "$word" = --
                set plain yes
                continue
            else if string match -q -- '--db=*' $word
                set database $word
                continue
            else if string match -q -- '--*=*' $word
                continue
            else if string match -q -- '-?*' $word
                if __pipeboard_known "$verb" "$word" >/dev/null
                    set flag $word
                    continue
                end
                if not contains -- "$verb" @DASHED@; or string match -q -- '--*' $word
                    continue
                end
            end
        end
        if test -z "$verb"
            set verb $word
        else if contains -- $verb @NESTED@
            set verb "$verb $word"
        else
            set before $word
            test $place -lt 3; and set place (math $place + 1)
        end
    end
    set -l typed (commandline -ct)
    set typed (string replace -ar '[\'"\\\\]' '' -- $typed)
    set -l stays ''
    if test -z "$flag" -a -z "$plain"; and string match -q -- '--*=*' $typed
        set flag (string split -m 1 = -- $typed)[1]
        set stays $flag=
        set typed (string split -m 1 = -- $typed)[2]
    end
    if test "$flag" = --columns; and string match -q '*,*' -- $typed
        set -l cut (string match -r '^(.*,)([^,]*)$' -- $typed)
        set stays $stays$cut[2]
        set typed $cut[3]
    end
    set -l lines
    if test -n "$flag"
        set lines (__pipeboard_known "$verb" "$flag")
    else
        set lines (__pipeboard_known "$verb" "$place/$before"; or __pipeboard_known "$verb" $place)
        if test -z "$plain"; and string match -q -- '-*' $typed
            set -a lines (__pipeboard_known "$verb" -; __pipeboard_known "$verb" --)
        end
    end
    set -l kinds
    for line in $lines
        if test "$line" = %FILES
            __fish_complete_path $typed
        else if string match -q '%*' -- $line
            set -a kinds (string sub -s 2 -- $line)
        else
            printf '%s%s\n' $stays $line
        end
    end
    if set -q kinds[1]
        set -l asked (string join , $kinds)
        for line in (command pipeboard __complete $database $asked "$typed" 2>/dev/null)
            printf '%s%s\n' $stays $line
        end
    end
end
complete -c pipeboard -f -a '(__pipeboard_complete)'"""


SHELLS: Mapping[str, Callable[[Rows, Sequence[str]], Iterator[str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
"""By its name the script of a shell, from the table and the verbs whose words may begin with -."""
