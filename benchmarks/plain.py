"""The composition that a user would write: spaCy blank, sentencizer, EntityRuler, negspacy."""

import csv
import time
from pathlib import Path

import spacy
from negspacy.negation import Negex  # noqa: F401 - registers the component

from labeler import Labeler
from labeler.rules.load import load_rules
from labeler.rules.phrases import expand


def plain_pipeline() -> spacy.language.Language:
    """Our phrases, negspacy's own termset."""
    rules = load_rules()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    phrases = {
        (option, observation.observation)
        for observation in rules.observations.values()
        for part in (*observation.findings, *observation.structures)
        for phrase in part.phrases
        for option in expand(phrase)
    }
    ruler.add_patterns([{"label": label, "pattern": text} for text, label in sorted(phrases)])
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
