"""Reference sets in the forms in which they were published: full headers, the values as the files write them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from labeler.errors import InputError
from labeler.references import read_reference
from labeler.tables.names import CHEXPERT


def names_in(header: str) -> list[str]:
    """The names of a header line."""
    return header.split(",")


_CHEXPERT_PLUS = [
    *("Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema"),
    *("Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion"),
    *("Pleural Other", "Fracture", "Support Devices", "No Finding"),
]
_CXR_LT_2023 = names_in(
    "Atelectasis,Calcification of the Aorta,Cardiomegaly,Consolidation,Edema,Emphysema,"
    "Enlarged Cardiomediastinum,Fibrosis,Fracture,Hernia,Infiltration,Lung Lesion,Lung Opacity,"
    "Mass,No Finding,Nodule,Pleural Effusion,Pleural Other,Pleural Thickening,Pneumomediastinum,"
    "Pneumonia,Pneumoperitoneum,Pneumothorax,Subcutaneous Emphysema,Support Devices,"
    "Tortuous Aorta"
)
_CXR_LT_2024 = names_in(
    "Adenopathy,Atelectasis,Azygos Lobe,Calcification of the Aorta,Cardiomegaly,Clavicle Fracture,"
    "Consolidation,Edema,Emphysema,Enlarged Cardiomediastinum,Fibrosis,Fissure,Fracture,Granuloma,"
    "Hernia,Hydropneumothorax,Infarction,Infiltration,Kyphosis,Lobar Atelectasis,Lung Lesion,"
    "Lung Opacity,Mass,Nodule,Normal,Pleural Effusion,Pleural Other,Pleural Thickening,"
    "Pneumomediastinum,Pneumonia,Pneumoperitoneum,Pneumothorax,Pulmonary Embolism,"
    "Pulmonary Hypertension,Rib Fracture,Round(ed) Atelectasis,Subcutaneous Emphysema,"
    "Support Devices,Tortuous Aorta,Tuberculosis"
)
_PCXR = names_in(
    "image_id,rad_ID,No finding,Bronchitis,Brocho-pneumonia,Other disease,Bronchiolitis,"
    "Situs inversus,Pneumonia,Pleuro-pneumonia,Diagphramatic hernia,Tuberculosis,"
    "Congenital emphysema,CPAM,Hyaline membrane disease,Mediastinal tumor,Lung tumor"
)


def rows(header: list[str], *given: dict[str, str], fill: str = "") -> str:
    """A CSV file with rows in which the columns not given hold `fill`."""
    lines = [header, *([row.get(name, fill) for name in header] for row in given)]
    return "".join(",".join(line) + "\n" for line in lines)


def stated(row) -> dict[str, int]:
    """The observations of a row that are not empty."""
    return {name: int(row[name]) for name in CHEXPERT if not pd.isna(row[name])}


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_chexpert_plus(tmp_path):
    lines = '{"path_to_image": "train/p1/s1/a.jpg", "Edema": 1.0, "Fracture": null}\n' * 1
    lines += '{"path_to_image": "train/p1/s2/b.jpg", "Edema": -1.0, "Fracture": 0.0}\n'
    frame = read_reference("chexpert-plus", [write(tmp_path / "report_fixed.json", lines)]).frame
    assert frame["Edema"].tolist() == [1, -1]
    assert frame["Study"].tolist() == ["train/p1/s1", "train/p1/s2"]
    with pytest.raises(InputError, match="not JSON"):
        read_reference("chexpert-plus", [write(tmp_path / "x.json", "path,Edema\n1,2\n")])


def test_brax(tmp_path):
    text = "DicomPath,PngPath,PatientID,AccessionNumber,Edema,Fracture\na,b,1,7,1,\nc,d,1,7,0,1\n"
    path = write(tmp_path / "master_spreadsheet_update.csv", text)
    assert read_reference("brax", [path]).frame["Edema"].tolist() == [1, 0]
    assert read_reference("brax", [path], by="study").frame["Fracture"].tolist() == [1]
    with pytest.raises(InputError, match="no column PngPath or DicomPath"):
        read_reference("brax", [write(tmp_path / "x.csv", "a,Edema\n1,1\n")])


def test_rsna(tmp_path):
    boxes = "patientId,x,y,width,height,Target\na,1,2,3,4,1\na,5,6,7,8,1\nb,,,,,0\n"
    frame = read_reference("rsna", [write(tmp_path / "boxes.csv", boxes)]).frame
    assert frame["Lung Opacity"].tolist() == [1, 0]
    assert frame["boxes"].tolist() == [2, 0]
    assert frame["No Finding"].isna().all()
    kinds = "patientId,class\na,Lung Opacity\na,Lung Opacity\nb,Normal\n"
    frame = read_reference("rsna", [write(tmp_path / "kinds.csv", kinds)]).frame
    assert frame["No Finding"].tolist() == [0, 1]
    with pytest.raises(InputError, match="no column 'class'"):
        read_reference("rsna", [write(tmp_path / "x.csv", "patientId,label\na,1\n")])


def test_siim(tmp_path):
    text = "ImageId, EncodedPixels\na,12 3 40 2\na,90 1\nb, -1\n"
    frame = read_reference("siim", [write(tmp_path / "rle.csv", text)]).frame
    assert frame["Pneumothorax"].tolist() == [1, 0]
    assert frame["boxes"].tolist() == [2, 0]
    with pytest.raises(InputError, match="row 1: 'EncodedPixels' must be run lengths or -1"):
        read_reference("siim", [write(tmp_path / "x.csv", "ImageId,EncodedPixels\na,12 3 4\n")])


def test_mimic_lt(tmp_path):
    text = (
        "dicom_id,subject_id,study_id,Hydropneumothorax,Mass,Normal,Tortuous Aorta\nd,1,2,1,0,0,1\n"
    )
    frame = read_reference("mimic-lt", [write(tmp_path / "labels.csv", text)]).frame
    row = frame.iloc[0]
    assert (row["Pneumothorax"], row["Pleural Effusion"], row["Lung Lesion"]) == (1, 1, 0)
    text = text.replace("Mass", "Bone Cyst")
    with pytest.raises(InputError, match=r"mimic-lt\.yaml does not know.*'Bone Cyst'"):
        read_reference("mimic-lt", [write(tmp_path / "x.csv", text)])
    with pytest.raises(InputError, match="no column 'dicom_id'"):
        read_reference("mimic-lt", [write(tmp_path / "y.csv", "id,Mass\n1,0\n")])


def test_vindr_pcxr(tmp_path):
    text = "image_id,rad_ID,Brocho-pneumonia,Other opacity,No finding\na,R1,1,0,0\nb,R2,0,0,1\n"
    frame = read_reference("vindr-pcxr", [write(tmp_path / "image_labels_train.csv", text)]).frame
    assert frame["Pneumonia"].tolist() == [1, 0]
    assert frame["reader"].tolist() == ["R1", "R2"]
    boxes = "image_id,rad_ID,class_name,x_min,y_min,x_max,y_max\na,R1,Other opacity,1,2,3,4\n"
    frame = read_reference("vindr-pcxr", [write(tmp_path / "annotations_train.csv", boxes)]).frame
    assert (frame["Lung Opacity"].tolist(), frame["boxes"].tolist()) == ([1], [1])


def test_chexpert_plus_as_published(tmp_path):
    path = "train/patient00001/study1/view1_frontal.jpg"
    one = {"path_to_image": path} | dict.fromkeys(_CHEXPERT_PLUS) | {"Edema": -1.0, "Fracture": 1.0}
    two = {"path_to_image": path.replace("view1", "view2")} | dict.fromkeys(_CHEXPERT_PLUS)
    lines = "".join(json.dumps(record) + "\n" for record in (one, two))
    file = write(tmp_path / "impression_fixed.json", lines)
    frame = read_reference("chexpert-plus", [file]).frame
    assert [stated(row) for _, row in frame.iterrows()] == [{"Edema": -1, "Fracture": 1}, {}]
    assert len(read_reference("chexpert-plus", [file], by="study").frame) == 1


def test_brax_as_published(tmp_path):
    about = ["", "DicomPath", "PngPath", "PatientID", "PatientSex", "PatientAge", "AccessionNumber"]
    behind = ["ViewPosition", "Rows", "Columns", "Manufacturer"]
    header = [*about, "StudyDate", *CHEXPERT, *behind]
    image = {
        "PngPath": "images/p/a.png",
        "AccessionNumber": "Accession_7",
        "PatientAge": "85 or more",
    }
    text = rows(header, image | {"Edema": "1.0", "Pneumonia": "-1.0"}, image | {"PngPath": "b.png"})
    frame = read_reference("brax", [write(tmp_path / "master_spreadsheet_update.csv", text)]).frame
    assert [stated(row) for _, row in frame.iterrows()] == [{"Edema": 1, "Pneumonia": -1}, {}]
    assert frame["PngPath"].tolist() == ["images/p/a.png", "b.png"]


@pytest.mark.parametrize("names", [_CXR_LT_2023, _CXR_LT_2024], ids=["2023", "2024"])
def test_mimic_lt_as_published(tmp_path, names):
    header = ["dicom_id", "subject_id", "study_id", "ViewPosition", *names]
    image = {"dicom_id": "d1", "subject_id": "1", "study_id": "2", "ViewPosition": "PA"}
    text = rows(header, image | {"Mass": "1.0", "Tortuous Aorta": "1.0"}, fill="0.0")
    labels = read_reference("mimic-lt", [write(tmp_path / "train.csv", text)])
    said = stated(labels.frame.iloc[0])
    assert said.pop("Lung Lesion") == 1
    assert {*said.values()} == {0}
    assert not [note for note in labels.notes if "not in the crosswalk" in note]


def test_mimic_lt_without_studies_has_no_rows_of_studies(tmp_path):
    text = rows(["dicom_id", *_CXR_LT_2023], {"dicom_id": "d1", "Edema": "1"}, fill="0")
    file = write(tmp_path / "labels.csv", text)
    assert read_reference("mimic-lt", [file]).frame["Edema"].tolist() == [1]
    with pytest.raises(InputError, match="name no study"):
        read_reference("mimic-lt", [file], by="study")


def test_vindr_pcxr_as_published(tmp_path):
    image = {"image_id": "a", "rad_ID": "R1"}
    text = rows(_PCXR, image | {"Pleuro-pneumonia": "1.0"}, fill="0.0")
    frame = read_reference("vindr-pcxr", [write(tmp_path / "image_labels_train.csv", text)]).frame
    # of the local findings a file of image labels says nothing
    assert stated(frame.iloc[0]) == {"No Finding": 0, "Lung Lesion": 0, "Pneumonia": 1}
    boxes = (
        "image_id,rad_ID,class_name,x_min,y_min,x_max,y_max,class_id\n"
        "a,R1,Peribronchovascular interstitial opacity,10.5,20.0,300.25,400.0,3\n"
        "b,R2,No finding,,,,,36\n"
    )
    frame = read_reference("vindr-pcxr", [write(tmp_path / "annotations_train.csv", boxes)]).frame
    assert frame["Lung Opacity"].tolist() == [1, 0]
    assert frame["No Finding"].tolist() == [0, 1]
    assert frame["boxes"].tolist() == [1, 0]


def test_rsna_as_published(tmp_path):
    boxes = (
        "patientId,x,y,width,height,Target\n"
        "0004cfab-14fd-4e49-80ba-63a80b6bddd6,,,,,0\n"
        "00436515-870c-4b36-a041-de91049b9ab4,264.0,152.0,213.0,379.0,1\n"
        "00436515-870c-4b36-a041-de91049b9ab4,562.0,152.0,256.0,453.0,1\n"
    )
    kinds = (
        "patientId,class\n"
        "0004cfab-14fd-4e49-80ba-63a80b6bddd6,No Lung Opacity / Not Normal\n"
        "00436515-870c-4b36-a041-de91049b9ab4,Lung Opacity\n"
        "00436515-870c-4b36-a041-de91049b9ab4,Lung Opacity\n"
    )
    files = [
        write(tmp_path / "stage_2_train_labels.csv", boxes),
        write(tmp_path / "stage_2_detailed_class_info.csv", kinds),
    ]
    frame = read_reference("rsna", files).frame
    assert frame["Lung Opacity"].tolist() == [0, 1]
    assert frame["No Finding"].tolist() == [0, 0]
    assert frame["boxes"].tolist() == [0, 2]


def test_siim_as_published(tmp_path):
    mask = " ".join(f"{gap} {run}" for gap, run in zip(range(900, 1400), range(500), strict=True))
    text = f"ImageId, EncodedPixels\n1.2.276.0.7, -1\n1.2.276.0.8, {mask}\n"
    frame = read_reference("siim", [write(tmp_path / "train-rle.csv", text)]).frame
    assert frame["Pneumothorax"].tolist() == [0, 1]
    # the second stage writes no blank behind the comma
    text = text.replace(", ", ",")
    frame = read_reference("siim", [write(tmp_path / "stage_2_train.csv", text)]).frame
    assert frame["Pneumothorax"].tolist() == [0, 1]


@pytest.mark.parametrize("kind", ["nih", "openi", "vinbigdata", "rsna", "siim", "mimic-lt", "brax"])
def test_a_file_without_a_header_shows_nothing_of_its_first_row(tmp_path, kind):
    file = write(tmp_path / "x.csv", "Mrs Smith has a small effusion on 3 May,more\n1,2\n")
    with pytest.raises(InputError, match="no column") as caught:
        read_reference(kind, [file])
    assert "Smith" not in str(caught.value)
    assert not str(caught.value).endswith(": ")
