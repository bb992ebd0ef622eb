"""The same reports read by what a user would pick instead, each in a process of its own.

Every peer gets our phrases and its own negation; only the time after loading counts, in processor seconds, so that
other work on the machine changes little. A peer may live in another environment, since they ask for
different versions of spaCy: `EDSNLP_PYTHON` and `MEDSPACY_PYTHON` name the Python of each, `COMPILED_PYTHON`
that of an environment with the compiled wheel; without, this one is tried.

What each does differs. The plain composition, medspaCy and EDS-NLP find phrases and negations (EDS-NLP with
the French cues that it comes with: what its rules cost, not what they find); `labeler` also reads sections, sides,
doubt and states, and gives labels.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.plain import phrases

_READ = """
import json, sys, time
given = json.load(open(sys.argv[1], encoding="utf-8"))
warm, texts, phrases = given["warm"], given["texts"], given["phrases"]
"""
_PIPE = """
for doc in nlp.pipe(warm): pass
began = time.process_time()
for doc in nlp.pipe(texts):
    _ = [(ent.label_, negated(ent)) for ent in doc.ents]
print(time.process_time() - began)
"""
_LABELER = """
import pandas as pd
from labeler import Labeler
labeler = Labeler()
def label(some):
    frame = pd.DataFrame({"report": some})
    for _ in labeler.label_batches([frame], text="report", evidence=EVIDENCE): pass
label(warm)
began = time.process_time()
label(texts)
print(time.process_time() - began)
"""
_PEERS = {
    "plain composition: sentencizer, EntityRuler, negspacy": (
        "",
        """
import spacy
from negspacy.negation import Negex
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
ruler.add_patterns([{"label": l, "pattern": p} for l, some in phrases.items() for p in some])
nlp.add_pipe("negex")
negated = lambda ent: ent._.negex
"""
        + _PIPE,
    ),
    "medspaCy: PyRuSH, target matcher, ConText": (
        "MEDSPACY_PYTHON",
        """
import logging, medspacy
from medspacy.ner import TargetRule
try:
    from loguru import logger
    logger.remove()
except ImportError:
    pass
nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
nlp.get_pipe("medspacy_target_matcher").add(
    [TargetRule(p, l) for l, some in phrases.items() for p in some])
negated = lambda ent: ent._.is_negated
"""
        + _PIPE,
    ),
    "EDS-NLP: sentences, matcher, negation, hypothesis": (
        "EDSNLP_PYTHON",
        """
import edsnlp
nlp = edsnlp.blank("eds")
nlp.add_pipe("eds.normalizer")
nlp.add_pipe("eds.sentences")
nlp.add_pipe("eds.matcher", config={"terms": phrases, "attr": "LOWER"})
nlp.add_pipe("eds.negation")
nlp.add_pipe("eds.hypothesis")
negated = lambda ent: ent._.negation
"""
        + _PIPE,
    ),
    "labeler": ("", _LABELER.replace("EVIDENCE", "False")),
    "labeler, with evidence": ("", _LABELER.replace("EVIDENCE", "True")),
    "labeler, compiled": ("COMPILED_PYTHON", _LABELER.replace("EVIDENCE", "False")),
    "labeler, compiled, with evidence": ("COMPILED_PYTHON", _LABELER.replace("EVIDENCE", "True")),
}


def compare(reports: Path, count: int, times: int) -> list[list[object]]:
    """Label the first reports with each peer, one peer after the other, some times over.

    Args:
        reports: a table with the columns `findings` and `impression`.
        count: how many of its reports.
        times: rounds whose median is taken.

    Returns:
        A row for each peer: its name, milliseconds of CPU a report, and how many times those of
        the plain composition; a peer that does not run says so instead.
    """
    with reports.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    texts = [f"{row['findings']} {row['impression']}" for row in rows]
    given = {
        "texts": texts[:count],
        "warm": texts[count : count + 100],  # what is made at first use is no cost of a report
        "phrases": phrases(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in _PEERS}
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.json"
        path.write_text(json.dumps(given), encoding="utf-8")
        for _ in range(times):
            for name, (variable, code) in _PEERS.items():
                if variable == "COMPILED_PYTHON" and variable not in os.environ:
                    failed[name] = "COMPILED_PYTHON is not set"
                if name in failed:
                    continue
                command = [os.environ.get(variable, sys.executable), "-c", _READ + code, str(path)]
                # from another folder: the compiled wheel must not be hidden by the sources
                here = {} if variable else {"PYTHONPATH": os.getcwd()}
                environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | here
                done = subprocess.run(
                    command,
                    capture_output=True,
                    text=True,
                    check=False,
                    cwd=folder,
                    env=environment,
                )
                if done.returncode:
                    failed[name] = done.stderr.strip().rpartition("\n")[2][:80]
                else:
                    seconds[name].append(float(done.stdout.split()[-1]))
    base = median(next(iter(seconds.values())))
    table: list[list[object]] = []
    for name, each in seconds.items():
        if name in failed:
            table.append([name, failed[name], ""])
        else:
            table.append([name, 1000 * median(each) / len(given["texts"]), median(each) / base])
    return table
