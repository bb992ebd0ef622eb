"""The labeler in a spaCy pipeline: labels, span groups, serialisation, several processes."""

import pickle
import shutil
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from labeler import Labeler
from labeler.rules.location import rules_folder

TEXT = "Small left effusion. No pneumothorax or edema. Possible pneumonia."


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("cxr_labeler")
    return nlp


@pytest.fixture
def doc(nlp: Language) -> Doc:
    return nlp(TEXT)


def test_labels_and_mentions_are_those_of_the_labeler(doc: Doc) -> None:
    report = Labeler().label(TEXT)
    assert doc._.cxr_labels == report.labels
    assert doc._.cxr_mentions == report.mentions


def test_span_groups_hold_the_mentions_by_value(doc: Doc) -> None:
    groups = {
        name: [(span.text, span.label_) for span in doc.spans[name]]
        for name in ("cxr_positive", "cxr_negative", "cxr_uncertain")
    }
    assert groups == {
        "cxr_positive": [("effusion", "Pleural Effusion")],
        "cxr_negative": [("pneumothorax", "Pneumothorax"), ("edema", "Edema")],
        "cxr_uncertain": [("pneumonia", "Pneumonia")],
    }


def test_cues_are_tied_to_their_mentions_by_the_span_id(doc: Doc) -> None:
    cues = {span.id_: span.text for span in doc.spans["cxr_cues"]}
    for span in doc.spans["cxr_negative"]:
        assert cues[span.id_] == "No"
    (pneumonia,) = doc.spans["cxr_uncertain"]
    assert cues[pneumonia.id_] == "Possible"


def test_a_mention_inside_a_token_spans_the_token(nlp: Language) -> None:
    doc = nlp("Effusion/pneumothorax-complex.")
    assert doc._.cxr_mentions
    for name in ("cxr_positive", "cxr_uncertain"):
        for span in doc.spans[name]:
            mention = doc._.cxr_mentions[int(span.id_) - 1]
            assert span.start_char <= mention.start
            assert mention.end <= span.end_char


def test_texts_without_mentions_have_empty_groups(nlp: Language) -> None:
    for text in ("", "   ", "Hello."):
        doc = nlp(text)
        assert list(doc.spans["cxr_positive"]) == []
        assert set(doc._.cxr_labels) == set(Labeler().observations)


def test_settings_are_passed_on() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("cxr_labeler", config={"sections": "impression", "label_set": "chestxray14"})
    doc = nlp("FINDINGS: Effusion. IMPRESSION: Hernia.")
    assert doc._.cxr_labels["Hernia"] == 1
    assert doc._.cxr_labels["Effusion"] is None


def test_it_leaves_tokens_and_entities_of_the_pipeline_alone(nlp: Language, doc: Doc) -> None:
    assert [token.text for token in doc] == [token.text for token in nlp.make_doc(TEXT)]
    assert doc.ents == ()


def own_rules(folder: Path) -> Path:
    rules = Path(shutil.copytree(rules_folder(), folder / "rules"))
    path = rules / "en/findings/pneumothorax.yaml"
    text = path.read_text()
    path.write_text(
        text.replace(
            "findings:\n",
            "findings:\n  - id: own\n    parent: pneumothorax\n    phrases: [zorb]\n",
            1,
        )
    )
    return rules


def test_a_pipeline_on_disk_takes_its_rules_along(tmp_path: Path) -> None:
    rules = own_rules(tmp_path)
    nlp = spacy.blank("en")
    nlp.add_pipe("cxr_labeler", config={"rules": str(rules)})
    nlp.to_disk(tmp_path / "pipeline")
    shutil.rmtree(rules)
    again = spacy.load(tmp_path / "pipeline")
    assert again("A zorb is seen.")._.cxr_labels["Pneumothorax"] == 1
    assert again(TEXT)._.cxr_labels == Labeler().label(TEXT).labels


def test_a_pipeline_goes_through_bytes_and_pickle(tmp_path: Path) -> None:
    rules = own_rules(tmp_path)
    nlp = spacy.blank("en")
    nlp.add_pipe("cxr_labeler", config={"rules": str(rules)})
    again = spacy.blank("en")
    again.add_pipe("cxr_labeler")
    again.from_bytes(nlp.to_bytes())
    assert again("A zorb is seen.")._.cxr_labels["Pneumothorax"] == 1
    copy = pickle.loads(pickle.dumps(nlp.get_pipe("cxr_labeler")))
    assert copy(nlp.make_doc("A zorb is seen."))._.cxr_labels["Pneumothorax"] == 1


def test_bytes_cannot_write_outside_their_folder(nlp: Language) -> None:
    import srsly

    with pytest.raises(ValueError, match="leads out of its folder"):
        nlp.get_pipe("cxr_labeler").from_bytes(srsly.msgpack_dumps({"../escaped.yaml": b""}))


def test_docs_keep_labels_and_mentions_in_a_doc_bin(nlp: Language, doc: Doc) -> None:
    data = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    assert again._.cxr_labels == doc._.cxr_labels
    assert again._.cxr_mentions == doc._.cxr_mentions
    assert [s.text for s in again.spans["cxr_cues"]] == [s.text for s in doc.spans["cxr_cues"]]


def test_several_processes_give_the_same(nlp: Language) -> None:
    texts = [TEXT, "No edema.", "", "The heart is enlarged."] * 3
    one = [(d._.cxr_labels, d._.cxr_mentions) for d in nlp.pipe(texts)]
    two = [(d._.cxr_labels, d._.cxr_mentions) for d in nlp.pipe(texts, n_process=2, batch_size=3)]
    assert one == two
