"""The ChestX-ray14 label set against people's codes of Open-i reports, beside NIH's own labeler.

    python benchmarks/nih14.py ../shared/openi

The folder holds `nih14_dev.csv` (the NIH-14 gold, 0/1, a row a report) and `reports.csv` (text and
MeSH codes). Reports are scored as published and with the gold's defects mended by `repair`.
"""

import argparse
from pathlib import Path

import pandas as pd

from labeler import Labeler

PUBLISHED = {
    "Atelectasis": 92.4, "Cardiomegaly": 92.2, "Effusion": 91.8, "Infiltration": 89.5, "Mass": 80.0,
    "Nodule": 75.7, "Pneumonia": 57.1, "Pneumothorax": 66.7, "Consolidation": 82.4, "Edema": 83.3,
    "Emphysema": 76.2, "Fibrosis": 100.0, "Pleural_Thickening": 85.7, "Hernia": 100.0,
    "micro": 87.3,
}  # fmt: skip
"""F1 of NegBio, the labeler that made ChestX-ray14, on 771 other reports (280 positives)."""
LABELS = [name for name in PUBLISHED if name != "micro"]


def read_gold(folder: Path) -> pd.DataFrame:
    """The gold with the reports' text and MeSH codes: a row a report, by `uid`."""
    gold = pd.read_csv(folder / "nih14_dev.csv")
    gold["uid"] = gold["filename"].str.removeprefix("CXR").astype(int)
    reports = pd.read_csv(folder / "reports.csv")
    return gold.merge(reports, on="uid", validate="one_to_one").set_index("uid")


def repair(gold: pd.DataFrame) -> pd.DataFrame:
    """The gold with its defects repaired from the MeSH codes; a missing cell is not scored.

    - Reports that nobody indexed (all 0 whatever they say) and reports without text are left out.
    - Hernia, all 0, is 1 where a hiatal or diaphragmatic hernia is coded.
    - Effusion is not taken from a pericardial effusion, and is from a hydropneumothorax or
      hemothorax; Pneumothorax is from a hydropneumothorax.
    - Pleural_Thickening is not taken from thickening of bronchi, interstitium or mediastinum.
    - Emphysema is taken from bullous emphysema too.
    - Cardiomegaly is taken from an enlarged cardiac shadow, which indexers code apart from an
      enlarged heart; a heart of borderline size is no case of either, and is left out.
    """
    text = gold[["findings", "impression"]].notna().any(axis=1)
    kept = gold[text & (gold["MeSH"] != "No Indexing")]
    out = kept.copy()
    out[LABELS] = kept[LABELS].astype("Int8")
    codes = kept["MeSH"].fillna("").str.split(";").map(lambda names: [c.strip() for c in names])

    def coded(*starts: str, having: str = "", lacking: str = "") -> "pd.Series[bool]":
        return codes.map(
            lambda names: any(
                name.startswith(starts) and having in name and not (lacking and lacking in name)
                for name in names
            )
        )

    hydro = coded("Hydropneumothorax")
    out["Hernia"] = coded("Hernia, Hiatal", "Hernia, Diaphragmatic").astype("Int8")
    out["Effusion"] = (coded("Pleural Effusion", "Hemothorax") | hydro).astype("Int8")
    out["Pneumothorax"] = (coded("Pneumothorax") | hydro).astype("Int8")
    out["Pleural_Thickening"] = coded("Thickening/pleura").astype("Int8")
    out["Emphysema"] = kept["Emphysema"].astype("Int8") | coded("Bullous Emphysema").astype("Int8")
    heart = coded("Cardiomegaly", lacking="borderline")
    heart |= coded("Cardiac Shadow/enlarged", lacking="borderline")
    border = coded("Cardiomegaly", "Cardiac Shadow", having="borderline") & ~heart
    out["Cardiomegaly"] = heart.astype("Int8").mask(border)
    return out


def score(gold: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Counts and figures by label and, last, over all labels (`micro`).

    Args:
        gold: 1, 0 or missing (left out) in the columns `LABELS`.
        labels: 1, 0 or missing (not positive) in the same columns; its index holds the gold's.

    Returns:
        A row a label with `n` (positives), `tp`, `fp`, `fn`, and `precision`, `recall`, `f1` in
        percent, missing where there is nothing to divide by.
    """
    rows = {}
    for name in LABELS:
        truth = gold[name].dropna().eq(1)
        said = labels.loc[truth.index, name].eq(1).fillna(False).astype(bool)
        counts = {
            "tp": (truth & said).sum(),
            "fp": (~truth & said).sum(),
            "fn": (truth & ~said).sum(),
        }
        rows[name] = {"n": truth.sum(), **counts}
    table = pd.DataFrame(rows).T.astype(float)
    table.loc["micro"] = table.sum()
    table["precision"] = 100 * table["tp"] / (table["tp"] + table["fp"])
    table["recall"] = 100 * table["tp"] / table["n"].where(table["n"] > 0)
    table["f1"] = 100 * 2 * table["tp"] / (2 * table["tp"] + table["fp"] + table["fn"])
    return table


def markdown(published: pd.DataFrame, repaired: pd.DataFrame) -> str:
    """The table of the documentation: as published, repaired, and NegBio's published F1."""
    head = "| label | n | P | R | F1 | n repaired | P | R | F1 | NegBio F1 |"
    lines = [head, "|---" + "|---:" * 9 + "|"]
    for name in (*LABELS, "micro"):
        cells = [name]
        for table in (published, repaired):
            row = table.loc[name]
            cells.append(f"{row['n']:.0f}")
            figures = (row[figure] for figure in ("precision", "recall", "f1"))
            cells += ["-" if row["n"] == 0 else f"{figure:.1f}" for figure in figures]
        lines.append("| " + " | ".join([*cells, f"{PUBLISHED[name]:.1f}"]) + " |")
    return "\n".join(lines)


def label(gold: pd.DataFrame, rules: Path | None = None) -> pd.DataFrame:
    """Label the gold's reports by the ChestX-ray14 rules; findings and impression together."""
    labeler = Labeler("chestxray14", rules)
    return labeler.label_frame(gold, findings="findings", impression="impression")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with nih14_dev.csv and reports.csv")
    parser.add_argument("--uids", choices=["all", "even", "odd"], default="all")
    options = parser.parse_args()
    for name in ("nih14_dev.csv", "reports.csv"):
        if not (options.folder / name).is_file():
            parser.exit(
                1,
                f"{options.folder / name}: no such file; docs/data.md says where the data comes from\n",
            )
    gold = read_gold(options.folder)
    if options.uids != "all":
        gold = gold[gold.index % 2 == (options.uids == "odd")]
    labels = label(gold)
    mended = repair(gold)
    print(f"{len(gold)} reports as published, {len(mended)} repaired\n")
    published = score(gold, labels)
    print(markdown(published, score(mended, labels)))
    spared = published.drop("Hernia").drop("micro")[["tp", "fp", "fn"]].sum()
    f1 = 200 * spared["tp"] / (2 * spared["tp"] + spared["fp"] + spared["fn"])
    print(f"\nAs published without the empty Hernia column: micro F1 {f1:.1f}")


if __name__ == "__main__":
    main()
