"""Scores single findings against the MeSH codes that people gave Open-i's reports.

Usage: python benchmarks/findings.py PATH/TO/openi/reports.csv [--errors FINDING]

A coder named what he thought worth naming: that a code is absent is a weak negative, and so precision is a lower
bound. Reports without codes, and those marked "No Indexing", are left out.
"""

import sys
from pathlib import Path

import pandas as pd

from labeler import Labeler

CODES: dict[str, tuple[str, ...]] = {
    # finding, or several of which one is enough -> headings, some with one of their qualifiers
    "atelectasis": ("Pulmonary Atelectasis",),
    "cardiomegaly": ("Cardiomegaly", "Cardiac Shadow/enlarged"),
    "pleural_effusion": ("Pleural Effusion",),
    "pneumothorax": ("Pneumothorax", "Hydropneumothorax"),
    "consolidation": ("Consolidation",),
    "pneumonia": ("Pneumonia",),
    "pulmonary_edema": ("Pulmonary Edema",),
    "vascular_congestion": ("Pulmonary Congestion",),
    "infiltrate": ("Infiltrate",),
    "airspace_disease": ("Airspace Disease",),
    "lung_scarring": ("Cicatrix/lung",),
    "pulmonary_fibrosis": ("Pulmonary Fibrosis",),
    "nodule calcified_nodule": ("Nodule",),
    "mass": ("Mass/lung",),
    "lung_cavity": ("Cavitation",),
    "emphysema": ("Emphysema", "Pulmonary Emphysema", "Bullous Emphysema"),
    "copd": ("Pulmonary Disease, Chronic Obstructive",),
    "hyperinflation": ("Lung/hyperdistention", "Lung, Hyperlucent"),
    "granuloma calcified_nodule": ("Granuloma", "Calcified Granuloma", "Granulomatous Disease"),
    "calcified_granuloma calcified_nodule": ("Calcified Granuloma",),
    "calcified_lymph_node": ("Calcinosis/lymph nodes",),
    "aortic_calcification atherosclerosis": ("Atherosclerosis", "Calcinosis/aorta"),
    "tortuous_aorta": ("Aorta/tortuous", "Aorta, Thoracic/tortuous"),
    "enlarged_pulmonary_artery": ("Pulmonary Artery/enlarged", "Pulmonary Artery/prominent"),
    "hiatal_hernia": ("Hernia, Hiatal",),
    "elevated_diaphragm": ("Diaphragm/elevated",),
    "flattened_diaphragm": ("Diaphragm/flattened",),
    "eventration": ("Diaphragmatic Eventration",),
    "blunted_costophrenic_angle": ("Costophrenic Angle/blunted", "Sulcus/blunted"),
    "pleural_thickening apical_cap fissure_thickening": ("Thickening/pleura",),
    "scoliosis": ("Scoliosis",),
    "kyphosis": ("Kyphosis",),
    "degenerative_change": (
        *("Thoracic Vertebrae/degenerative", "Spine/degenerative", "Shoulder/degenerative"),
        *("Lumbar Vertebrae/degenerative", "Spondylosis", "Osteophyte", "Arthritis"),
    ),
    "osteopenia": ("Bone Diseases, Metabolic", "Osteoporosis"),
    "bone_deformity": ("Deformity",),
    "fracture": ("Fractures, Bone",),
    "rib_fracture": ("Fractures, Bone/ribs",),
    "central_venous_catheter": ("Catheters, Indwelling",),
    "foreign_body": ("Foreign Bodies",),
    "stent": ("Stents",),
}


def codes(cell: str) -> list[tuple[str, set[str]]]:
    """(heading, qualifiers) of each code of a report."""
    parts = [term.strip().split("/") for term in cell.split(";") if term.strip()]
    return [(heading, set(rest)) for heading, *rest in parts]


def is_coded(cell: str, wanted: tuple[str, ...]) -> bool:
    """Does a report have one of the codes?"""
    for heading, qualifiers in codes(cell):
        for code in wanted:
            name, _, qualifier = code.partition("/")
            if heading == name and (not qualifier or qualifier in qualifiers):
                return True
    return False


def score(reports: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """A row a finding: reports coded and labelled, precision, recall (also with hedged ones), F1."""
    rows = []
    for findings, wanted in CODES.items():
        truth = reports["MeSH"].map(lambda cell, wanted=wanted: is_coded(cell, wanted))
        found = (labels[findings.split()] == 1).any(axis=1).to_numpy()
        both = int((truth & found).sum())
        either = labels[findings.split()].isin([1, -1]).any(axis=1).to_numpy()
        hedged = int((truth & either).sum())
        coded, labelled = int(truth.sum()), int(found.sum())
        rows.append(
            {
                "finding": " or ".join(findings.split()),
                "coded": coded,
                "labelled": labelled,
                "precision": both / labelled if labelled else float("nan"),
                "recall": both / coded if coded else float("nan"),
                "hedged": hedged / coded if coded else float("nan"),
                "F1": 2 * both / (coded + labelled) if coded + labelled else float("nan"),
            }
        )
    return pd.DataFrame(rows).set_index("finding")


def read(path: Path) -> pd.DataFrame:
    """The coded reports."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return frame[~frame["MeSH"].isin(["", "No Indexing"])].reset_index(drop=True)


def main(arguments: list[str]) -> None:
    reports = read(Path(arguments[0]))
    labels = Labeler("findings").label_frame(reports, findings="findings", impression="impression")
    if "--errors" in arguments:
        name = arguments[arguments.index("--errors") + 1]
        wanted = next(codes for key, codes in CODES.items() if name in key.split())
        truth = reports["MeSH"].map(lambda cell: is_coded(cell, wanted))
        found = (labels[name] == 1).to_numpy()
        print("coded, not labelled:", *reports.loc[truth & ~found, "uid"])
        print("labelled, not coded:", *reports.loc[~truth & found, "uid"])
        return
    table = score(reports, labels)
    print(f"{len(reports)} reports with codes\n")
    print(
        "| finding | coded | labelled | precision | recall | recall with hedged | F1 |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for finding, row in table.iterrows():
        cells = [f"{row[name]:.3f}" for name in ("precision", "recall", "hedged", "F1")]
        print(f"| {finding} | {row['coded']:.0f} | {row['labelled']:.0f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
