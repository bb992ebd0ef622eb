"""A labeler without rules: labels that depend on the text alone, in no time.

It stands in for `labeler.engine.labeler.Labeler` where a test is about files, not about medicine.
"""

import re
import sys
import types
import zlib

import pandas as pd

OBSERVATIONS = (
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Lesion", "Lung Opacity",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
)  # fmt: skip
VALUES = (1, 0, -1, None)


def fake_labels(text):
    if not text.strip():
        return dict.fromkeys(OBSERVATIONS)
    digest = zlib.crc32(text.encode("utf-8"))
    return {name: VALUES[digest >> 2 * i & 3] for i, name in enumerate(OBSERVATIONS)}


def fake_mentions(section, text):
    """The first word of the text is a mention."""
    word = re.search(r"\w+", text)
    if word is None:
        return []
    line = text.splitlines()[0] if text.splitlines() else text
    return [
        {
            "observation": "Edema", "value": -1, "section": section, "start": word.start(),
            "end": word.end(), "text": word[0], "cue": "", "rule": "fake:word", "sentence": line,
            "finding": "edema", "side": "", "location": "", "severity": "", "change": "",
            "size_mm": None,
        }
    ]  # fmt: skip


class FakeLabeler:
    """What `labeler.corpus.workers` needs of a `Labeler`."""

    def __init__(
        self, label_set="chexpert", rules=None, sections="", *, language="en", cache_size=0
    ):
        self.observations = OBSERVATIONS

    def label_batches(self, batches, *, text=None, sections=None, keep=(), evidence=False):
        for batch in batches:
            parts = {"body": text} if text is not None else dict(sections)
            texts = {name: batch[column].tolist() for name, column in parts.items()}
            rows = [
                dict(zip(texts, cells, strict=True)) for cells in zip(*texts.values(), strict=True)
            ]
            labels = [fake_labels("\n".join(row.values())) for row in rows]
            frame = batch[list(keep)].copy()
            for name in OBSERVATIONS:
                frame[name] = pd.array([row[name] for row in labels], dtype="Int8")
            frame["sections"] = [
                "+".join(name for name, cell in row.items() if cell.strip()) for row in rows
            ]
            if evidence:
                mentions = [
                    [m for name, cell in row.items() for m in fake_mentions(name, cell)]
                    for row in rows
                ]
                frame["evidence"] = pd.Series(mentions, index=frame.index, dtype=object)
            yield frame


def install(monkeypatch):
    """Put the fake in the place of the engine; spaCy and the rule files are not even read."""
    import labeler.corpus.label
    import labeler.engine

    module = types.ModuleType("labeler.engine.labeler")
    module.Labeler = FakeLabeler
    monkeypatch.setitem(sys.modules, "labeler.engine.labeler", module)
    monkeypatch.setattr(labeler.engine, "labeler", module, raising=False)
    monkeypatch.setattr(
        labeler.corpus.label,
        "load_asked",
        lambda label_set, rules, language: types.SimpleNamespace(
            fingerprint=f"{label_set} {rules}"
        ),
    )
