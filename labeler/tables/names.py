"""Names and codes: which column holds what, and what a cell means. The only place that defines them.

Column names are compared without case, spaces, hyphens and underscores (`fold_name`), so that
`Study ID`, `study_id` and `StudyID` are one name to every command.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

BLANK = -2
"""Stands for an empty cell: not mentioned, or not known."""

CHEXPERT = (
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Lesion",
    "Lung Opacity",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)
"""The 14 observations in chexpert-labeler's order."""

CHESTXRAY14 = (
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
    "Consolidation",
    "Edema",
    "Emphysema",
    "Fibrosis",
    "Pleural_Thickening",
    "Hernia",
)
"""NIH's 14 labels in the order of its papers."""

OTHER_LABELS = {"airspaceopacity": "Lung Opacity"}
"""Folded name -> observation: MIMIC-CXR's radiologist-labelled set has a name of its own."""

CODES = {
    **dict.fromkeys(("1", "positive", "pos", "true", "t", "yes", "y", "present"), 1),
    **dict.fromkeys(("0", "negative", "neg", "false", "f", "no", "n", "absent"), 0),
    **dict.fromkeys(("-1", "−1", "uncertain", "unc", "u", "unsure", "possible"), -1),
    **dict.fromkeys(
        ("", "nan", "na", "n/a", "<na>", "none", "null", "blank", "not mentioned", "unmentioned"),
        BLANK,
    ),
}
"""What a cell of a label table can say -> its code."""

TEXTS = frozenset(
    (
        "report",
        "reports",
        "text",
        "reporttext",
        "reportimpression",
        "radiologyreport",
        "fullreport",
        "rawtext",
        "notetext",
    )
)
"""Columns that hold a report's whole text."""

SECTIONS = (
    {"findings": "findings", "impression": "impression"},
    {"findings": "sectionfindings", "impression": "sectionimpression"},
)
"""Families of columns that hold the sections of a report that is already split."""

FURTHER_SECTIONS = {
    "last_paragraph": ("lastparagraph", "sectionlastparagraph"),
    "comparison": ("comparison", "sectioncomparison"),
}
"""Further sections, which only the `impression-first` policy falls back on."""

IDS = (
    "uid",
    "id",
    "noteid",
    "studyid",
    "reportid",
    "examid",
    "imageid",
    "dicomid",
    "accession",
    "accessionnumber",
    "study",
    "imageindex",
    "filename",
    "file",
    "pathtoimage",
)
"""Id columns, the likeliest first."""

_IMAGES = frozenset(
    ("imageid", "dicomid", "imageindex", "pathtoimage", "path", "pngpath", "dicompath", "filename")
)
_LESSER_IDS = ("path", "rowid")
_PAIRS = (("subjectid", "studyid"), ("subjectid", "study"), ("subjectid", "hadmid"))
_ROW = "row"  # the row numbers that `labeler label` writes where a corpus has no ids

READERS = ("reader", "rad_id")
"""Columns of a label table that name the reader."""

KNOWN_FILES = (
    (  # CheXpert Plus: the sections are the report's own, already split
        {"pathtoimage", "report", "sectionfindings", "sectionimpression"},
        "pathtoimage",
        None,
    ),
    ({"imageid", "studyid", "report", "reportid"}, "imageid", "report"),  # PadChest
    ({"id", "report", "imagepath", "split"}, "id", "report"),  # R2Gen's annotation.json
)
"""Published files with several candidates: (columns that tell the file, its id, its text)."""

_NAME = re.compile(r"[^\W\d]\w*(?:[ ./#()\[\]-]{1,2}\w+){0,3}[)\]]?")


_NUMBER = re.compile(r"\d{4}")


def fold_name(name: str) -> str:
    """Return a name as names are compared: without case, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def find_section(column: str) -> str | None:
    """Return the section whose usual column name this is, `None` if it is no section's."""
    fold = fold_name(column)
    for family in SECTIONS:
        for section, name in family.items():
            if name == fold:
                return section
    return None


def find_ids(
    names: Iterable[str], taken: Collection[str | None] = ()
) -> tuple[tuple[str, ...], ...]:
    """Find the columns that may be the id.

    Args:
        names: the table's columns.
        taken: columns that are something else.

    Returns:
        The candidates, the likeliest first, each the columns that make up the id together:
        a subject and its study come as a pair. A path, a row's number, and the pair of subject and
        admission (in this order) are candidates only where there is no other.
    """
    known: dict[str, list[str]] = {}
    for name in names:
        if name not in taken:
            known.setdefault(fold_name(name), []).append(name)

    def pair(keys: tuple[str, str]) -> tuple[str, ...]:
        return tuple(known[key][0] for key in keys if len(known.get(key, ())) == 1)

    for keys in _PAIRS[:2]:
        if len(found := pair(keys)) == 2:
            return (found,)
    single = tuple((name,) for key in IDS for name in known.get(key, ()))
    if single:
        return single
    lesser = tuple((name,) for key in _LESSER_IDS for name in known.get(key, ()))
    admission = pair(_PAIRS[2])
    row = tuple((name,) for name in known.get(_ROW, ()))
    return lesser or ((admission,) if len(admission) == 2 else row)


def find_images(names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that may name an image, in the table's order."""
    return tuple(name for name in names if fold_name(name) in _IMAGES)


def key_columns(ids: Sequence[str]) -> tuple[str, ...]:
    """Return those id columns that distinguish the rows: a study determines its subject."""
    folded = tuple(fold_name(name) for name in ids)
    return tuple(ids[-1:]) if folded in _PAIRS else tuple(ids)


def read_value(cell: Any) -> int | None:
    """Return the code of one cell, or None if it is not a label."""
    text = str(cell).strip().casefold()
    if text in CODES:
        return CODES[text]
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number in (1, 0, -1) else None


def looks_like_name(name: str) -> bool:
    """Does a text look like a column's or label's name, and neither like a number nor a sentence?

    A file without a header has a row of a report where the names should be.
    """
    return len(name) <= 40 and bool(_NAME.fullmatch(name)) and not _NUMBER.search(name)


def shown(name: str, place: int) -> str:
    """Name a column in a message: by its name, or by its place if it does not look like a name.

    Args:
        name: the name.
        place: the column's place in the table, from 1.
    """
    return repr(name) if looks_like_name(name) else f"number {place}"


def shape(cell: str) -> str:
    """Return what a cell looks like, without what it says: `s9999/a 9` for `s1234/x 1`."""
    text = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))
    return text[:24] + ("..." if len(text) > 24 else "")


def listing(names: Iterable[str]) -> str:
    """List column names for a message, unless one of them does not look like a name.

    A file without a header has a report where the names should be: that must not be printed.
    """
    names = [str(name) for name in names]
    if not all(not name or looks_like_name(name) for name in names):
        return f"{len(names)}, not listed here, for the first line does not look like names"
    return ", ".join(map(repr, names[:60])) + (", ..." if len(names) > 60 else "")
