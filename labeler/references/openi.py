"""Open-i: the human MeSH codes, from a table with a `MeSH` column or the XML files; NIH-14 gold.

A code is a heading with qualifiers, `Opacity/lung/base/left`; codes are joined by `;` in tables.
Without any code, and with `No Indexing`, a report says nothing. The gold table of NIH's 14 labels
(`openi_gld_std14.csv`) was derived from the same codes: a 0 there is an absent code.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as ElementTree
import numpy as np
import pandas as pd
from defusedxml.common import DefusedXmlException

from labeler.errors import InputError
from labeler.references.columns import first_of, full_ids, named_columns, read_rows
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import ABSENT, NamedLabels, from_lists, stack
from labeler.tables.labels import check_unique
from labeler.tables.names import BLANK, CHESTXRAY14

_IDS = ("uid", "filename", "id", "uId", "pmcId")
_GOLD = frozenset({*CHESTXRAY14, "normal"})


def read(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read Open-i codes from tables, XML files, and folders of XML files.

    Raises:
        InputError: a file is not of this form, or a report is there twice.
    """
    parts = []
    xml: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.xml"))
            if not found:
                raise InputError(f"{path}: no .xml file in this folder")
            xml.extend(found)
        elif path.suffix.lower() == ".xml":
            xml.append(path)
        else:
            parts.append(_table(path, crosswalk))
    if xml:
        pairs = [_parse(path) for path in xml]
        ids = pd.DataFrame({"uid": [uid for uid, _ in pairs]}, dtype=object)
        parts.append(
            _codes(ids, "uid", [codes for _, codes in pairs], crosswalk, lambda row: str(xml[row]))
        )
    if len({part.id_name for part in parts}) > 1:
        raise InputError("openi: give files with the same id column")
    labels = stack(parts)
    check_unique(pd.Index(labels.keys[labels.id_name]), source=paths[-1], id_name=labels.id_name)
    return labels


def _table(path: Path, crosswalk: Crosswalk) -> NamedLabels:
    frame = read_rows(path, columns=lambda name: name in _IDS or name in _GOLD or name == "MeSH")
    id_name = first_of(frame, _IDS, path)
    full_ids(frame, id_name, path)
    if "MeSH" in frame.columns:
        cells = frame["MeSH"].astype("string").fillna("")
        lists = [[code.strip() for code in str(cell).split(";") if code.strip()] for cell in cells]
        keys = frame[[id_name]].astype(object)
        return _codes(keys, id_name, lists, crosswalk, lambda row: f"{path}: row {row + 1}")
    names = [name for name in frame.columns if name in _GOLD]
    if not names:
        raise InputError(f"{path}: neither a 'MeSH' column nor NIH's 14 labels")
    labels = named_columns(frame, path, crosswalk, keys=[id_name], id_name=id_name, names=names)
    labels.values[labels.values == 0] = ABSENT
    return labels


def _codes(
    keys: pd.DataFrame,
    id_name: str,
    lists: list[list[str]],
    crosswalk: Crosswalk,
    places: Callable[[int], str],
) -> NamedLabels:
    rows = np.repeat(np.arange(len(lists)), [len(codes) for codes in lists])
    terms = [code for codes in lists for code in codes]
    values, unknown = from_lists(
        rows,
        terms,
        len(lists),
        crosswalk,
        place_of=lambda term: places(int(rows[term])),
        separator="/",
    )
    values[[not codes for codes in lists]] = BLANK
    return NamedLabels(keys, id_name, values, unknown=unknown)


def _parse(path: Path) -> tuple[str, list[str]]:
    try:
        root: Element = ElementTree.fromstring(path.read_bytes())
    except DefusedXmlException as error:
        raise InputError(f"{path}: declares entities; Open-i's files do not") from error
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (LookupError, ValueError) as error:
        raise InputError(f"{path}: XML in an encoding that cannot be read") from error
    except ParseError as error:
        line, column = error.position
        raise InputError(f"{path}: line {line}, column {column}: not well-formed XML") from error
    name = root.find("uId")
    uid = name.get("id") if name is not None else None
    if root.tag != "eCitation" or not uid:
        raise InputError(f"{path}: no Open-i report (eCitation with a uId)")
    return uid, list(_majors(root))


def _majors(root: Element) -> Iterator[str]:
    for major in root.iterfind("MeSH/major"):
        if major.text and major.text.strip():
            yield major.text.strip()
