"""What makes a shell ask `pb complete` for the words that may follow."""

from __future__ import annotations

import argparse

from pb_common import Client, Outcome

_BASH = """\
_pb() {
  local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "$(pb complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "$word"))
}
complete -o default -F _pb pb
"""
_ZSH = """\
#compdef pb
_pb() {
  local -a found
  found=(${(f)"$(pb complete -- "${(@)words[2,CURRENT]}" 2>/dev/null | sed 's/:/\\\\:/g; s/\\t/:/')"})
  if (( ${#found} )); then _describe pb found; else _files; fi
}
compdef _pb pb
"""
_FISH = """\
function __pb_words
  set -l found (pb complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c pb -f -a '(__pb_words)'
"""
SHELLS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script_of(client: Client, args: argparse.Namespace) -> Outcome:
    """Return the lines for a shell's start file."""
    return Outcome(None, printed=SHELLS[args.shell].rstrip("\n"))
