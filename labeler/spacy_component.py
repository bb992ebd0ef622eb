"""The labeler as a component of a spaCy pipeline: `nlp.add_pipe("cxr_labeler")`."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from labeler.assertion.negex import NegexCues
from labeler.engine.labeler import Labeler
from labeler.rules.load import LANGUAGE
from labeler.rules.location import rules_folder
from labeler.types import Mention, as_row

NAME = "cxr_labeler"
GROUPS = {1: "cxr_positive", 0: "cxr_negative", -1: "cxr_uncertain"}
"""Mention value -> the span group that holds the mentions with it."""
CUES = "cxr_cues"
"""The span group of the cues."""
_MENTIONS = "cxr_mentions"


class CxrLabeler:
    """Labels the text of a `Doc`; the pipeline's own tokens are only what spans are made of.

    Cues are found by negspacy, which gives the same labels as the tables that `Labeler` uses by itself.

    It sets

    - `doc._.cxr_labels`: observation -> 1, 0, -1 or `None`;
    - `doc._.cxr_mentions`: the `Mention`s, in text order, offsets into `doc.text`;
    - `doc.spans["cxr_positive"]`, `["cxr_negative"]`, `["cxr_uncertain"]`: the mentions by their
      value, labelled with the observation; and `doc.spans["cxr_cues"]`: the cues. A span's `id_` is
      the mention's number from 1, so a cue is tied to its mention. Where a token holds more than
      the mention, the span is the whole token.

    A pipeline that is written to disk takes the rule files along: it labels the same wherever it is
    read.

    Args:
        label_set: name of the label set.
        rules: folder with the rule files; the ones that come with the package by default.
        sections: the policy that picks the sections to label.
        language: the language of the reports, a folder of the rule folder.

    Examples:
        >>> import spacy
        >>> nlp = spacy.blank("en")
        >>> _ = nlp.add_pipe("cxr_labeler")
        >>> doc = nlp("Small left effusion. No pneumothorax.")
        >>> doc._.cxr_labels["Pneumothorax"]
        0
        >>> [(span.text, span.label_) for span in doc.spans["cxr_positive"]]
        [('effusion', 'Pleural Effusion')]
    """

    def __init__(
        self, label_set: str, rules: str | None, sections: str, language: str = LANGUAGE
    ) -> None:
        self.label_set = label_set
        self.rules = rules
        self.sections = sections
        self.language = language
        self._labeler: Labeler | None = None
        self._unpacked: Any = None

    @property
    def labeler(self) -> Labeler:
        """The labeler, made when it is first needed: rules may come with the pipeline's files."""
        if self._labeler is None:
            self._labeler = Labeler(
                self.label_set,
                self.rules,
                self.sections,
                language=self.language,
                cue_finder=NegexCues,
            )
        return self._labeler

    def __call__(self, doc: Doc) -> Doc:
        """Label a document."""
        report = self.labeler.label(doc.text)
        doc._.set("cxr_labels", dict(report.labels))
        # As dicts, because a Doc's user data must be msgpack's kind to travel between processes.
        doc.user_data[_MENTIONS] = [as_row(mention) for mention in report.mentions]
        spans: dict[str, list[Span]] = {name: [] for name in (*GROUPS.values(), CUES)}
        for number, mention in enumerate(report.mentions, 1):
            label, key = mention.observation, str(number)
            spans[GROUPS[mention.value]] += _span(doc, mention.start, mention.end, label, key)
            if mention.cue:
                spans[CUES] += _span(doc, mention.cue_start, mention.cue_end, label, key)
        for name, found in spans.items():
            doc.spans[name] = SpanGroup(doc, name=name, spans=found)
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the rule files into a folder."""
        self._copy_rules(Path(path))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "CxrLabeler":
        """Label by the rule files in a folder."""
        self.rules = str(path)
        self._labeler = None
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The rule files as bytes."""
        root = self._folder()
        files = {p.relative_to(root).as_posix(): p.read_bytes() for p in _rule_files(root)}
        return bytes(srsly.msgpack_dumps(files))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CxrLabeler":
        """Label by rule files that came as bytes; they live in a temporary folder."""
        self._unpacked = tempfile.TemporaryDirectory(prefix="labeler-rules-")
        root = Path(self._unpacked.name).resolve()
        for name, content in srsly.msgpack_loads(data).items():
            file = (root / name).resolve()
            if root not in file.parents:
                raise ValueError(f"a rule file's name leads out of its folder: {name!r}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return self.from_disk(root)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "label_set": self.label_set,
            "rules": self.rules,
            "sections": self.sections,
            "language": self.language,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def _folder(self) -> Path:
        return Path(self.rules) if self.rules is not None else rules_folder()

    def _copy_rules(self, target: Path) -> None:
        root = self._folder()
        for file in _rule_files(root):
            place = target / file.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def _rule_files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.yaml"))


def _span(doc: Doc, start: int, end: int, label: str, key: str) -> list[Span]:
    span = doc.char_span(start, end, label=label, span_id=key, alignment_mode="expand")
    return [] if span is None else [span]


def _mentions(doc: Doc) -> tuple[Mention, ...]:
    return tuple(Mention(**mention) for mention in doc.user_data.get(_MENTIONS, ()))


@Language.factory(
    NAME,
    default_config={
        "label_set": "chexpert",
        "rules": None,
        "sections": "findings+impression",
        "language": None,
    },
    assigns=["doc._.cxr_labels", "doc._.cxr_mentions", "doc.spans"],
)
def make_cxr_labeler(
    nlp: Language,
    name: str,
    label_set: str,
    rules: str | None,
    sections: str,
    language: str | None,
) -> CxrLabeler:
    """Make the component; its settings are those of `Labeler`, `language` by default the pipeline's."""
    return CxrLabeler(label_set, rules, sections, language or nlp.lang or LANGUAGE)


if not Doc.has_extension("cxr_labels"):
    Doc.set_extension("cxr_labels", default=None)
    Doc.set_extension(_MENTIONS, getter=_mentions)
