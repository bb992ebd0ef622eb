"""An explanation in the terminal: coloured where the terminal has colours, plain in a pipe."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.text import Text

from labeler.authoring.phrasebook import Entry
from labeler.authoring.trace import SentenceTrace
from labeler.explanation.explain import NAMES, Explanation, LabelReason, Reason
from labeler.explanation.marks import Block, Marked, describe, pieces
from labeler.types import ATTRIBUTES

STYLES: dict[int | None, str] = {
    1: "bold red",
    0: "bold blue",
    -1: "bold magenta",
    None: "dim",
}
"""Label value -> how it is written."""
SIGNS = {1: "+", 0: "-", -1: "?"}
_CUE = "underline yellow"
# What a terminal would obey instead of showing: a report must not move the cursor.
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print the marked text, then for each label its sentences and rule lines."""
    color = console.is_terminal
    numbers = {reason.mark: reason.number for reason in explanation.reasons}
    for block in explanation.blocks:
        if block.name:
            console.print(Text(block.name, style="bold"))
        console.print(_marked(block, numbers, color=color))
        console.print()
    if not explanation.labels:
        console.print("no labels: the text mentions none of the observations")
    for label in explanation.labels:
        console.print(_label(label))
        for reason in label.made_by:
            console.print(_reason(reason))
        for reason in label.outvoted:
            line = _reason(reason)
            line.stylize("dim")
            line.append(" (outvoted)", style="dim")
            console.print(line)
    others = [reason for reason in explanation.reasons if reason.hidden]
    if others:
        console.print(Text("Also read, not a label", style="dim"))
        for reason in others:
            console.print(_reason(reason))


def safe(text: str) -> str:
    """Text without control characters, of the same length."""
    return text.translate(_CONTROLS)


def place(entry: Entry) -> str:
    """`file:line` of a rule line, the file relative to where the user stands if it is below."""
    return f"{_near(entry.file, Path.cwd())}:{entry.line}"


@cache
def _near(file: Path, here: Path) -> Path:
    try:
        return file.resolve().relative_to(here)
    except ValueError:
        return file


def _marked(block: Block, numbers: Mapping[Marked, int], *, color: bool) -> Text:
    """The text with `[mention]1+` and `«cue»1`; the numbers tie them and lead to the list below."""
    if not block.name:
        return Text(("" if color else "(not labelled) ") + safe(block.text.strip()), style="dim")
    out = Text()
    open_cues: tuple[object, ...] = ()
    opened: set[object] = set()
    parts = pieces(block.text, block.mentions)
    for i, piece in enumerate(parts):
        following = parts[i + 1].cues if i + 1 < len(parts) else ()
        if piece.cues and piece.cues != open_cues:
            out.append("" if color else "«")
        starting = [m for m in piece.mentions if m not in opened]
        opened.update(starting)
        if starting and not color:
            out.append("[")
        style = ""
        if piece.mentions:
            style = STYLES[piece.mentions[-1].value]
        if piece.cues:
            style = f"{style} {_CUE}".strip() if not piece.mentions else f"{style} underline"
        out.append(safe(piece.text), style=style)
        if piece.ends:
            if not color:
                out.append("]")
            tags = ",".join(f"{numbers[m]}{SIGNS[m.value]}" for m in piece.ends)
            out.append(tags, style=f"{STYLES[piece.ends[-1].value]} dim" if color else "")
        if piece.cues and piece.cues != following:
            ties = ",".join(str(numbers[m]) for m in piece.cues)
            out.append(ties if color else f"»{ties}", style="yellow dim" if color else "")
        open_cues = piece.cues
    out.rstrip()
    return out


def _label(label: LabelReason) -> Text:
    line = Text(f"{label.observation}: ", style="bold")
    line.append(NAMES[label.value], style=STYLES[label.value])
    if label.note:
        line.append(f" - {label.note}")
    return line


def _reason(reason: Reason) -> Text:
    mention = reason.mention
    line = Text(f"  {reason.number}. ")
    line.append(safe(" ".join(mention.sentence.split())))
    line.append(f"\n     {NAMES[mention.value]} {mention.observation}", style=STYLES[mention.value])
    line.append(f" in {mention.section}: ")
    line.append(f"{place(reason.rule)}", style="cyan")
    line.append(f"  {mention.rule}")
    if reason.mark.attributes:
        line.append(f"\n     {reason.mark.attributes}")
    if mention.cue:
        line.append(f"\n     by the words {safe(mention.cue)!r}: ")
        line.append(place(reason.cue) if reason.cue else "how they stand together", style="cyan")
    return line


def print_trace(trace: SentenceTrace, console: Console) -> None:
    """Print what each stage made of a sentence."""
    console.print(Text(safe(trace.text), style="bold"))
    read = " ".join(norm for _, norm in trace.tokens)
    console.print(Text(f"  read as   {safe(read)}"))
    _heading(console, "phrases", not trace.phrases)
    for hit in trace.phrases:
        line = Text(f"    {hit.entry.role} {safe(hit.words)!r}")
        if hit.entry.rule or hit.entry.owner:
            line.append(f" of {hit.entry.rule or hit.entry.owner}")
        line.append(f"  {place(hit.entry)}", style="cyan")
        if hit.why_not:
            line.append(f"  left out: {safe(hit.why_not)}", style="yellow")
        console.print(line)
    _heading(console, "states", not trace.states)
    for state in trace.states:
        console.print(Text(f"    {safe(state.structure)!r} is {safe(state.state)!r}: {state.kind}"))
    _heading(console, "clauses", not trace.clauses)
    for clause in trace.clauses:
        by = f"  [{clause.rule}]" if clause.rule else ""
        console.print(Text(f"    | {safe(clause.words)}{by}"))
    _heading(console, "cues", not trace.cues)
    for cue in trace.cues:
        console.print(
            Text(f"    {safe(cue.words)!r} ({cue.group}, {cue.direction}): {safe(cue.reaches)!r}")
        )
    _heading(console, "mentions", not trace.decisions)
    for decision in trace.decisions:
        line = Text(f"    {decision.observation}: ")
        line.append(NAMES[decision.value], style=STYLES[decision.value])
        line.append(f"  {safe(decision.words)!r}  {decision.rule}")
        line.append(f"  by {safe(decision.cue)!r}" if decision.cue else "  stated")
        if told := describe(dict(zip(ATTRIBUTES, decision.attributes, strict=True))):
            line.append(f"  {told}")
        console.print(line)
    console.print()


def _heading(console: Console, name: str, empty: bool) -> None:
    console.print(Text(f"  {name}" + (": none" if empty else "")))
