"""Recognises the columns with the ids and the text by their names."""

from collections.abc import Sequence

from labeler.errors import InputError
from labeler.readers.records import Columns
from labeler.tables.names import (
    FURTHER_SECTIONS,
    KNOWN_FILES,
    SECTIONS,
    TEXTS,
    find_ids,
    fold_name,
    listing,
)

ALL = "all"
"""What stands for every column of the input where columns to keep are named."""


def recognise(
    names: Sequence[str],
    file: str,
    *,
    text: str | None = None,
    findings: str | None = None,
    impression: str | None = None,
    ids: Sequence[str] = (),
    keep: Sequence[str] = (),
    also: Sequence[str] = (),
) -> Columns:
    """Find the id and text columns of a table.

    Args:
        names: the table's column names, in order.
        file: the file's name for messages.
        text: the column of raw report text, where the user named it.
        findings: the column of the findings, where the user named it.
        impression: the column of the impression, where the user named it.
        ids: the id columns, where the user named them.
        keep: further columns to read, or `ALL` for all of them.
        also: further columns to read if they are there.

    Returns:
        The columns to read.

    Raises:
        InputError: a named column is missing or repeated, or the names leave no or several choices.
    """
    if text is not None and (findings is not None or impression is not None):
        raise InputError("--text goes without --findings and --impression: choose one way")
    for name in (text, findings, impression, *ids, *(() if ALL in keep else keep)):
        if name is not None and names.count(name) != 1:
            problem = "no column" if name not in names else "more than one column"
            raise InputError(f"{file}: {problem} {name!r}; its columns: {listing(names)}")

    known: dict[str, list[str]] = {}
    for name in names:
        known.setdefault(fold_name(name), []).append(name)
    known_id, known_text, is_split = None, None, False
    for signature, file_id, file_text in KNOWN_FILES:
        if signature <= known.keys():
            known_id, known_text, is_split = file_id, file_text, file_text is None
            break

    if text is not None:
        found_text, sections = text, {}
    elif findings is not None or impression is not None:
        given = {"findings": findings, "impression": impression}
        found_text, sections = None, {name: column for name, column in given.items() if column}
    else:
        found_text, sections = _find_text(known, names, file, known_text, is_split)
    taken = {found_text, *sections.values()}
    found_ids = tuple(ids) or _find_ids(known, names, file, known_id, taken)
    kept = names if ALL in keep else keep
    for name in kept:
        if names.count(name) > 1:
            raise InputError(
                f"{file}: more than one column {name!r}; its columns: {listing(names)}"
            )
    extras = tuple(name for name in dict.fromkeys(kept) if name not in found_ids)
    more = {
        name: known[fold_name(name)][0] for name in also if len(known.get(fold_name(name), ())) == 1
    }
    return Columns(found_ids, found_text, sections, extras, more)


def _find_text(
    known: dict[str, list[str]],
    names: Sequence[str],
    file: str,
    known_text: str | None,
    is_split: bool,
) -> tuple[str | None, dict[str, str]]:
    whole = [column for key in known if key in TEXTS for column in known[key]]
    families = [
        {section: known[key] for section, key in family.items() if key in known}
        for family in SECTIONS
    ]
    split = [family for family in families if family]
    if known_text:
        split, whole = [], known[known_text]
    elif is_split:
        whole = []
    repeated = any(len(columns) > 1 for family in split for columns in family.values())
    if len(whole) + len(split) > 1 or repeated:
        raise InputError(
            f"{file}: several columns may hold the reports: choose with --text, or with --findings "
            f"and --impression; its columns: {listing(names)}"
        )
    if whole:
        return whole[0], {}
    if not split:
        hint = " (a file without a header line needs --no-header)" if len(names) == 1 else ""
        raise InputError(
            f"{file}: no column is known to hold the reports: name it with --text, or with "
            f"--findings and --impression{hint}; its columns: {listing(names)}"
        )
    sections = {section: columns[0] for section, columns in split[0].items()}
    for section, keys in FURTHER_SECTIONS.items():
        columns = [column for key in keys for column in known.get(key, [])]
        if len(columns) == 1:
            sections[section] = columns[0]
    return None, sections


def _find_ids(
    known: dict[str, list[str]],
    names: Sequence[str],
    file: str,
    known_id: str | None,
    taken: set[str | None],
) -> tuple[str, ...]:
    if known_id:
        return (known[known_id][0],)
    found = find_ids(names, taken)
    if len(found) > 1:
        raise InputError(
            f"{file}: several columns may hold the ids: choose with --id; its columns: "
            f"{listing(names)}"
        )
    return found[0] if found else ()
