"""The composition that a user would write: spaCy blank, sentencizer, EntityRuler, negspacy."""

import csv
import time
from pathlib import Path

import spacy
from negspacy.negation import Negex  # noqa: F401 - registers the component

from labeler import Labeler
from labeler.rules.load import load_rules
from labeler.rules.phrases import expand


def phrases() -> dict[str, list[str]]:
    """Finding -> our phrases for it and for its structures."""
    found: dict[str, set[str]] = {}
    for file in load_rules().findings.values():
        for finding in file.findings:
            for part in (*finding.word_rules, *finding.structures):
                for phrase in part.phrases:
                    found.setdefault(finding.id, set()).update(expand(phrase))
    return {name: sorted(some) for name, some in sorted(found.items())}


def plain_pipeline() -> spacy.language.Language:
    """Our phrases, negspacy's own termset."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(
        [{"label": label, "pattern": text} for label, some in phrases().items() for text in some]
    )
    nlp.add_pipe("negex")
    return nlp


def compare(name: str, path: Path, limit: int | None) -> list[object]:
    """Label the same reports both ways, in process, after loading.

    Args:
        name: of the corpus.
        path: of the corpus.
        limit: reports that the plain pipeline reads, whose rate does not depend on how many; the
            labeler, whose rate does, reads all.
    """
    with open(path, newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    texts = [row.get("report") or f"{row['findings']} {row['impression']}" for row in rows]
    nlp, part = plain_pipeline(), texts[:limit]
    began = time.perf_counter()
    for doc in nlp.pipe(part):
        _ = {(ent.label_, ent._.negex) for ent in doc.ents}
    plain = len(part) / (time.perf_counter() - began)

    import pandas as pd

    labeler, frame = Labeler(), pd.DataFrame({"report": texts})
    began = time.perf_counter()
    chunks = (frame.iloc[start : start + 1000] for start in range(0, len(frame), 1000))
    for _ in labeler.label_batches(chunks, text="report"):
        pass
    ours = len(texts) / (time.perf_counter() - began)
    return [name, len(texts), plain, ours, ours / plain]
