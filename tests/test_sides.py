"""Sides of reports against sides of boxes: the image's right half is the patient's left."""

import json

import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.errors import InputError
from labeler.references.box_sides import read_box_sides

NIH = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"


def sides(path, **options):
    frame = read_box_sides(path, **options)
    return {(r.id, r.label): (r.left, r.right) for r in frame.itertuples()}


def test_a_box_in_the_right_half_of_the_image_is_on_the_left_of_the_patient(tmp_path):
    file = tmp_path / "boxes.csv"
    file.write_text(
        NIH + "a.png,Effusion,700,600,200,100\nb.png,Effusion,100,600,200,100\n"
        "c.png,Cardiomegaly,300,400,500,300\nd.png,Nodule,100,1,9,9\nd.png,Mass,900,1,9,9\n"
    )
    assert sides(file) == {
        ("a.png", "Pleural Effusion"): (True, False),
        ("b.png", "Pleural Effusion"): (False, True),
        ("c.png", "Cardiomegaly"): (True, True),
        ("d.png", "Lung Lesion"): (True, True),
    }


def test_chestxdet10_and_vindr_are_read_by_their_form(tmp_path):
    det = tmp_path / "test.json"
    entry = {"file_name": "1.png", "syms": ["Pneumothorax"], "boxes": [[10, 10, 90, 90]]}
    det.write_text(json.dumps([entry]))
    assert sides(det) == {("1.png", "Pneumothorax"): (False, True)}
    vindr = tmp_path / "annotations.csv"
    vindr.write_text(
        "image_id,class_name,x_min,y_min,x_max,y_max\n"
        "p,Pleural effusion,1500,10,1900,90\nq,No finding,,,,\n"
    )
    with pytest.raises(InputError, match="--image-width"):
        read_box_sides(vindr)
    assert sides(vindr, width=2000) == {("p", "Pleural Effusion"): (True, False)}


def test_compare_by_side_counts_what_meets(tmp_path):
    reports, labels = tmp_path / "r.csv", tmp_path / "l.csv"
    evidence, boxes, out = tmp_path / "e.csv", tmp_path / "boxes.csv", tmp_path / "figures.json"
    reports.write_text(
        "id,report\na,Small left effusion.\nb,Left effusion.\nc,Bilateral effusions.\n"
        "d,Effusion.\ne,No effusion.\nf,Clear lungs.\n"
    )
    boxes.write_text(
        NIH
        + "".join(f"{i}.png,Effusion,{100 if i == 'b' else 700},600,200,100\n" for i in "abcdez")
    )
    run = CliRunner()
    label = ["label", str(reports), "-o", str(labels), "--evidence", str(evidence)]
    assert run.invoke(app, label).exit_code == 0
    arguments = ["compare", str(evidence), str(boxes), "--by-side", "--id-pattern", "^[a-z]"]
    result = run.invoke(app, [*arguments, "--json", str(out)])
    assert result.exit_code == 0, (result.output, result.exception)
    assert json.loads(out.read_text()) == [
        {"label": "Pleural Effusion", "boxes": 5, "stated": 4, "sided": 3, "meet": 2, "same": 1}
    ]
    assert "Pleural Effusion" in result.output


@pytest.mark.parametrize(
    "content", ["id,x\n1,2\n", "image_id,class_name,x_min,x_max,width\np,Mass,a,2,9\n"]
)
def test_a_file_that_is_none_of_boxes_is_an_error(tmp_path, content):
    file = tmp_path / "boxes.csv"
    file.write_text(content)
    with pytest.raises(InputError, match=r"boxes\.csv"):
        read_box_sides(file)
