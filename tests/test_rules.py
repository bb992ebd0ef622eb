"""Every rule file shows itself by its examples, and a wrong one is refused with its place."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler import Labeler
from labeler.authoring.check import Outcome, check_rules
from labeler.cli import app
from labeler.errors import InputError, RulesError
from labeler.rules.load import load_rules
from labeler.rules.location import rules_folder
from labeler.rules.phrases import expand, fill_in

RULES = rules_folder()
EDEMA = "en/findings/edema.yaml"
WITH_EXAMPLES = [
    *sorted(RULES.glob("*/findings/*.yaml")),
    *sorted(RULES.glob("*/examples/*.yaml")),
    *sorted(RULES.glob("*/assertion/*.yaml")),
    *sorted(RULES.glob("*/attributes/*.yaml")),
]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return check_rules()


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda p: p.relative_to(RULES).as_posix())
def test_the_examples_of_a_rule_file_hold(path: Path, outcome: Outcome) -> None:
    run = [e for e in outcome.examples if e.file.resolve() == path.resolve()]
    assert run, "a rule without an example is not finished"
    failures = [f for f in outcome.failures if f.example.file.resolve() == path.resolve()]
    assert not failures, "\n".join(map(str, failures))


# What the tests below break: small, so that they do not depend on the wording of the real rules.
SMALL_EDEMA = """\
family: edema
definition: Water in the lungs.
findings:
  - id: edema
    phrases:
      - "(edema|edematous)"
    stated: positive
  - id: heart_failure
    phrases: [heart failure]
  - id: congestion
    phrases: [congestion]
    stated: uncertain
    structures:
      - name: vessels
        phrases: [vessels]
        states: [size]
        stated: uncertain
exclude:
  - leg edema
examples:
  positive:
    - "Pulmonary edema."
  negative:
    - "No pulmonary edema."
"""
SMALL_LABELS = """\
name: chexpert
definition: Two labels.
labels:
  - name: Edema
    findings: [edema, congestion]
  - name: Cardiomegaly
    findings: [cardiomegaly]
  - name: Pleural Effusion
    findings: [pleural_effusion]
implications:
  - finding: heart_failure
    when: [positive]
    adds: {Cardiomegaly: uncertain}
"""


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (rules / EDEMA).write_text(SMALL_EDEMA)
    # the shipped label sets name findings of the file that was replaced
    for path in [*rules.glob("label_sets/*.yaml"), *rules.glob("*/examples/*.yaml")]:
        path.unlink()
    (rules / "label_sets/chexpert.yaml").write_text(SMALL_LABELS)
    for path in rules.glob("*/findings"):
        if path.parent.name != "en":
            shutil.rmtree(path.parent)
    return rules


def replace(path: Path, old: str, new: str) -> int:
    """Replace text in a file once; returns the line of the change."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_an_example_that_does_not_hold_is_listed_with_its_line(own_rules: Path) -> None:
    edema = own_rules / EDEMA
    line = replace(edema, '- "No pulmonary edema."', '- "Pulmonary edema."')
    failures = [str(f) for f in check_rules(own_rules).failures]
    wanted = f"{edema}:{line}: 'Pulmonary edema.': any edema should be negative, is positive"
    assert wanted in failures


def test_examples_of_shared_files_are_exact(own_rules: Path) -> None:
    path = own_rules / "en/assertion/states.yaml"
    text = "  - text: The heart is large and a small effusion is seen.\n"
    text += "    gives: {Cardiomegaly: positive}\n"
    path.write_text(path.read_text().rstrip() + "\n" + text)
    line = path.read_text().count("\n") - 1
    (failure,) = [f for f in check_rules(own_rules).failures if f.example.line == line]
    assert failure.example.file == path
    assert failure.problem == "Pleural Effusion should be none, is positive"


def test_an_unknown_observation_in_an_example_is_a_failure(own_rules: Path) -> None:
    path = own_rules / "en/assertion/states.yaml"
    replace(path, "gives: {Cardiomegaly: positive}", "gives: {Cardiomegally: positive}")
    failure = next(f for f in check_rules(own_rules).failures if "Cardiomegally" in f.problem)
    assert failure.example.file == path
    assert failure.problem == "chexpert: unknown label or finding 'Cardiomegally'"


def test_the_command_lists_failures_and_exits_with_1(own_rules: Path) -> None:
    edema = own_rules / EDEMA
    line = replace(edema, '- "No pulmonary edema."', '- "Pulmonary edema."')
    result = CliRunner().invoke(app, ["rules", "check", str(own_rules)])
    assert result.exit_code == 1
    assert f"{edema}:{line}: " in result.stdout


def test_a_folder_without_label_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no label set there"):
        check_rules(tmp_path)
    with pytest.raises(InputError, match="no such rule folder"):
        check_rules(tmp_path / "nowhere")


def bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(rows) + "\n"


BAD_FILES = {
    "unknown key": (EDEMA, ("findings:", "findigns:"), r"edema\.yaml:\d+: findigns: "),
    "unknown key inside": (
        EDEMA,
        ("    phrases:", "    phrase: x\n    phrases:"),
        r"edema\.yaml:\d+: findings\.0\.phrase",
    ),
    "wrong type": (
        EDEMA,
        ('"(edema|edematous)"', "[edema]"),
        r"edema\.yaml:\d+: findings\.0\.phrases\.0: ",
    ),
    "duplicate phrase": (
        EDEMA,
        ('- "(edema|edematous)"', '- "(edema|edematous)"\n      - congestion'),
        r"edema\.yaml:\d+: findings\.\d\.phrases\.\d: duplicate phrase 'congestion', also at ",
    ),
    "unclosed bracket": (
        EDEMA,
        ('"(edema|edematous)"', '"(edema|edematous"'),
        r"edema\.yaml:\d+: findings\.0\.phrases\.0: '\(' at character 1 is not closed",
    ),
    "unclosed quote": (EDEMA, ('"(edema|edematous)"', '"(edema|edematous)'), r"edema\.yaml:\d+: "),
    "blank phrase": (
        EDEMA,
        ('"(edema|edematous)"', '" "'),
        r"edema\.yaml:\d+: findings\.0\.phrases\.0: .*blank",
    ),
    "too many phrases in one": (
        EDEMA,
        ('"(edema|edematous)"', '"' + "(a|b|c|d|e|f|g|h|i|j)" * 6 + '"'),
        r"edema\.yaml:\d+: findings\.0\.phrases\.0: stands for more than",
    ),
    "id that is none": (
        EDEMA,
        ("id: edema", "id: Edema of the lung"),
        r"edema\.yaml:\d+: findings\.0\.id: ",
    ),
    "unknown state set": (
        EDEMA,
        ("states: [size]", "states: [sizes]"),
        r"edema\.yaml:\d+: structure .* uses state set 'sizes'",
    ),
    "unknown assertion value": (
        "en/assertion/20_negation.yaml",
        ("value: negative", "value: negatve"),
        r"20_negation\.yaml:\d+: value: ",
    ),
    "implication of an unknown finding": (
        "label_sets/chexpert.yaml",
        ("finding: heart_failure", "finding: heart_faliure"),
        r"chexpert\.yaml:\d+: no finding 'heart_faliure'",
    ),
    "yaml bomb": (EDEMA, (None, bomb()), r"edema\.yaml:\d+: anchors and aliases are not allowed"),
    "nested too deeply": (EDEMA, (None, "findings: " + "[" * 50_000), r"edema\.yaml:?.*: "),
    "huge file": (
        EDEMA,
        (None, "# " + "x" * 3_000_000),
        r"edema\.yaml: is larger than 2000000 bytes",
    ),
    "not text": (EDEMA, (None, b"family: \xff\xfe"), r"edema\.yaml: byte 8 is not UTF-8"),
    "no mapping": (EDEMA, (None, "- edema\n"), r"edema\.yaml: must be a mapping"),
    "empty": (EDEMA, (None, ""), r"edema\.yaml: must be a mapping"),
    "twice the same key": (EDEMA, ("exclude:", "findings: []\nexclude:"), r"edema\.yaml:\d+: "),
}


# the parser notices these some lines behind the change
SEEN_LATER = {"duplicate phrase", "unclosed quote", "twice the same key"}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_rule_file_is_refused_with_its_place(fault: str, own_rules: Path) -> None:
    name, (old, new), message = BAD_FILES[fault]
    path = own_rules / name
    line = None
    if old is None:
        path.write_bytes(new if isinstance(new, bytes) else new.encode())
    else:
        line = replace(path, old, new)
    with pytest.raises(RulesError, match=message) as caught:
        load_rules("chexpert", own_rules)
    said = str(caught.value)
    assert said.startswith(f"{path}:")
    assert "\n" not in said
    if line is not None and fault not in SEEN_LATER:
        assert said.startswith(f"{path}:{line}: ")


def test_the_named_line_is_the_line_of_the_fault(own_rules: Path) -> None:
    line = replace(own_rules / EDEMA, "    stated: uncertain", "    statd: uncertain")
    with pytest.raises(RulesError, match=rf"edema\.yaml:{line}: findings\.\d\.statd: "):
        load_rules("chexpert", own_rules)


def test_a_bad_rule_file_ends_the_command_in_one_line(own_rules: Path) -> None:
    replace(own_rules / EDEMA, "findings:", "findigns:")
    result = CliRunner().invoke(app, ["rules", "check", str(own_rules)])
    assert isinstance(result.exception, RulesError)
    assert result.exception.exit_code == 2


def _with_cue(folder: Path, phrase: str, direction: str = "preceding") -> None:
    path = folder / "en/assertion/20_negation.yaml"
    text = path.read_text(encoding="utf-8")
    added = f"  - name: added\n    direction: {direction}\n    position: sentence end\n"
    added += f'    phrases: ["{phrase}"]\n'
    path.write_text(text.replace("cues:\n", f"cues:\n{added}", 1), encoding="utf-8")


def test_two_cues_with_one_phrase_and_direction_are_an_error(own_rules: Path) -> None:
    _with_cue(own_rules, "absence of")
    with pytest.raises(RulesError, match="'absence of' stands both in 'added' and in"):
        Labeler(rules=own_rules)


def test_a_cue_of_an_earlier_file_is_never_asked_again(own_rules: Path) -> None:
    _with_cue(own_rules, "rule out")
    with pytest.raises(RulesError, match="'rule out' is never asked"):
        check_rules(own_rules)


def test_a_phrase_that_loses_a_part_is_an_error(own_rules: Path) -> None:
    _with_cue(own_rules, "gone __ away", "following")
    with pytest.raises(RulesError, match="loses '_'"):
        check_rules(own_rules)


@pytest.mark.parametrize(
    ("phrase", "options"),
    [
        ("{side} lung", ["left lung", "right lung"]),
        ("{place}", ["left base", "right base"]),
        (
            "ratio {0.58..0.61}",
            ["ratio 0.58", "ratio 0.59", "ratio 0.60", "ratio 0.6", "ratio 0.61"],
        ),
        ("{9..11} %", ["9 %", "10 %", "11 %"]),
    ],
)
def test_fragments_and_numbers_are_written_out(phrase: str, options: list[str]) -> None:
    fragments = {"side": "(left|right)", "place": "{side} base"}
    assert expand(fill_in(phrase, fragments)) == options


@pytest.mark.parametrize("phrase", ["{nothing}", "{self}", "{9..2}", "{0.001..9.000}"])
def test_fragments_and_numbers_that_cannot_be_written_out(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"fragment|numbers"):
        fill_in(phrase, {"self": "a {self}"})
