"""Figures as tables on a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from labeler.metrics import POLICIES
from labeler.results import headline, tasks_of


def print_table(table: Table) -> None:
    """Print a table; in a pipe it is as wide as it needs to be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def number(value: float | None, digits: int = 3) -> str:
    """Return a figure, or `-` where it is undefined."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval(estimate: dict[str, float | None]) -> str:
    """Return a figure with its interval."""
    text = number(estimate["value"])
    if estimate.get("low") is not None:
        text += f" [dim]{number(estimate['low'])}–{number(estimate['high'])}[/dim]"
    return text


def comparison_tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of a `comparison_dict`."""
    tables = [_main(result)]
    if tasks_of(result):
        tables.append(_tasks(result))
    else:
        tables.append(_policies(result))
    return tables


def _rows(result: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, int]]]:
    rows = [(n, part["measures"], part["support"]) for n, part in result["observations"].items()]
    return rows + [(name, part, {}) for name, part in result["averages"].items()]


def _main(result: dict[str, Any]) -> Table:
    measure = headline(result)
    what = "positive" if measure == "positive" else "positive, uncertain counted as positive"
    table = Table(title=f"{result['reports']} reports: {what}", title_justify="left")
    table.add_column("observation")
    for name in ("n", "F1 (95%)", "precision", "recall", "specificity", "kappa", "MCC"):
        table.add_column(name, justify="right")
    difference = result.get("difference")
    if difference:
        table.add_column("F1 difference", justify="right")
    for name, measures, support in _rows(result):
        metrics = measures[measure]
        cells = [str(support.get(measure, "")), interval(metrics["f1"])]
        cells += [
            number(metrics[metric]["value"])
            for metric in ("precision", "recall", "specificity", "kappa", "mcc")
        ]
        if difference:
            part = difference["averages"].get(name) or difference["observations"][name]["measures"]
            cells.append(interval(part[measure]["f1"]))
        if name == "macro":
            table.add_section()
        table.add_row(name, *cells)
    return table


def _tasks(result: dict[str, Any]) -> Table:
    table = Table(title="F1 of the tasks, with support", title_justify="left")
    table.add_column("observation")
    for task in tasks_of(result):
        table.add_column(task, justify="right")
    table.add_column("weighted F1 (CheXbert)", justify="right")
    table.add_column("four-way kappa", justify="right")
    for name, measures, support in _rows(result):
        cells = []
        for task in tasks_of(result):
            if task not in measures:
                cells.append("")
                continue
            text = number(measures[task]["f1"]["value"])
            cells.append(f"{text} [dim]{support[task]:5}[/dim]" if support else text)
        part = result["observations"].get(name)
        cells += [interval(part["weighted_f1"]), number(part["kappa"]["value"])] if part else []
        if name == "macro":
            table.add_section()
            cells.append(interval(result["weighted_f1"]))
        table.add_row(name, *cells)
    return table


def _policies(result: dict[str, Any]) -> Table:
    table = Table(title="Uncertain labels as ones, zeros, or ignored: F1", title_justify="left")
    table.add_column("observation")
    for policy in POLICIES:
        table.add_column(policy, justify="right")
    for name, measures, _ in _rows(result):
        if name == "macro":
            table.add_section()
        table.add_row(name, *(interval(measures[policy]["f1"]) for policy in POLICIES))
    return table


def comparison_notes(result: dict[str, Any]) -> list[str]:
    """Return what a reader of the tables must know, a line each."""
    notes = []
    for side in ("predicted", "reference"):
        found = result[f"only_in_{side}"]
        if found["count"]:
            listed = ", ".join(found["ids"][:5]) + (", ..." if found["count"] > 5 else "")
            notes.append(f"{found['count']} id(s) only in {result[side]}: {listed} (all: --json)")
    if result["silent_in_reference"]:
        names = ", ".join(result["silent_in_reference"])
        notes.append(f"the reference says nothing about: {names}")
    if result["not_compared"]:
        notes.append(f"columns on one side only: {', '.join(result['not_compared'])}")
    meaning = result["empty_reference_cells_mean"]
    notes.append(f"an empty reference cell is taken for: {meaning} (--empty)")
    if meaning == "unknown":
        one_sided = [
            name
            for name, part in result["observations"].items()
            if part["measures"]["ones"]["specificity"]["value"] is None
        ]
        if one_sided:
            notes.append(
                f"no negatives in the reference, recall only: {', '.join(one_sided)} "
                "(labeler reference has --absent negative)"
            )
    return notes


def agreement_table(result: dict[str, Any]) -> Table:
    """Return the table of an `agreement_dict`."""
    title = f"{result['images']} images, {len(result['readers'])} readers"
    table = Table(title=title, title_justify="left")
    table.add_column("observation")
    for name in (
        "images",
        "ratings",
        "prevalence (95%)",
        "agreement",
        "Cohen's kappa",
        "Fleiss' kappa",
        "Krippendorff's alpha",
    ):
        table.add_column(name, justify="right")
    for name, part in result["observations"].items():
        table.add_row(
            name,
            str(part["images"]),
            str(part["ratings"]),
            interval(part["prevalence"]),
            number(part["agreement"]),
            number(part["cohen_kappa"]),
            number(part["fleiss_kappa"]),
            number(part["krippendorff_alpha"]),
        )
    return table
