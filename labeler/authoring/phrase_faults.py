"""Phrases that load but cannot do what they say: parts that no report can match, cues never asked."""

from collections.abc import Iterator
from pathlib import Path

from labeler.authoring.phrasebook import Entry, entries
from labeler.errors import RulesError
from labeler.rules.load import RuleSet
from labeler.rules.phrases import expand
from labeler.text.tokens import Tokenizer

_SILENT = frozenset("-'’")
"""Marks inside a word that are part of it in a report, too."""


def check_phrases(rules: RuleSet) -> None:
    """Check that the tokenizer keeps all of each phrase, and that no cue is in two cue files.

    Raises:
        RulesError: of the first phrase that fails, with file and line.
    """
    tokenizer = Tokenizer(rules.spelling)
    conditional = {
        (rules.path("assertion", f"{stem}.yaml"), i)
        for stem, group in rules.cue_groups.items()
        for i, cue in enumerate(group.cues)
        if cue.needs
    }
    cues: dict[tuple[str, tuple[str, ...]], Entry] = {}
    for entry in entries(rules):
        for option in expand(entry.phrase):
            lost = "" if option.replace(" ", "").isalpha() else _lost(option, tokenizer)
            if lost:
                raise RulesError(
                    f"{_place(entry)}: {option!r} loses {lost!r}, which is no word or mark in a "
                    "report: write it otherwise"
                )
            if not entry.role.endswith(" cue") or entry.role == "pseudo cue":
                continue
            if "needs" in entry.location or (entry.file, entry.location[1]) in conditional:
                continue
            words = tokenizer.words(option)
            other = cues.setdefault((entry.role, words), entry)
            if other.file != entry.file:
                raise RulesError(
                    f"{_place(entry)}: the {entry.role} {option!r} is never asked: it stands in "
                    f"{_place(other)}, which comes first"
                )


def _place(entry: Entry) -> str:
    return f"{Path(entry.file)}:{entry.line}"


def _lost(option: str, tokenizer: Tokenizer) -> str:
    """The first part of a phrase that no token stands for."""
    text = f" {option} "
    kept = {i for token in tokenizer.tokens(text) for i in range(token.start, token.end)}
    return next(_parts(text, kept), "")


def _parts(text: str, kept: set[int]) -> Iterator[str]:
    for i, char in enumerate(text):
        inside = char in _SILENT and not (text[i - 1].isspace() or text[i + 1].isspace())
        if not (char.isspace() or i in kept or inside):
            yield char
