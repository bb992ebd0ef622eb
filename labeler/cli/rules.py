"""`labeler rules`: check, read and try the rules."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.command import Command
from labeler.cli.options import LabelSet, Language, Rules

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_CHECK = """
**Examples**

`labeler rules check`

`labeler rules check my-rules/`

`labeler rules check --corpus reports.csv`
"""


@app.command(cls=Command, epilog=_CHECK)
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Rule folder. [default: the one of the package]",
            show_default=False,
        ),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            metavar="INPUT",
            help="Also list the rules and phrases that no example and no report here uses.",
        ),
    ] = None,
    label_set: Annotated[
        str, typer.Option(help="The label set that --corpus looks at.")
    ] = "chexpert",
    language: Annotated[
        str | None, typer.Option(help="Only this language; all of the folder by default.")
    ] = None,
) -> None:
    """Load every rule file of a folder and run its examples; exit status 1 where one fails."""
    from labeler.authoring.check import check_rules

    outcome = check_rules(folder, language)
    for failure in outcome.failures:
        typer.echo(str(failure))
    for file in outcome.skipped:
        typer.echo(f"{file}: examples not run: no label set here has their observations", err=True)
    held = len(outcome.examples) - len(outcome.failures)
    typer.echo(
        f"{', '.join(outcome.label_sets)}: {held} of {len(outcome.examples)} examples hold",
        err=True,
    )
    if corpus is not None:
        _report_unused(label_set, folder, corpus, language or "en")
    if outcome.failures:
        raise typer.Exit(1)


def _report_unused(label_set: str, folder: Path | None, corpus: str, language: str) -> None:
    from labeler.authoring.usage import unused
    from labeler.corpus.reports import open_reports

    usage = unused(label_set, folder, open_reports([corpus]).reports, language)
    for entry in usage.rules:
        typer.echo(f"{entry.file}:{entry.line}: rule {entry.rule!r} is never used")
    for entry in usage.phrases:
        typer.echo(f"{entry.file}:{entry.line}: {entry.role} {entry.phrase!r} is never used")
    typer.echo(
        f"{label_set}: {len(usage.rules)} rules and {len(usage.phrases)} phrases are used by no "
        f"example and none of {usage.reports} reports",
        err=True,
    )


_SHOW = """
**Examples**

`labeler rules show`

`labeler rules show Edema`

`labeler rules show calcified_nodule`
"""


@app.command(cls=Command, epilog=_SHOW)
def show(
    label: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A finding, label, findings file or attribute; all in brief without one.",
        ),
    ] = None,
    rules: Rules = None,
    label_set: LabelSet = "chexpert",
    language: Language = "en",
) -> None:
    """List findings and the labels they feed, or print one: phrases, exclusions, examples."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from labeler.authoring.show import find_shown, overview_lines, shown_lines
    from labeler.rules.load import load_rules

    loaded = load_rules(label_set, rules, language)
    console = Console(highlight=False)
    if label is None:
        lines = overview_lines(loaded)
    else:
        lines = shown_lines(loaded, find_shown(loaded, label))
    looks = {"title": ("bold", 0), "head": ("bold cyan", 0), "item": ("bold", 2), "text": ("", 4)}
    for kind, line in lines:
        style, indent = looks[kind]
        if kind == "head":
            console.print()
        console.print(Padding(Text(line, style=style), (0, 0, 0, indent), expand=False))


_TRY = """
**Examples**

`labeler rules try "Blunting of the angle, likely a small effusion."`

`labeler rules try --rules my-rules/ "Heart: borderline."`
"""


@app.command(cls=Command, name="try", epilog=_TRY)
def try_(
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="The text to trace.")],
    rules: Rules = None,
    label_set: LabelSet = "chexpert",
    language: Language = "en",
) -> None:
    """Trace a sentence stage by stage: what fired, what was left out, and why."""
    from rich.console import Console

    from labeler.authoring.trace import Tracer
    from labeler.explanation.explain_text import print_trace
    from labeler.rules.load import load_rules

    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, soft_wrap=True)
    for trace in Tracer(load_rules(label_set, rules, language))(sentence):
        print_trace(trace, console)


_INIT = """
**Examples**

`labeler rules init my-rules --extend chexpert`

`labeler label reports.csv --rules my-rules --label-set local --output labels.csv`

`labeler rules init all-rules`
"""


@app.command(cls=Command, epilog=_INIT)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write.")],
    extend: Annotated[
        str | None,
        typer.Option(help="Write a small overlay that extends this label set; else a full copy."),
    ] = None,
) -> None:
    """Write a rule folder of your own: an overlay on the rules that come with labeler, or a copy of them."""
    from labeler.authoring.init import init_rules

    for path in init_rules(folder, extend):
        typer.echo(str(path))


_DIFF = """
**Examples**

`labeler rules diff old-rules new-rules --corpus reports.csv`

`labeler rules diff shipped my-rules --corpus reports.csv --label-set chexpert`
"""


@app.command(cls=Command, epilog=_DIFF)
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="Rule folder; `shipped` is the package's own.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Rule folder to compare with it.")],
    corpus: Annotated[str, typer.Option(metavar="INPUT", help="The reports to label by both.")],
    label_set: LabelSet = "chexpert",
) -> None:
    """Show which reports change label between two rule folders, and by which mentions."""
    from collections import Counter

    from labeler.authoring.check import NAMES
    from labeler.authoring.diff import rule_changes
    from labeler.corpus.reports import open_reports

    before_folder, after_folder = (None if name == "shipped" else name for name in (old, new))
    counts: Counter[tuple[str, str, str]] = Counter()
    changed: set[str] = set()
    for change in rule_changes(
        before_folder, after_folder, open_reports([corpus]).reports, label_set
    ):
        before, after = NAMES[change.before], NAMES[change.after]
        counts[change.label, before, after] += 1
        changed.add(change.id)
        typer.echo(f"{change.id}\t{change.label}\t{before} -> {after}")
        for sign, mentions in (("-", change.lost), ("+", change.gained)):
            for m in mentions:
                by = f", by {m.cue!r}" if m.cue else ""
                typer.echo(f"  {sign} {m.text!r} {NAMES[m.value]}{by} ({m.rule})")
    for (label, before, after), count in sorted(counts.items()):
        typer.echo(f"{label}: {before} -> {after}: {count}", err=True)
    typer.echo(f"{len(changed)} reports change", err=True)


_SCHEMA = """
**Examples**

`labeler rules schema schemas/`
"""


@app.command(cls=Command, epilog=_SCHEMA)
def schema(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to.")],
) -> None:
    """Write JSON Schemas of the rule files, by which editors complete and check them."""
    import json

    from pydantic import BaseModel

    from labeler.authoring.init import writing_into
    from labeler.references.crosswalk import Crosswalk
    from labeler.rules import assertion_schema, attributes, text_schema
    from labeler.rules import schema as shapes

    models: dict[str, type[BaseModel]] = {
        "findings": shapes.FindingsFile,
        "label_set": shapes.LabelSetFile,
        "cues": assertion_schema.CueFile,
        "states": assertion_schema.StatesFile,
        "clauses": assertion_schema.ClausesFile,
        "sections": text_schema.SectionsFile,
        "spelling": text_schema.SpellingFile,
        "examples": shapes.LabelExamplesFile,
        "attributes": attributes.AttributeFile,
        "attributes_binding": attributes.BindingFile,
        "forms": text_schema.FormsFile,
        "silent": shapes.SilentFile,
        "doubt": shapes.DoubtFile,
        "fragments": shapes.FragmentsFile,
        "language": text_schema.LanguageFile,
        "overlay": shapes.OverlayFile,
        "crosswalk": Crosswalk,
    }
    with writing_into(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, model in models.items():
            path = folder / f"{name}.schema.json"
            text = json.dumps(model.model_json_schema(), indent=1) + "\n"
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))
