"""The page in which a person labels reports."""

import json
from typing import Any

from labeler.explanation.annotation_sheet import Sheet, SheetReport
from labeler.explanation.marks import pieces
from labeler.pages.render import render

_ORDER: tuple[int | None, ...] = (1, 0, -1, None)
_KEYS: dict[int | None, str] = {1: "1", 0: "0", -1: "-", None: "."}


def annotation_page(sheet: Sheet, title: str, *, reader: str = "") -> str:
    """Render reports to label as one self-contained page.

    What a reader enters stays in his browser, under his name and the digests of the reports, until
    he saves it as a label table. The page of a blind sheet has no labels or evidence of the machine.

    Args:
        sheet: the reports.
        title: what the page is about, the input's name.
        reader: the reader's name; `""`: the page asks for it.
    """
    return render(
        "annotation.html",
        title=title,
        sheet=sheet,
        reader=reader,
        order=_ORDER,
        keys=_KEYS,
        id_names=json.dumps(sheet.id_names, ensure_ascii=False),
        reports=[_report(report, sheet) for report in sheet.reports],
    )


def _report(report: SheetReport, sheet: Sheet) -> dict[str, Any]:
    labels = report.labels
    codes = [] if labels is None else [labels[name] for name in sheet.observations]
    return {
        "id": report.id,
        "key": json.dumps(report.key, ensure_ascii=False),
        "digest": report.digest,
        "machine": json.dumps(["" if code is None else str(code) for code in codes]),
        "doubt": report.doubt,
        "blocks": [
            {
                "name": block.name,
                "pieces": pieces(block.text, block.mentions),
                "mentions": block.mentions,
            }
            for block in report.blocks
        ],
    }
