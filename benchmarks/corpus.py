"""Made-up corpora of any size whose sentences repeat as those of real reports do.

Sentences are drawn by a Pitman-Yor process: the n-th sentence is a new one with probability
(STRENGTH + DISCOUNT * distinct) / (STRENGTH + n), else one drawn from those before, the more often
the more it was used. The number of distinct sentences then grows as n ** DISCOUNT (Pitman 2006,
Combinatorial Stochastic Processes, chapter 3); STRENGTH is set so that 22,090 sentences hold some
8,300 distinct ones, as the Open-i reports do.

A new sentence is a base sentence with words exchanged, or two of them joined. Base sentences come
from the templates below and, where the folder is there, from the Open-i reports, which are read
when the corpus is made and never copied into the repository.
"""

import csv
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

DISCOUNT = 0.82
STRENGTH = 32.0
MIMIC_CXR = 227_835
"""Reports of MIMIC-CXR (Johnson et al. 2019)."""

_EXCHANGES = (
    ("left", "right", "bilateral"),
    ("upper", "middle", "lower"),
    ("small", "moderate", "large", "tiny", "trace", "mild", "minimal", "moderate to large"),
    ("stable", "unchanged", "improved", "increased", "decreased", "slightly increased"),
    ("today", "yesterday", "this morning", "the prior study", "the previous radiograph"),
    ("lobe", "lung", "base", "hemithorax", "lung zone"),
    ("there is", "again seen is", "there is now", "there is again", "note is made of"),
    ("no", "no new", "no definite", "no evidence of", "no convincing"),
    ("likely", "possibly", "probably", "most likely"),
)
_WORDS = {word: group for group in _EXCHANGES for word in group}
_FINDABLE = re.compile(r"\b(" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")\b", re.I)
_NUMBER = re.compile(r"\b\d+(?:\.\d+)?\b")
_TAILS = (
    " measuring {n} mm", " at the level of rib {r}", ", compared with {m}/{d}", " since {m}/{d}",
    ", series {n} image {r}", " approximately {n} mm in size", " as of {m}/{d}", ", {r} cm deep",
)  # fmt: skip
_JOINS = (", and ", " with ", "; ", ", but ", " while ")

TEMPLATES = (
    "The cardiac silhouette is within normal limits.", "Heart size is mildly enlarged.",
    "No pleural effusion or pneumothorax.", "There is a small left pleural effusion.",
    "Streaky opacities at the right base likely represent atelectasis.",
    "The mediastinal contour is unremarkable.", "There is no focal consolidation.",
    "Mild pulmonary vascular congestion without overt edema.",
    "The endotracheal tube ends 4 cm above the carina.",
    "A right internal jugular catheter terminates in the lower SVC.",
    "Old healed fractures of the left sixth and seventh ribs.",
    "Possible early pneumonia in the right middle lobe.",
    "Low lung volumes accentuate the bronchovascular markings.",
    "There is a 9 mm nodule in the left upper lobe.", "Bibasilar atelectasis is unchanged.",
    "Hazy opacity over the left lower lung, which may reflect consolidation or atelectasis.",
    "Interval removal of the nasogastric tube.", "Apical pleural thickening is stable.",
    "Median sternotomy wires are intact.", "The lungs are hyperexpanded, as in emphysema.",
    "Pneumonia cannot be excluded.", "Degenerative changes of the thoracic spine.",
    "No acute osseous abnormality.", "Retrocardiac opacity has cleared.",
    "Moderate cardiomegaly with interstitial edema.", "The hila are normal in size.",
    "No acute cardiopulmonary process.", "A left chest wall pacemaker is in place.",
    "Small right apical pneumothorax, improved from the previous radiograph.",
    "The aorta is tortuous and calcified.", "Clear lungs.", "Comparison with a CT is advised.",
)  # fmt: skip


def shared_folder() -> Path:
    """The folder with the Open-i reports: `LABELER_SHARED`, or beside the repository."""
    named = os.environ.get("LABELER_SHARED")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared"


def openi_reports() -> Path:
    """The Open-i reports as a table."""
    return shared_folder() / "openi" / "reports.csv"


def base_sentences() -> list[str]:
    """The templates and, where they are at hand, the sentences of the Open-i reports.

    The most frequent come first: what is drawn early is drawn often, and is short in real reports.
    """
    found = Counter(TEMPLATES)
    if openi_reports().is_file():
        with open(openi_reports(), newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                for cell in (row["findings"], row["impression"]):
                    for sentence in re.split(r"(?<=[.?!])\s+", " ".join(cell.split())):
                        if 8 < len(sentence) < 240 and ":" not in sentence:
                            found[sentence] += 1
    return [sentence for sentence, _ in found.most_common()]


class Sentences:
    """An endless stream of sentences; `distinct` and `drawn` count them."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._base = base_sentences()
        self._fresh = iter(self._base)
        self._known: dict[str, None] = {}
        self._types: list[str] = []
        self._history: list[int] = []
        self._firsts: list[int] = []

    @property
    def drawn(self) -> int:
        return len(self._history)

    @property
    def distinct(self) -> int:
        return len(self._types)

    def draw(self) -> str:
        rnd = self._random.random
        n, k = len(self._history), len(self._types)
        at = rnd() * (STRENGTH + n)
        if at < STRENGTH + DISCOUNT * k:
            self._types.append(self._new())
            self._history.append(k)
            return self._types[-1]
        # An old sentence of count c is drawn with weight c - DISCOUNT: a draw from the history
        # that hits a sentence's first use is kept only with probability 1 - DISCOUNT.
        while True:
            place = int(rnd() * n)
            kind = self._history[place]
            if self._firsts[kind] != place or rnd() > DISCOUNT:
                self._history.append(kind)
                return self._types[kind]

    def _new(self) -> str:
        self._firsts.append(len(self._history))
        while True:
            sentence = next(self._fresh, None) if self._random.random() < 0.7 else None
            sentence = sentence or self._vary()
            if sentence not in self._known:
                self._known[sentence] = None
                return sentence

    def _vary(self) -> str:
        r = self._random
        sentence = r.choice(self._base)
        kind = r.random()
        if kind < 0.05:
            other = r.choice(self._base)
            sentence = sentence.rstrip(".!? ") + r.choice(_JOINS) + other[:1].lower() + other[1:]
        elif kind < 0.25:
            tail = r.choice(_TAILS).format(
                n=r.randint(2, 60), r=r.randint(1, 12), m=r.randint(1, 12), d=r.randint(1, 28)
            )
            sentence = sentence.rstrip(".!? ") + tail + "."

        def exchange(match: re.Match[str]) -> str:
            word = match.group()
            new = r.choice(_WORDS[word.lower()])
            return new.capitalize() if word[0].isupper() else new

        sentence = _FINDABLE.sub(exchange, sentence)
        return _NUMBER.sub(
            lambda m: m.group() if r.random() < 0.5 else str(r.randint(1, 40)), sentence
        )


def reports(count: int, sentences: Sentences, seed: int = 0) -> Iterator[str]:
    """Reports of some six sentences, as Open-i's, under the headers of an American report.

    Args:
        count: how many.
        sentences: where the sentences come from.
        seed: of the lengths.
    """
    r = random.Random(f"lengths {seed}")
    for _ in range(count):
        findings = [sentences.draw() for _ in range(r.choice((3, 3, 4, 4, 5, 6)))]
        impression = [sentences.draw() for _ in range(r.choice((1, 1, 2, 3)))]
        yield (
            "FINAL REPORT\n EXAMINATION:  CHEST (PA AND LAT)\n\n INDICATION:  Cough.\n\n FINDINGS:\n\n "
            + " ".join(findings)
            + "\n\n IMPRESSION:\n\n "
            + " ".join(impression)
            + "\n"
        )


def write_corpus(path: Path, count: int, seed: int = 0) -> Sentences:
    """Write a corpus as CSV with the columns `study_id` and `report`, unless it is there already."""
    sentences = Sentences(seed)
    beside = path.with_name(path.name + ".part")
    with open(beside, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["study_id", "report"])
        for number, report in enumerate(reports(count, sentences, seed), start=50_000_001):
            writer.writerow([number, report])
    beside.replace(path)
    return sentences
