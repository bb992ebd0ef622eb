import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_documented_error_is_one_that_the_program_says():
    table = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    table = table[table.index("| the line says") : table.index("## Rows")]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    phrases = [phrase for cell in first_cells for phrase in re.findall(r"`([^`]+)`", cell)]
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "labeler").rglob("*.py"))
    source = re.sub(r'"\s*f?"', "", source)  # a message over several lines of source
    said = [phrase.removeprefix("this is ") for phrase in phrases]
    assert len(said) > 40
    assert [phrase for phrase in said if phrase not in source] == []
