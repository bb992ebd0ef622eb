"""Reference label sets: each file form with its traps, crosswalks, consensus."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import SHARED, needs_shared

from labeler.errors import InputError, RulesError
from labeler.references import CROSSWALKS, KINDS, read_reference
from labeler.references.consensus import consensus
from labeler.references.crosswalk import load_crosswalk, native_crosswalk
from labeler.references.named import from_lists, to_observations
from labeler.rules import rules_folder
from labeler.rules.load import load_rules
from labeler.tables.names import BLANK, CHEXPERT


@pytest.fixture
def write(tmp_path):
    def _write(text, name):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text)
        return path

    return _write


def said(frame, row=0):
    """Return a row's non-empty observations."""
    cells = frame.iloc[row]
    return {name: int(cells[name]) for name in CHEXPERT if not pd.isna(cells[name])}


# --- crosswalks


@pytest.mark.parametrize("kind", KINDS)
def test_crosswalk_examples_hold(kind):
    crosswalk = load_crosswalk(CROSSWALKS.get(kind, kind))
    for example in crosswalk.examples:
        rows = np.zeros(len(example.names), dtype=np.int64)
        values, unknown = from_lists(
            rows,
            example.names,
            1,
            crosswalk,
            place_of=str,
            separator="/" if kind == "openi" else None,
        )
        assert not unknown
        codes = to_observations(values, crosswalk, CHEXPERT)[0]
        given_names = {
            name: int(code) for name, code in zip(CHEXPERT, codes, strict=True) if code != BLANK
        }
        assert example.gives.items() <= given_names.items(), example.names
        stated = {name for name, code in given_names.items() if code != 0}
        assert stated == {name for name, code in example.gives.items() if code != 0}, example.names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "vindr",
            "Aortic enlargement,Atelectasis,Calcification,Cardiomegaly,Clavicle fracture,"
            "Consolidation,Edema,Emphysema,Enlarged PA,ILD,Infiltration,Lung Opacity,Lung cavity,"
            "Lung cyst,Mediastinal shift,Nodule/Mass,Pleural effusion,Pleural thickening,"
            "Pneumothorax,Pulmonary fibrosis,Rib fracture,Other lesion,COPD,Lung tumor,Pneumonia,"
            "Tuberculosis,Other diseases,Other disease,No finding",
        ),
        (
            "nih",
            "Atelectasis,Cardiomegaly,Consolidation,Edema,Effusion,Emphysema,Fibrosis,Hernia,"
            "Infiltration,Infiltrate,Mass,Nodule,Pleural_Thickening,Pneumonia,Pneumothorax,"
            "No Finding",
        ),
        (
            "chestxdet10",
            "Atelectasis,Calcification,Consolidation,Effusion,Emphysema,Fibrosis,Fracture,Mass,"
            "Nodule,Pneumothorax",
        ),
        ("chexpert", ",".join(CHEXPERT)),
        ("mimic", ",".join((*CHEXPERT, "Airspace Opacity"))),
    ],
)
def test_every_name_of_a_set_is_known(kind, names):
    crosswalk = load_crosswalk(CROSSWALKS.get(kind, kind))
    assert [name for name in names.split(",") if crosswalk.place(name) is None] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gives: {Atelectasis: 1}", "gives: {Atelektasis: 1}", "unknown observation 'Atelektasis'"),
        ("gives: {Atelectasis: 1}", "givs: {Atelectasis: 1}", "givs"),
        ("gives: {Atelectasis: 1}", "gives: {}", "say why"),
        ("names: [Consolidation]", "names: [Atelectasis]", "earlier line"),
        ("absent: negative", "absent: maybe", "absent"),
        ("set: chestxdet10", "set: nih", "set"),
        ("lines:", "lines: [", "yaml"),
    ],
)
def test_a_wrong_crosswalk_names_the_file(tmp_path, old, new, message):
    text = (rules_folder() / "crosswalks" / "chestxdet10.yaml").read_text()
    assert old in text
    folder = tmp_path / "crosswalks"
    folder.mkdir()
    (folder / "chestxdet10.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(RulesError, match=message) as error:
        load_crosswalk("chestxdet10", tmp_path)
    assert "chestxdet10.yaml" in str(error.value)


# --- the sets


def test_chexpert_is_read_by_name_whatever_the_order(write):
    train = write(
        "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Lung Opacity,Lung Lesion,Edema\n"
        "CheXpert-v1.0/train/patient00001/study1/view1_frontal.jpg,F,60,Frontal,AP,1.0,0.0,-1.0,\n",
        "train.csv",
    )
    frame = read_reference("chexpert", [train]).frame
    assert said(frame) == {"No Finding": 1, "Lung Opacity": 0, "Lung Lesion": -1}
    assert frame["Study"][0] == "CheXpert-v1.0/train/patient00001/study1"
    assert tuple(frame.columns[2:]) == CHEXPERT


def test_chexpert_images_of_a_study_can_be_one_row(write):
    path = write(
        "Path,Edema\np/study1/view1.jpg,1.0\np/study1/view2.jpg,1.0\np/study2/view1.jpg,\n", "t.csv"
    )
    frame = read_reference("chexpert", [path], by="study").frame
    assert frame["Study"].tolist() == ["p/study1", "p/study2"]
    assert said(frame) == {"Edema": 1}
    assert said(frame, 1) == {}


def test_chexpert_files_of_single_readers_reach_a_consensus(write):
    rows = [
        "Study,Lung Lesion,Lung Opacity\ns1,{},{}\n".format(*pair) for pair in ("10", "10", "01")
    ]
    paths = [write(text, f"reader{n}.csv") for n, text in enumerate(rows)]
    frame = read_reference("chexpert", paths).frame
    assert said(frame) == {"Lung Lesion": 1, "Lung Opacity": 0}
    kept = read_reference("chexpert", paths, consensus_rule="none").frame
    assert kept["reader"].tolist() == ["reader0", "reader1", "reader2"]


def test_mimic_test_set_has_no_subject_and_says_airspace_opacity(write):
    path = write("study_id,Airspace Opacity,Edema\n50000001,1,-1\n50000002,,\n", "test.csv")
    frame = read_reference("mimic", [path]).frame
    assert frame.columns[0] == "study_id"
    assert "subject_id" not in frame
    assert said(frame) == {"Lung Opacity": 1, "Edema": -1}
    assert said(frame, 1) == {}


def test_mimic_keeps_the_subject_and_reads_gz(write):
    path = write("subject_id,study_id,Edema\n10,50,1.0\n10,51,0.0\n", "mimic.csv.gz")
    frame = read_reference("mimic", [path]).frame
    assert frame["subject_id"].tolist() == ["10", "10"]
    assert frame["study_id"].tolist() == ["50", "51"]


VINDR = (
    "image_id,rad_id,Cardiomegaly,Nodule/Mass,Lung cavity,Rib fracture,Clavicle fracture,"
    "Infiltration,ILD,Pulmonary fibrosis,Lung Opacity,Other diseases,No finding\n"
    "i1,R1,1,0,0,0,0,0,0,0,0,0,0\n"
    "i1,R2,1,1,0,0,0,0,0,0,0,0,0\n"
    "i1,R3,0,0,0,0,1,,0,0,0,1,0\n"
    "i2,R1,0,0,0,0,0,0,0,0,0,0,1\n"
)


def test_vindr_readings_agree_by_majority_any_and_all(write):
    path = write(VINDR, "image_labels_train.csv")
    majority = read_reference("vindr", [path])
    assert said(majority.frame) == {
        "No Finding": 0, "Cardiomegaly": 1, "Lung Lesion": 0, "Lung Opacity": 0, "Fracture": 0,
    }  # fmt: skip
    assert said(majority.frame, 1)["No Finding"] == 1
    some = said(read_reference("vindr", [path], consensus_rule="any").frame)
    assert (some["Lung Lesion"], some["Fracture"], some["Cardiomegaly"]) == (1, 1, 1)
    every = said(read_reference("vindr", [path], consensus_rule="all").frame)
    assert (every["Lung Lesion"], every["Cardiomegaly"]) == (0, 0)
    assert any("4 readings of 2 ids" in note for note in majority.notes)


def test_vindr_keeps_a_row_a_reader(write):
    frame = read_reference("vindr", [write(VINDR, "t.csv")], consensus_rule="none").frame
    assert frame["reader"].tolist() == ["R1", "R2", "R3", "R1"]
    # the third reader left Infiltration empty: whether there is an opacity stays open
    assert "Lung Opacity" not in said(frame, 2)
    assert said(frame, 0)["Lung Opacity"] == 0


def test_vindr_test_set_spells_other_disease_and_names_no_reader(write):
    path = write("image_id,Pleural effusion,Other disease,No finding\ni1,1,1,0\n", "test.csv")
    frame = read_reference("vindr", [path]).frame
    assert said(frame) == {"No Finding": 0, "Pleural Effusion": 1}
    assert "reader" not in frame


def test_vindr_boxes_are_image_labels_and_leave_global_names_open(write):
    boxes = write(
        "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\n"
        "i1,R1,Nodule/Mass,1,2,3,4\ni1,R1,Nodule/Mass,5,6,7,8\ni1,R1,Pleural effusion,5,6,7,8\n"
        "i2,R1,No finding,,,,\n",
        "annotations_train.csv",
    )
    frame = read_reference("vindr", [boxes]).frame
    assert frame["boxes"].tolist() == [3, 0]
    first = said(frame)
    assert (first["Lung Lesion"], first["Pleural Effusion"], first["Edema"]) == (1, 1, 0)
    assert "Pneumonia" not in first  # given for the whole image, never as a box
    assert said(frame, 1)["No Finding"] == 1


def test_vindr_labels_and_boxes_together(write):
    labels = write("image_id,rad_id,Pneumonia,Nodule/Mass\ni1,R1,1,0\n", "labels.csv")
    boxes = write(
        "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\ni1,R1,Nodule/Mass,1,2,3,4\n", "b.csv"
    )
    frame = read_reference("vindr", [labels, boxes]).frame
    assert len(frame) == 1
    assert frame["boxes"].tolist() == [1]
    assert said(frame)["Pneumonia"] == 1
    assert said(frame)["Lung Lesion"] == 1


def test_vindr_refuses_the_same_reading_twice(write):
    with pytest.raises(InputError, match="row 2: the same image_id and rad_id"):
        read_reference("vindr", [write("image_id,rad_id,Edema\ni,R1,1\ni,R1,0\n", "t.csv")])


def test_vinbigdata(write):
    path = write(
        "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max\n"
        "i1,No finding,14,R11,,,,\ni1,No finding,14,R7,,,,\ni1,Cardiomegaly,3,R10,1,1,2,2\n",
        "train.csv",
    )
    frame = read_reference("vinbigdata", [path]).frame
    assert said(frame)["Cardiomegaly"] == 0
    assert said(frame)["No Finding"] == 1
    assert "Edema" not in said(frame)  # none of the competition's names
    assert frame["boxes"].tolist() == [1]


NIH = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]{comma}\n"
    "00000001_000.png,Cardiomegaly|Effusion,0,1,057Y,M,PA,2682,2749,0.143,0.143{comma}\n"
    "00000002_000.png,No Finding,0,2,080Y,M,PA,2500,2048,0.171,0.171{comma}\n"
)


@pytest.mark.parametrize("comma", ["", ","])
def test_nih_never_says_negative_unless_asked(write, comma):
    path = write(NIH.format(comma=comma), "Data_Entry_2017.csv")
    frame = read_reference("nih", [path]).frame
    assert frame["Image Index"].tolist() == ["00000001_000.png", "00000002_000.png"]
    assert said(frame) == {"Cardiomegaly": 1, "Pleural Effusion": 1}
    assert said(frame, 1) == {"No Finding": 1}
    asked = said(read_reference("nih", [path], absent="negative").frame, 1)
    assert asked["Cardiomegaly"] == 0
    assert asked["Lung Opacity"] == 0
    assert "Fracture" not in asked  # none of NIH's names
    assert "Support Devices" not in asked


def test_nih_boxes_count_and_say_infiltrate(write):
    boxes = write(
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
        "00000001_000.png,Infiltrate,1,2,3,4\n00000001_000.png,Mass,1,2,3,4\n",
        "BBox_List_2017.csv",
    )
    frame = read_reference("nih", [boxes], absent="negative").frame
    assert said(frame) == {"Lung Opacity": 1, "Lung Lesion": 1}
    assert frame["boxes"].tolist() == [2]
    entries = write(NIH.format(comma=""), "Data_Entry_2017.csv")
    both = read_reference("nih", [entries, boxes], absent="negative").frame
    assert both["boxes"].tolist() == [2, 0]
    assert said(both)["Cardiomegaly"] == 1
    assert said(both)["Lung Opacity"] == 1
    assert said(both, 1)["Lung Opacity"] == 0


def test_nih_adjudicated_labels_replace_the_mined_ones(write):
    path = write(
        "Image Index,Finding Labels,Fracture,Pneumothorax,Airspace opacity,Nodule or mass,Set Id\n"
        "1.png,Pneumothorax,NO,NO,YES,NO,v\n",
        "test_labels.csv",
    )
    assert said(read_reference("nih", [path]).frame) == {
        "Fracture": 0, "Pneumothorax": 0, "Lung Opacity": 1, "Lung Lesion": 0,
    }  # fmt: skip


def test_chestxdet10(write):
    entries = [
        {"file_name": "36204.png", "syms": [], "boxes": []},
        {
            "file_name": "36205.png",
            "syms": ["Effusion"] * 2 + ["Fibrosis"],
            "boxes": [[1, 2, 3, 4]] * 3,
        },
    ]
    frame = read_reference("chestxdet10", [write(json.dumps(entries), "test.json")]).frame
    assert frame["file_name"].tolist() == ["36204.png", "36205.png"]
    assert frame["boxes"].tolist() == [0, 3]
    none = said(frame)
    assert set(none.values()) == {0}
    assert "No Finding" not in none  # none of the ten names is not normal
    assert "Lung Opacity" not in none
    assert said(frame, 1)["Pleural Effusion"] == 1
    assert said(frame, 1)["Lung Opacity"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "line 1: not JSON"),
        ("{}", "list of images"),
        ('[{"syms": [], "boxes": []}]', "entry 0: no 'file_name'"),
        ('[{"file_name": "1.png", "syms": ["Mass"], "boxes": []}]', "as long as 'syms'"),
        ('[{"file_name": "1.png", "syms": "Mass", "boxes": []}]', "list of names"),
        ("[" + ", ".join(['{"file_name": "1", "syms": [], "boxes": []}'] * 2) + "]", "repeated id"),
    ],
)  # fmt: skip
def test_chestxdet10_refuses_other_files(write, content, message):
    with pytest.raises(InputError, match=message):
        read_reference("chestxdet10", [write(content, "train.json")])


PADCHEST = (
    ",ImageID,StudyID,ReportID,Report,MethodLabel,Labels,labelCUIS\n"
    "0,a.png,s1,1,texto . ,Physician,"
    "\"[' cardiomegaly', 'pleural effusion', ' NSG tube']\",['C1' 'C2']\n"
    "1,b.png,s1,1,texto . ,Physician,['normal'],[]\n"
    "2,c.png,s2,2,texto . ,RNN_model,\"['exclude', 'nodule']\",[]\n"
    "3,d.png,s3,3,texto . ,RNN_model,,[]\n"
)


def test_padchest_lists_are_python_with_spaces(write):
    frame = read_reference("padchest", [write(PADCHEST, "p.csv")]).frame
    assert "Report" not in frame
    assert frame["MethodLabel"].tolist() == ["Physician"] * 2 + ["RNN_model"] * 2
    assert said(frame) == {"Cardiomegaly": 1, "Pleural Effusion": 1, "Support Devices": 1}
    assert said(frame, 1) == {"No Finding": 1}
    assert said(frame, 2) == {}  # excluded by the authors
    assert said(frame, 3) == {}
    negatives = read_reference("padchest", [write(PADCHEST, "p.csv")], absent="negative").frame
    assert said(negatives, 2) == {}
    assert said(negatives)["Fracture"] == 0


def test_padchest_by_study(write):
    frame = read_reference("padchest", [write(PADCHEST, "p.csv")], by="study").frame
    assert frame["StudyID"].tolist() == ["s1", "s2", "s3"]


def test_padchest_refuses_what_is_no_list(write):
    path = write("ImageID,Labels\na.png,__import__('os')\n", "p.csv")
    with pytest.raises(InputError, match="row 1: 'Labels' is no list"):
        read_reference("padchest", [path])


def test_openi_codes_of_a_table(write):
    path = write(
        "uid,MeSH,findings\n"
        "1,normal,\n2,Cardiomegaly/borderline;Opacity/lung/base/left,\n3,No Indexing,\n4,,\n"
        "5,Thickening/pleura/apex;Pulmonary Congestion,\n",
        "reports.csv",
    )
    frame = read_reference("openi", [path]).frame
    assert [said(frame, row) for row in range(5)] == [
        {"No Finding": 1},
        {"Cardiomegaly": -1, "Lung Opacity": 1},
        {},
        {},
        {"Pleural Other": 1, "Edema": -1},
    ]
    negatives = read_reference("openi", [path], absent="negative").frame
    assert said(negatives, 2) == {}
    assert said(negatives, 3) == {}
    assert said(negatives, 1)["Edema"] == 0


XML = (
    '<eCitation><uId id="{uid}"/><MeSH><major>{code} </major><automatic>Fracture</automatic></MeSH>'
    "</eCitation>"
)


def test_openi_xml_files_and_folders(write, tmp_path):
    write(XML.format(uid="CXR2", code="Pleural Effusion/left"), "xml/sub/2.xml")
    one = write(XML.format(uid="CXR1", code="normal"), "xml/1.xml")
    frame = read_reference("openi", [tmp_path / "xml"]).frame
    assert sorted(frame["uid"]) == ["CXR1", "CXR2"]
    assert said(read_reference("openi", [one]).frame) == {"No Finding": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<eCitation><uId", "line 1, column .*not well-formed"),
        ("<html/>", "no Open-i report"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><eCitation/>', "entities"),
    ],
)
def test_openi_refuses_other_xml(write, content, message):
    with pytest.raises(InputError, match=message):
        read_reference("openi", [write(content, "1.xml")])


def test_openi_gold_zero_is_an_absent_code(write):
    path = write("filename,Effusion,Hernia,Edema,normal\nCXR1,1,0,0,0\nCXR2,0,0,0,1\n", "gold.csv")
    assert said(read_reference("openi", [path]).frame) == {"Pleural Effusion": 1}
    asked = read_reference("openi", [path], absent="negative").frame
    assert said(asked) == {"No Finding": 0, "Edema": 0, "Pleural Effusion": 1}


# --- what is refused


def test_unknown_names_are_listed_with_counts_or_ignored_on_demand(write):
    path = write(NIH.format(comma="").replace("Effusion", "Efusion"), "d.csv")
    with pytest.raises(InputError, match=r"1 name\(s\).*nih.yaml.*d.csv: row 1 \(1 times\)"):
        read_reference("nih", [path])
    result = read_reference("nih", [path], unknown_names="ignore")
    assert said(result.frame) == {"Cardiomegaly": 1}
    assert any("1 name(s)" in note and "row 1" in note for note in result.notes)


@pytest.mark.parametrize(
    "option",
    [
        {"kind": "mimicry"},
        {"consensus_rule": "most"},
        {"absent": "zero"},
        {"by": "patient"},
        {"unknown_names": "warn"},
    ],
)
def test_wrong_options_name_what_there_is(write, option):
    path = write(NIH.format(comma=""), "d.csv")
    with pytest.raises(InputError, match="is none of"):
        read_reference(**({"kind": "nih", "files": [path]} | option))


def test_by_study_needs_studies(write):
    with pytest.raises(InputError, match="name no study"):
        read_reference("nih", [write(NIH.format(comma=""), "d.csv")], by="study")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_set_is_one_clear_error(write, kind):
    path = write("color,shape\nred,round\n", "other.csv" if kind != "chestxdet10" else "other.json")
    with pytest.raises(InputError) as error:
        read_reference(kind, [path])
    assert "other" in str(error.value)
    assert "\n" not in str(error.value)


# --- consensus


def test_consensus_of_hand_made_readings():
    ids = pd.Index(["b", "a", "b", "b", "a"])
    values = np.array(
        [[1, 1, BLANK], [1, 0, BLANK], [1, 0, BLANK], [0, -1, BLANK], [0, 0, BLANK]], dtype=np.int8
    )
    first, codes, ties = consensus(ids, values, "majority")
    assert ids[first].tolist() == ["b", "a"]
    assert codes.tolist() == [[1, BLANK, BLANK], [BLANK, 0, BLANK]]
    assert ties == 2
    assert consensus(ids, values, "any")[1].tolist() == [[1, 1, BLANK], [1, 0, BLANK]]
    assert consensus(ids, values, "all")[1].tolist() == [[0, 0, BLANK], [0, 0, BLANK]]


@given(st.lists(st.sampled_from([1, 0, -1, BLANK]), min_size=1, max_size=9), st.randoms())
def test_consensus_does_not_depend_on_the_order_of_readers(votes, random):
    shuffled = votes.copy()
    random.shuffle(shuffled)
    ids = pd.Index(["image"] * len(votes))
    for rule in ("majority", "any", "all"):
        one, other = (
            consensus(ids, np.array(order, dtype=np.int8)[:, None], rule)[1]
            for order in (votes, shuffled)
        )
        assert one.tolist() == other.tolist()


# --- the real files


@needs_shared
def test_nih_real_files():
    entries = SHARED / "references" / "Data_Entry_2017_v2020.csv.gz"
    frame = read_reference("nih", [entries]).frame
    assert len(frame) == 112_120
    assert int(frame["Pleural Effusion"].sum()) == 13_317
    assert int((frame[list(CHEXPERT)] == 0).sum().sum()) == 0
    boxes = read_reference("nih", [SHARED / "references" / "BBox_List_2017.csv.gz"]).frame
    assert int(boxes["boxes"].sum()) == 984


@needs_shared
def test_chestxdet10_real_file():
    path = SHARED / "references" / "chestx_det10" / "test.json"
    entries = json.loads(path.read_text())
    frame = read_reference("chestxdet10", [path]).frame
    assert len(frame) == 542
    assert frame["boxes"].tolist() == [len(entry["boxes"]) for entry in entries]
    expected = ["Pneumothorax" in entry["syms"] for entry in entries]
    assert (frame["Pneumothorax"] == 1).tolist() == expected


@needs_shared
def test_openi_real_codes_are_all_known_and_fit_the_gold_table():
    codes = read_reference("openi", [SHARED / "openi" / "reports.csv"]).frame
    assert len(codes) == 3295
    gold = pd.read_csv(SHARED / "openi" / "nih14_dev.csv")
    gold.index = gold["filename"].str.removeprefix("CXR")
    codes = codes.set_index("uid").loc[gold.index]
    for ours, theirs in [("Pneumonia", "Pneumonia"), ("Consolidation", "Consolidation")]:
        found = codes[ours].fillna(0).to_numpy(dtype=int) == 1
        assert (found == (gold[theirs] == 1).to_numpy()).mean() > 0.995
    assert len(read_reference("openi", [SHARED / "openi" / "xml"]).frame) == 60


def test_rule_files_come_with_every_kind():
    there = {path.stem for path in (Path(rules_folder()) / "crosswalks").glob("*.yaml")}
    assert {CROSSWALKS.get(kind, kind) for kind in KINDS} <= there


# ------------------------------------------------------------------------------ own names


@pytest.mark.parametrize("kind", ["vindr", "nih", "chestxdet10", "padchest"])
def test_every_label_of_a_set_s_own_label_set_has_a_line(kind: str) -> None:
    crosswalk = load_crosswalk(kind)
    labels = load_rules(crosswalk.label_set).columns
    native = native_crosswalk(crosswalk, labels)
    given = [name for line in native.lines for name in line.gives]
    assert sorted(given) == sorted(labels)


def test_own_names_are_kept_and_spellings_joined(tmp_path: Path) -> None:
    path = tmp_path / "BBox_List_2017.csv"
    path.write_text(
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
        "a.png,Infiltrate,1,2,3,4,,,\na.png,Mass,1,2,3,4,,,\nb.png,Nodule,1,2,3,4,,,\n"
    )
    frame = read_reference("nih", [path], native=True).frame.set_index("Image Index")
    assert frame.loc["a.png", ["Infiltration", "Mass"]].tolist() == [1, 1]
    assert frame.loc["b.png", "Nodule"] == 1
    assert "Lung Opacity" not in frame


def test_only_sets_with_a_label_set_of_their_names_keep_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="openi has no label set of its own names; vindr, nih"):
        read_reference("openi", [tmp_path / "reports.csv"], native=True)
