"""Where something stands in a rule file, for messages that a person can follow."""

from functools import lru_cache
from io import StringIO
from typing import Any

Location = tuple[int | str, ...]
"""Keys and list positions from the top of a file to a value: `("findings", 0, "phrases", 2)`."""


def line_of(text: str, location: Location) -> int:
    """Line of a place in a YAML text, from 1; of the nearest place above it where there is none."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    node = _tree(text)
    line = 0
    for part in location:
        if isinstance(node, MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


@lru_cache(maxsize=64)
def _tree(text: str) -> Any:
    from ruamel.yaml import YAML

    # Only the pure Python loader knows lines; it is slow, so it reads only what is asked about.
    return YAML(typ="safe", pure=True).compose(StringIO(text))
