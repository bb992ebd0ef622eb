"""From a CSV of reports to labels, evidence, a comparison, and a rule of one's own.

Run it in an empty folder: `python tutorial.py path/to/examples/reports.csv`.
"""

import shutil
import sys
from pathlib import Path

import pandas as pd

from labeler import Labeler
from labeler.authoring.check import check_rules
from labeler.comparison.compare import compare
from labeler.corpus.label import label_corpus
from labeler.rules.location import rules_folder
from labeler.tables.labels import read_label_table

reports = Path(sys.argv[1] if len(sys.argv) > 1 else "reports.csv")

# 1. Label the file. The label table and the evidence appear whole or not at all.
summary = label_corpus([str(reports)], "labels.csv", evidence="evidence.csv")
print(f"{summary.reports} reports, {summary.without_text} without text")

# 2. Look at the labels: a row a report; 1 positive, 0 negative, -1 uncertain, missing not mentioned.
labels = pd.read_csv("labels.csv", index_col=0)
print(labels.apply(lambda column: column.value_counts()).fillna(0).astype(int).T)

# 3. Look at the evidence: why is there an uncertain pneumonia?
evidence = pd.read_csv("evidence.csv")
asked = evidence[(evidence["observation"] == "Pneumonia") & (evidence["value"] == -1)]
print(asked[["id", "mention", "cue", "rule"]].to_string(index=False))

# 4. Change a rule: "air leak sign" shall mean a pneumothorax. Every rule needs an example.
shutil.copytree(rules_folder(), "my-rules", dirs_exist_ok=True)
file = Path("my-rules/en/findings/pneumothorax.yaml")
text = file.read_text(encoding="utf-8")
if "air leak sign" not in text:
    rule = "findings:\n  - id: local_shorthand\n    parent: pneumothorax\n    phrases: [air leak sign]\n"
    example = '  positive:\n    - "Air leak sign on the left."\n'
    text = text.replace("findings:\n", rule, 1).replace("  positive:\n", example, 1)
    file.write_text(text, encoding="utf-8")
outcome = check_rules("my-rules")
print(f"{len(outcome.examples)} examples run, {len(outcome.failures)} fail")
mine = Labeler(rules="my-rules").label("Air leak sign on the right.")
print("own rule:", mine.labels["Pneumothorax"], mine.mentions[0].rule)

# 5. Compare the labels by the changed rules with the first ones, report by report.
label_corpus([str(reports)], "labels_mine.csv", rules="my-rules")
comparison = compare(
    read_label_table(Path("labels_mine.csv")), read_label_table(Path("labels.csv")), draws=0
)
print(f"compared {len(comparison.pairs.ids)} reports")
