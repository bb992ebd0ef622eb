"""Figures as tables on a terminal, at most 80 columns wide."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from labeler.comparison.metrics import POLICIES
from labeler.comparison.results import headline, tasks_of


def print_table(table: Table) -> None:
    """Print a table; in a pipe it is as wide as it needs to be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table)
    console.print()


def number(value: float | None, digits: int = 3) -> str:
    """Return a figure, or `-` where it is undefined."""
    return "-" if value is None else f"{value:.{digits}f}"


def span(estimate: dict[str, float | None]) -> str:
    """Return a figure's interval, or nothing where there is none."""
    low, high = estimate.get("low"), estimate.get("high")
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def interval(estimate: dict[str, float | None]) -> str:
    """Return a figure with its interval."""
    between = span(estimate)
    return number(estimate["value"]) + (f" [dim]{between}[/dim]" if between else "")


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
    )
    table.add_column("observation", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def comparison_tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of a `comparison_dict`."""
    return [_main(result), _tasks(result) if tasks_of(result) else _policies(result)]


def _rows(result: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, int]]]:
    rows = [(n, part["measures"], part["support"]) for n, part in result["observations"].items()]
    return rows + [(name, part, {}) for name, part in result["averages"].items()]


def _main(result: dict[str, Any]) -> Table:
    measure = headline(result)
    what = "positive" if measure == "positive" else "positive, uncertain counted as positive"
    difference = result.get("difference")
    columns = ["n", "F1", "95%", "prec.", "recall"]
    columns += ["ΔF1", "95%"] if difference else ["spec.", "kappa", "MCC"]
    table = _table(f"{result['reports']} reports: {what}", *columns)
    for name, measures, support in _rows(result):
        metrics = measures[measure]
        cells = [str(support.get(measure, "")), number(metrics["f1"]["value"])]
        cells.append(f"[dim]{span(metrics['f1'])}[/dim]")
        shown = ("precision", "recall", "specificity", "kappa", "mcc")
        cells += [number(metrics[metric]["value"]) for metric in shown[: 2 if difference else 5]]
        if difference:
            part = difference["averages"].get(name) or difference["observations"][name]["measures"]
            estimate = part[measure]["f1"]
            cells += [number(estimate["value"]), f"[dim]{span(estimate)}[/dim]"]
        if name == "macro":
            table.add_section()
        table.add_row(name, *cells)
    return table


def _tasks(result: dict[str, Any]) -> Table:
    title = "F1 and support of the tasks, and CheXbert's weighted F1"
    table = _table(title, "mention", "positive", "negation", "uncertainty", "w. F1")
    for name, measures, support in _rows(result):
        cells = []
        for task in tasks_of(result):
            if task not in measures:
                cells.append("")
                continue
            text = number(measures[task]["f1"]["value"])
            cells.append(f"{text} [dim]{support[task]:4}[/dim]" if support else f"{text}     ")
        part = result["observations"].get(name)
        if part:
            cells.append(number(part["weighted_f1"]["value"]))
        if name == "macro":
            table.add_section()
            cells.append(number(result["weighted_f1"]["value"]))
        table.add_row(name, *cells)
    return table


def _policies(result: dict[str, Any]) -> Table:
    table = _table("F1 with uncertain labels as ones, as zeros, or ignored", *POLICIES)
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
    title = (
        f"{result['images']} images, {len(result['readers'])} readers: prevalence, percent "
        "agreement,\nCohen's and Fleiss' kappa, Krippendorff's alpha"
    )
    table = _table(title, "images", "preval.", "95%", "agree", "Cohen", "Fleiss", "alpha")
    for name, part in result["observations"].items():
        table.add_row(
            name,
            str(part["images"]),
            number(part["prevalence"]["value"]),
            f"[dim]{span(part['prevalence'])}[/dim]",
            number(part["agreement"]),
            number(part["cohen_kappa"]),
            number(part["fleiss_kappa"]),
            number(part["krippendorff_alpha"]),
        )
    return table
