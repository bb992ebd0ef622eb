"""Small corpora for the tests about files, and ways to read them back."""

import csv
import sys

import pandas as pd

from labeler.readers import find_sources, open_corpus

REPORTS = (
    "Heart size is normal.\nNo effusion, or pneumothorax.",
    "",
    'The so called "water bottle" heart.',
    "FINDINGS: Lungs clear; no edema.\r\n\r\nIMPRESSION:\r\nNormal chest.",
    "Opazität µ — “quoted” ‘curly’ 漢字 🫁",
    "   ",
)


def write_csv(path, rows, header=("uid", "report"), **options):
    with open(path, "w", newline="", encoding=options.pop("encoding", "utf-8")) as handle:
        writer = csv.writer(handle, lineterminator="\n", **options)
        if header:
            writer.writerow(header)
        writer.writerows(rows)
    return str(path)


def read(*inputs, **options):
    """Read a corpus whole: its columns, its frame, its rejections."""
    corpus = open_corpus(find_sources([str(i) for i in inputs]), **options)
    chunks = list(corpus.chunks)
    frame = pd.concat([chunk.frame for chunk in chunks])
    return corpus.columns, frame, [rejection for chunk in chunks for _, rejection in chunk.rejected]


def run_cli(monkeypatch, capsys, *arguments):
    """Run the command line in this process: exit status, standard output, standard error."""
    from labeler.cli import main

    monkeypatch.setattr(sys, "argv", ["labeler", *map(str, arguments)])
    try:
        main()
        status = 0
    except SystemExit as stop:
        status = stop.code or 0
    captured = capsys.readouterr()
    return status, captured.out, captured.err
