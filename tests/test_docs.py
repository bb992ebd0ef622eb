"""Every code block of the documentation runs and gives what it says; so does the tutorial.

`console` blocks run and print what stands below them, `python` blocks are doctests, commands in `sh`
blocks, whose files only a reader has, must exist with the options named, `yaml` must be YAML, and
`text` is what a program says.
"""

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command
from typer.testing import CliRunner

from labeler.cli import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def check_commands(block: str) -> None:
    """Check commands whose files only a reader has: there is such a command with such options."""
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["python"] and words[1] != "-m":
            assert (ROOT / words[1]).is_file(), line
        if words[:1] != ["labeler"]:
            continue
        command: Any = get_command(app)
        words = words[1:]
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
        options = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert options <= known, line


def run_commands(block: str) -> None:
    """Run each `$ ` line; the lines below it, if any, must be what it prints (`...`: anything)."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, wanted = part.partition("\n")
        name, *arguments = shlex.split(command)
        assert name == "labeler"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, (command, result.output, result.exception)
        if wanted.strip():
            got = "\n".join(line.rstrip() for line in result.stdout.splitlines()) + "\n"
            checker = doctest.OutputChecker()
            assert checker.check_output(wanted, got, doctest.ELLIPSIS), (command, got)


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "reports.csv", tmp_path)
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert text.count("```") % 2 == 0
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count("```") // 2
    names: dict[str, object] = {}
    for language, block in blocks:
        if language == "console":
            run_commands(block)
        elif language == "python" and ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, page, None, None)
            said: list[str] = []
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            runner.run(test, out=said.append, clear_globs=False)
            names = test.globs
            assert not runner.failures, "".join(said)
        elif language == "python":  # needs a cluster or the like
            compile(block, page, "exec")
        elif language == "sh":
            check_commands(block)
        elif language == "yaml":
            assert YAML(typ="safe", pure=True).load(block)
        else:
            assert language == "text", f"a block of {language!r}, which nothing runs"


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if target.startswith("https:"):
            continue
        assert (ROOT / "docs" / target).exists(), target


def test_the_tutorial_runs_from_csv_to_an_edited_rule(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "examples/tutorial.py", ROOT / "examples/reports.csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "own rule: 1 pneumothorax:local_shorthand" in done.stdout
    assert "0 fail" in done.stdout
    assert "compared 36 reports" in done.stdout
