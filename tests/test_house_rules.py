"""What the code holds to that no linter checks."""

from pathlib import Path

import pytest

import labeler

MAX_LINES = 400
MODULES = sorted(Path(labeler.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_module_does_one_job(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines: split it by job"
