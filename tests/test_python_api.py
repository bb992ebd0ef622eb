"""The labeler in programs: pickled, in threads and processes, in a notebook."""

import copy
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from labeler import InputError, LabeledReport, Labeler
from labeler.rules.location import rules_folder

TEXTS = [
    "FINDINGS: Small left pleural effusion. No pneumothorax.\nIMPRESSION: Possible edema.",
    "Heart size is normal. <b>Lungs</b> are clear & dry.",
    "",
    *(f"Cardiomegaly in film {number}, without effusion." for number in range(40)),
]


@pytest.fixture(scope="module")
def labeler():
    return Labeler()


def test_a_labeler_pickles_and_labels_alike(labeler):
    again = pickle.loads(pickle.dumps(labeler))
    assert repr(again) == repr(labeler)
    assert [again.label(text) for text in TEXTS] == [labeler.label(text) for text in TEXTS]


def test_a_pickled_labeler_notices_other_rules(tmp_path):
    rules = tmp_path / "rules"
    shutil.copytree(rules_folder(), rules)
    pickled = pickle.dumps(Labeler(rules=rules))
    pickle.loads(pickled)
    (path,) = rules.glob("label_sets/chexpert.yaml")
    path.write_text(path.read_text() + "\n# changed\n")
    with pytest.raises(InputError, match="not those that the labeler was pickled with"):
        pickle.loads(pickled)


def test_repr_says_what_labels(labeler):
    assert repr(labeler) == (
        "Labeler(label_set='chexpert', language='en', rules=None, sections='findings+impression')"
    )


def test_threads_share_a_labeler(labeler):
    shared = Labeler(cache_size=10)  # small, so that sentences are analysed again and again
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared.label, TEXTS * 5))
    assert found == [labeler.label(text) for text in TEXTS] * 5


def test_pipe_gives_the_reports_in_order(labeler):
    split = {"findings": "No edema.", "impression": ""}
    wanted = [labeler.label(text) for text in TEXTS] + [labeler.label_sections(split)]
    assert list(labeler.pipe(iter([*TEXTS, split]))) == wanted
    assert list(labeler.pipe(iter([*TEXTS, split]), n_process=2, batch_size=7)) == wanted
    with pytest.raises(InputError, match="at least 1"):
        labeler.pipe(TEXTS, n_process=0)


def test_a_report_cannot_be_changed_and_can_be_hashed(labeler):
    report = labeler.label(TEXTS[0])
    with pytest.raises(TypeError, match="cannot be changed"):
        report.labels["Edema"] = 1
    with pytest.raises(AttributeError):
        report.labels = {}
    for same in (
        labeler.label(TEXTS[0]),
        copy.deepcopy(report),
        pickle.loads(pickle.dumps(report)),
    ):
        assert same == report
        assert hash(same) == hash(report)
    assert len({report, labeler.label(TEXTS[0]), labeler.label(TEXTS[1])}) == 2
    assert report.labels == dict(report.labels)


def test_a_report_as_json(labeler):
    report = labeler.label(TEXTS[0])
    told = json.loads(report.to_json())
    assert told == report.to_dict()
    assert told["labels"]["Pneumothorax"] == 0
    mention = told["mentions"][0]
    assert TEXTS[0][mention["start"] : mention["end"]] == mention["text"]


def test_a_notebook_shows_labels_and_their_sentences(labeler):
    html = labeler.label(TEXTS[0])._repr_html_()
    assert "<u>No</u> <b>pneumothorax</b>" in html
    assert html.count("<tr>") == 3
    assert "not mentioned: No Finding" in html
    html = labeler.label("<script>x()</script> & edema.")._repr_html_()
    assert "<script>" not in html
    report = LabeledReport(labels={"<i>": 1}, mentions=(), sections=(), label_sets={})
    assert "<i>" not in report._repr_html_()
