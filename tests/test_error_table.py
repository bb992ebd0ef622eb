import re
from pathlib import Path

import labeler

ROOT = Path(__file__).resolve().parents[1]


def test_every_documented_error_is_one_that_the_program_says():
    table = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    table = table[table.index("| the line says") : table.index("## Rows")]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    phrases = [phrase for cell in first_cells for phrase in re.findall(r"`([^`]+)`", cell)]
    # where it is installed: the compiled wheel is tested without the repository's sources
    modules = Path(labeler.__file__).parent.rglob("*.py")
    source = "\n".join(module.read_text(encoding="utf-8") for module in modules)
    source = re.sub(r'"\s*f?"', "", source)  # a message over several lines of source
    said = [phrase.removeprefix("this is ") for phrase in phrases]
    assert len(said) > 40
    assert [phrase for phrase in said if phrase not in source] == []
