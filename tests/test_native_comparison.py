"""Labels of a data set's own names against that data set's files: like with like, from report to comparison."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labeler.cli import main

VINDR = (
    "Aortic enlargement,Atelectasis,Calcification,Cardiomegaly,Clavicle fracture,Consolidation,Edema,Emphysema,"
    "Enlarged PA,ILD,Infiltration,Lung Opacity,Lung cavity,Lung cyst,Mediastinal shift,Nodule/Mass,"
    "Pleural effusion,Pleural thickening,Pneumothorax,Pulmonary fibrosis,Rib fracture,Other lesion,COPD,"
    "Lung tumor,Pneumonia,Tuberculosis,Other disease,No finding"
)
PADCHEST = (
    ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,Projection,ReportID,Report,MethodLabel,Labels,"
    "Localizations,LabelsLocalizationsBySentence,labelCUIS,LocalizationsCUIS"
)
NIH = "Image Index,Finding Labels,Follow-up #,Patient ID"


def vindr(rows: dict[str, list[str]]) -> str:
    names = VINDR.split(",")
    lines = [
        ",".join([image, *("1" if n in found else "0" for n in names)])
        for image, found in rows.items()
    ]
    return "\n".join([f"image_id,{VINDR}", *lines, ""])


def nih(rows: dict[str, list[str]]) -> str:
    lines = [f"{image},{'|'.join(found)},0,1" for image, found in rows.items()]
    return "\n".join([NIH, *lines, ""])


def chestxdet10(rows: dict[str, list[str]]) -> str:
    return json.dumps(
        [
            {"file_name": image, "syms": found, "boxes": [[1, 2, 30, 40]] * len(found)}
            for image, found in rows.items()
        ]
    )


def padchest(rows: dict[str, list[str]]) -> str:
    lines = [
        f'{n},{image}.png,0,20150101,{image},p{n},PA,r{n},texto,Physician,"{found}",[],[],[],[]'
        for n, (image, found) in enumerate(rows.items())
    ]
    return "\n".join([PADCHEST, *lines, ""])


# kind: file name, how it is written, image -> (report, names)
SETS: dict[str, tuple[str, Callable[[dict[str, list[str]]], str], str, dict[str, tuple[str, list[str]]]]] = {
    "vindr": (
        "image_labels_test.csv", vindr, "image_id",
        {
            "a": ("Calcified granuloma. Old rib fractures.", ["Calcification", "Rib fracture"]),
            "b": ("Mediastinal shift to the left. Emphysema. COPD.", ["Mediastinal shift", "Emphysema", "COPD"]),
            "c": ("The lungs are clear. No effusion.", ["No finding"]),
        },
    ),
    "nih": (
        "Data_Entry_2017_v2020.csv", nih, "Image Index",
        {
            "a.png": ("Left basal infiltrate. Hiatal hernia.", ["Infiltration", "Hernia"]),
            "b.png": ("Right hilar mass. Pleural thickening.", ["Mass", "Pleural_Thickening"]),
            "c.png": ("The lungs are clear. No effusion.", ["No Finding"]),
        },
    ),
    "chestxdet10": (
        "train.json", chestxdet10, "file_name",
        {
            "1.png": ("Small effusion. Fibrosis of the apices.", ["Effusion", "Fibrosis"]),
            "2.png": ("Fracture of the left clavicle.", ["Fracture"]),
            "3.png": ("The lungs are clear. No effusion.", []),
        },
    ),
    "padchest": (
        "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv", padchest, "StudyID",
        {
            "a": ("Scoliosis. Tortuous aorta.", ["scoliosis", "aortic elongation"]),
            "b": ("Hiatal hernia. The heart is enlarged.", ["hiatal hernia", "cardiomegaly"]),
            "c": ("The lungs are clear. No effusion.", ["normal"]),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SETS)
def test_labels_agree_with_the_data_set_s_own(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["labeler", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    name, write, image, cases = SETS[kind]
    published = tmp_path / name
    published.write_text(write({key: names for key, (_, names) in cases.items()}))
    reports = tmp_path / "reports.csv"
    reports.write_text(
        "\n".join([f"{image},report", *(f'{key},"{text}"' for key, (text, _) in cases.items()), ""])
    )
    made, theirs, figures = (tmp_path / x for x in ("made.csv", "theirs.csv", "figures.json"))
    label_set = {"nih": "chestxray14"}.get(kind, kind)
    run("label", reports, "--output", made, "--label-set", label_set, "--id", image)
    run("reference", kind, published, "--native", "--output", theirs)
    run("compare", made, theirs, "--json", figures)
    seen = {
        name.replace("_", " ").casefold(): figure["measures"]["positive"]["f1"]["value"]
        for name, figure in json.loads(figures.read_text())["observations"].items()
    }
    asked = tmp_path / "asked.json"
    run("compare", made, theirs, "--label-set", label_set, "--json", asked)
    assert json.loads(asked.read_text()) == json.loads(figures.read_text())
    for name in {name for _, names in cases.values() for name in names}:
        assert seen[name.replace("_", " ").casefold()] == 1, name
