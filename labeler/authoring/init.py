"""A rule folder to begin with: an overlay on the package's rules, or a full copy of them."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from labeler.errors import InputError
from labeler.rules.label_sets import known_label_sets
from labeler.rules.location import OVERLAY, layers_of, rules_folder

_OVERLAY = """\
# The files of this folder come on top of the rules that labeler ships: a new file adds to them, a file of the
# same name (en/spelling.yaml) takes the place of theirs.
definition: Our own findings, phrases and labels.
"""
_FINDINGS = """\
# A phrase of our own for a finding that there is already: a kind of it, with its `family` (labeler rules
# show pneumothorax tells both).
family: pneumothorax
findings:
  - id: air_leak_sign
    parent: pneumothorax          # counts wherever pneumothorax counts
    phrases: [air leak sign]
    examples:
      positive: ["Air leak sign on the left."]
      negative: ["No air leak sign."]
"""
_NEW = """\
family: sternal wires
# They do not stand in the way of No Finding: label_sets/local.yaml says so.
definition: Wires that close the sternum.
findings:
  - id: sternotomy_wire
    phrases: ["(sternal|sternotomy) wire"]
    examples:
      positive: ["Sternotomy wires are intact."]
      negative: ["No sternal wires."]
"""
_LABELS = """\
name: local
definition: The labels of {base}, and one of our own.
extends: {base}
labels:
  - name: Sternotomy Wires
    findings: [sternotomy_wire]
"""
_NO_FINDING = """\
no_finding:
  label: {label}
  ignores: [{ignores}]
"""


@contextlib.contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Turn the errors of a folder that cannot be written into an `InputError`."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written into ({error.strerror or 'some files failed'}); name another folder"
        ) from error


def init_rules(folder: Path, extend: str | None = None) -> list[Path]:
    """Write a rule folder.

    Args:
        folder: a folder that is not there, or empty.
        extend: the label set to extend: write an overlay; without one a full copy.

    Returns:
        The files written.

    Raises:
        InputError: there is something in the folder already, it cannot be written into, or there is no
            such label set.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is there already: name a new folder")
    if extend is None:
        with writing_into(folder):
            shutil.copytree(rules_folder(), folder, dirs_exist_ok=True)
        return sorted(folder.rglob("*.yaml"))
    shipped = layers_of(None)
    known = known_label_sets(shipped)
    if extend not in known:
        raise InputError(f"--extend {extend}: no such label set; there are {', '.join(known)}")
    files = {
        OVERLAY: _OVERLAY,
        "en/findings/our_phrases.yaml": _FINDINGS,
        "en/findings/sternal_wires.yaml": _NEW,
        "label_sets/local.yaml": _LABELS.format(base=extend) + _no_finding(extend),
    }
    with writing_into(folder):
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return [folder / name for name in files]


def _no_finding(label_set: str) -> str:
    """The rule of No Finding with the new finding among those that do not prevent it."""
    from labeler.rules.load import load_rules

    rule = load_rules(label_set).label_set.no_finding
    if rule is None or rule.judged_by != "findings":
        return ""
    ignores = ", ".join([*rule.ignores, "sternotomy_wire"])
    return _NO_FINDING.format(label=rule.label, ignores=ignores)
