"""Explanations name the sentences and rule lines behind each label; traces what was left out."""

import functools
import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from labeler import Labeler
from labeler.authoring.trace import SentenceTrace, Tracer
from labeler.cli import app
from labeler.corpus.reports import Report
from labeler.errors import InputError
from labeler.explanation.explain import Explainer, Explanation
from labeler.explanation.explain_text import print_explanation
from labeler.rules.load import load_rules
from labeler.rules.location import rules_folder
from labeler.types import ATTRIBUTES, cell

TEXT = (
    "INDICATION: Rule out pneumonia.\n\n"
    "FINDINGS: Small left effusion. No pneumothorax or edema.\n\n"
    "IMPRESSION: Possible atelectasis. The effusion has resolved."
)


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(Labeler())


@pytest.fixture(scope="module")
def explanation(explainer: Explainer) -> Explanation:
    return explainer(TEXT)


def label(explanation: Explanation, name: str):
    return next(one for one in explanation.labels if one.observation == name)


def line(entry) -> str:
    return entry.file.read_text().splitlines()[entry.line - 1]


def test_a_label_names_the_mentions_that_made_it_and_those_outvoted(explanation) -> None:
    effusion = label(explanation, "Pleural Effusion")
    assert effusion.value == 1
    assert [r.mention.sentence for r in effusion.made_by] == ["Small left effusion."]
    assert [r.mention.sentence for r in effusion.outvoted] == ["The effusion has resolved."]


def test_the_rule_line_holds_the_phrase_that_fired(explanation) -> None:
    (reason,) = label(explanation, "Pneumothorax").made_by
    assert reason.rule.file == rules_folder() / "en/findings/pneumothorax.yaml"
    assert "pneumothorax" in line(reason.rule)
    assert reason.cue is not None
    assert reason.cue.file.name == "20_negation.yaml"
    assert line(reason.cue).strip() == '- "no"'


def test_a_structure_is_decided_by_a_line_of_its_states(explainer: Explainer) -> None:
    (reason,) = label(explainer("The heart is enlarged."), "Cardiomegaly").made_by
    assert reason.cue is not None
    assert "enlarged" in line(reason.cue)
    assert reason.cue.file.name in ("states.yaml", "cardiomegaly.yaml")


def test_no_finding_and_implied_labels_say_by_which_rule(explainer: Explainer) -> None:
    clear = label(explainer("The lungs are clear."), "No Finding")
    assert clear.made_by == ()
    assert "no abnormality" in clear.note
    implied = label(explainer("Congestive heart failure."), "Cardiomegaly")
    assert implied.value == -1
    assert "implied by heart_failure" in implied.note
    assert implied.made_by[0].mention.observation == "Edema"


def test_every_label_of_every_example_is_explained(explainer: Explainer) -> None:
    rules = load_rules()
    for file in rules.findings.values():
        examples = file.examples
        for text in (*examples.positive, *examples.negative, *examples.uncertain):
            for one in explainer(text).labels:
                assert one.made_by or one.note, (text, one.observation)
                for reason in one.made_by:
                    assert reason.rule.file.is_file()
                    assert reason.rule.line > 0
                    assert not reason.mention.cue or reason.cue is not None, (text, reason.mention)


def test_blocks_hold_the_whole_report_and_mark_its_words(explanation: Explanation) -> None:
    joined = "".join("".join(block.text.split()) for block in explanation.blocks)
    assert joined == "".join(TEXT.split())
    assert [block.name for block in explanation.blocks if block.name] == ["findings", "impression"]
    for block in explanation.blocks:
        for mark in block.mentions:
            assert block.text[mark.start : mark.end].lower() in TEXT.lower()
            if mark.cue:
                assert block.text[mark.cue_start : mark.cue_end] == mark.cue


def test_a_split_report_keeps_its_sections(explainer: Explainer) -> None:
    report = Report("a", {"findings": "No edema.", "impression": "Pneumonia."})
    explained = explainer(report)
    assert [block.name for block in explained.blocks] == ["findings", "impression"]
    assert label(explained, "Pneumonia").made_by[0].mention.section == "impression"


def printed(explanation: Explanation, *, color: bool) -> str:
    out = io.StringIO()
    print_explanation(explanation, Console(file=out, force_terminal=color, width=200))
    return out.getvalue()


def test_plain_in_a_pipe_and_coloured_on_a_terminal(explanation: Explanation) -> None:
    plain = printed(explanation, color=False)
    assert "\x1b" not in plain
    assert "[effusion]1+" in plain
    assert "«No»2,3 [pneumothorax]2- or [edema]3-" in plain
    assert "\x1b[" in printed(explanation, color=True)


def test_a_report_cannot_steer_the_terminal(explainer: Explainer) -> None:
    explained = explainer("No edema.\x1b[2J\x1b]0;owned\x07 [bold]Pneumonia[/bold].")
    plain = printed(explained, color=False)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert "[bold]" in plain


def test_the_command_takes_text_and_standard_input() -> None:
    runner = CliRunner()
    given = runner.invoke(app, ["explain", "No edema."])
    piped = runner.invoke(app, ["explain", "-"], input="No edema.")
    assert given.exit_code == piped.exit_code == 0
    assert given.stdout == piped.stdout
    assert "Edema: negative" in given.stdout
    assert "20_negation.yaml:" in given.stdout


def test_the_command_takes_a_report_out_of_a_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "reports.csv"
    corpus.write_text("study_id,report\n7,No edema.\n8,Pneumonia.\n")
    runner = CliRunner()
    result = runner.invoke(app, ["explain", "--corpus", str(corpus), "--id", "8"])
    assert "Pneumonia: positive" in result.stdout
    assert "Edema" not in result.stdout
    missing = runner.invoke(app, ["explain", "--corpus", str(corpus), "--id", "9"])
    assert isinstance(missing.exception, InputError)
    assert "no report has the id '9'; 2 reports were read" in str(missing.exception)


def test_the_page_does_not_overwrite_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "reports.csv"
    corpus.write_text("study_id,report\n7,No edema.\n")
    before = corpus.read_bytes()
    page = CliRunner().invoke(
        app, ["explain", "--corpus", str(corpus), "--id", "7", "--html", str(corpus)]
    )
    assert isinstance(page.exception, InputError)
    assert "is input and output" in str(page.exception)
    assert corpus.read_bytes() == before


@pytest.mark.parametrize("arguments", [[], ["x", "--corpus", "y"], ["--corpus", "y"]])
def test_the_command_needs_one_report(arguments: list[str]) -> None:
    assert isinstance(CliRunner().invoke(app, ["explain", *arguments]).exception, InputError)


def test_a_file_name_is_no_report(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("No edema.")
    for name in ("reports.csv", "my folder/case 7.txt", "a.xlsx", "b.csv.gz", str(notes)):
        result = CliRunner().invoke(app, ["explain", name])
        assert isinstance(result.exception, InputError), name
        assert "--corpus FILE --id ID" in str(result.exception)
    assert CliRunner().invoke(app, ["explain", "No edema on film 7.2"]).exit_code == 0


@functools.cache
def tracer() -> Tracer:
    return Tracer(load_rules())


def trace(text: str) -> SentenceTrace:
    (only,) = tracer()(text)
    return only


def why_not(traced: SentenceTrace, words: str, rule: str) -> str:
    return next(
        hit.why_not for hit in traced.phrases if hit.words == words and hit.entry.rule == rule
    )


def test_a_trace_shows_how_words_are_read() -> None:
    assert ("oedema", "edema") in trace("No oedema.").tokens


def test_a_trace_says_what_excluded_a_phrase() -> None:
    traced = trace("Small pericardial effusion.")
    assert why_not(traced, "effusion", "pleural_effusion:effusion") == (
        "excluded by “pericardial effusion”"
    )
    assert not [d for d in traced.decisions if d.observation == "Pleural Effusion"]


def test_a_trace_says_that_a_structure_has_no_state() -> None:
    traced = trace("The heart overlies the left base.")
    assert why_not(traced, "heart", "cardiomegaly:heart") == "no state is said of it"


def test_a_trace_says_what_an_unless_word_cancelled() -> None:
    traced = trace("Fractured sternotomy wire.")
    assert "(unless)" in why_not(traced, "Fractured", "fracture:fractured bone")


def test_a_trace_shows_states_clauses_cues_and_decisions() -> None:
    traced = trace("No effusion, but the heart is enlarged.")
    assert [(s.structure, s.state, s.kind) for s in traced.states if s.rule == "cardiomegaly:heart"]
    assert [clause.rule for clause in traced.clauses] == ["", "subordinator"]
    (cue,) = [cue for cue in traced.cues if cue.words == "No"]
    assert cue.group == "negation"
    assert "effusion" in cue.reaches
    assert "heart" not in cue.reaches
    assert {(d.observation, d.value) for d in traced.decisions} >= {
        ("Pleural Effusion", 0),
        ("Cardiomegaly", 1),
    }


def test_the_trace_decides_as_the_labeler_does() -> None:
    labeler = Labeler()
    for text in (
        "No effusion or edema.",
        "Heart: Enlarged.",
        "Effusion: none; pneumothorax (+)",
        "Lines: none",
        "<p>No effusion</p><p>Edema: possible</p>",
        "Possible pneumonia versus collapse.",
    ):
        mentions = {(m.observation, m.value) for m in labeler.label(text).mentions}
        traced = {(d.observation, d.value) for t in tracer()(text) for d in t.decisions}
        assert traced == mentions


def test_a_trace_shows_the_words_of_attributes_and_what_they_say() -> None:
    text = "Small effusions at the bases, new since Monday. The base is clear. A 12 mm nodule."
    traced = [*tracer()(text)]
    words = [
        (hit.words, hit.entry.role, hit.entry.owner)
        for one in traced
        for hit in one.phrases
        if hit.entry.file.parent.name == "attributes"
    ]
    assert ("Small", "severity", "mild") in words
    assert ("bases", "side", "bilateral") in words
    assert ("base", "side", "bilateral") not in words  # one base is one side
    said = {(d.observation, d.attributes) for one in traced for d in one.decisions}
    mentions = Labeler().label(text).mentions
    assert said == {(m.observation, tuple(cell(m, name) for name in ATTRIBUTES)) for m in mentions}
    printed = CliRunner().invoke(app, ["rules", "try", text]).stdout
    assert "side bilateral, location lower, severity mild, change new" in printed
    assert "size 12 mm" in printed


def test_labels_of_several_label_sets_are_explained() -> None:
    explained = Explainer(Labeler(("chexpert", "vindr")))("Calcified nodule. CHF.")
    names = [one.observation for one in explained.labels]
    assert {"vindr:Nodule/Mass", "vindr:Edema", "chexpert:Edema"} <= {*names}
    (implied,) = label(explained, "chexpert:Cardiomegaly").made_by
    assert implied.mention.observation == "chexpert:Edema"
    hidden = {reason.mention.observation for reason in explained.reasons if reason.hidden}
    assert hidden == {"chexpert:Other Abnormality"}
    for one in explained.labels:
        assert {r.mention.observation for r in one.made_by} <= {*names}
        assert one.made_by


def test_the_try_command_prints_every_stage() -> None:
    result = CliRunner().invoke(app, ["rules", "try", "Small pericardial effusion."])
    assert result.exit_code == 0
    for word in ("read as", "phrases", "left out: excluded by", "clauses", "cues", "mentions"):
        assert word in result.stdout


def test_the_show_command_prints_an_observation() -> None:
    result = CliRunner().invoke(app, ["rules", "show", "pleural effusion"])
    assert result.exit_code == 0
    for word in ("Pleural Effusion", "pleural_effusion", "hydrothorax", "Excluded", "Examples"):
        assert word in result.stdout
    assert "atelectasis -> Atelectasis" in CliRunner().invoke(app, ["rules", "show"]).stdout


def test_rules_show_shows_the_words_of_an_attribute() -> None:
    shown = CliRunner().invoke(app, ["rules", "show", "severity"]).stdout
    assert "borderline" in shown
    assert "attributes/severity_of_size.yaml" in shown
    assert "severity.yaml: severity" in CliRunner().invoke(app, ["rules", "show"]).stdout


def test_the_show_command_suggests_a_name() -> None:
    result = CliRunner().invoke(app, ["rules", "show", "Edma"])
    assert isinstance(result.exception, InputError)
    assert "did you mean 'Edema'?" in str(result.exception)


def test_unused_rules_and_phrases_are_listed(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(rules_folder(), tmp_path / "rules"))
    edema = rules / "en/findings/edema.yaml"
    lines = edema.read_text().splitlines()
    at = lines.index("findings:") + 1
    lines[at:at] = ["  - id: nonsense", "    phrases: [zorblification]"]
    edema.write_text("\n".join(lines) + "\n")
    corpus = tmp_path / "reports.csv"
    corpus.write_text("id,report\n1,Pulmonary edema.\n")
    command = ["rules", "check", str(rules), "--corpus", str(corpus)]
    out = CliRunner().invoke(app, command).stdout
    assert f"{edema}:{at + 1}: rule 'edema:nonsense' is never used" in out
    assert f"{edema}:{at + 2}: finding 'zorblification' is never used" in out
    assert "rule 'edema:pulmonary_edema' is never used" not in out
    corpus.write_text("id,report\n1,Pulmonary zorblification.\n")
    severity = rules / "en/attributes/severity.yaml"
    text = severity.read_text().replace("\n  mild:\n", "\n  mild:\n    - zorbly\n", 1)
    severity.write_text(text)
    side = rules / "en/attributes/side.yaml"
    side.write_text(side.read_text().replace("[bases, ", "[bases, zorbs, ", 1))
    out = CliRunner().invoke(app, command).stdout
    assert "severity 'zorbly' is never used" in out
    assert "side 'zorbs' is never used" in out
    corpus.write_text("id,report\n1,Zorbly pulmonary zorblification of the zorb.\n")
    out = CliRunner().invoke(app, command).stdout
    assert "zorbly" not in out
    assert "side 'zorbs' is never used" in out  # matched as it is spelt
    corpus.write_text("id,report\n1,Pulmonary zorblification of the zorbs.\n")
    assert "zorblification" not in CliRunner().invoke(app, command).stdout
