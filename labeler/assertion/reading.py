"""What the steps of classification make of one sentence, and hand on to the next step."""

from collections.abc import Sequence

from labeler.assertion.cues import Cue, Target
from labeler.assertion.layout import Layout
from labeler.assertion.reach import Scopes
from labeler.mentions.matcher import Found
from labeler.mentions.states import StatedStructure
from labeler.text.lexicon import TokenRoles


class Reading:
    """One sentence on its way through classification, and what each step makes of it.

    Args:
        words: its normalised tokens, the name that it is a value of before them.
        found: the phrases that extraction found in it.
        heading: how many tokens the name has, its colon included.
        thorough: are the steps wanted that change nothing, for a trace?
        asked: the rule whose mentions alone are asked for, `None` for all rules.

    Attributes:
        roles: of its tokens.
        verbs: which of them are verbs, as bits.
        stated: structures with their states.
        cues: by group, for each group that has one.
        looked: were they looked for?
        layout: the sentence's statements, `None` where nothing in it needs them.
        scopes: of its cues.
        targets: what cues may decide.
        explained: rules of the mentions that are none, since they are said to be something else.
    """

    __slots__ = (
        "asked",
        "cues",
        "explained",
        "found",
        "heading",
        "layout",
        "looked",
        "roles",
        "scopes",
        "stated",
        "targets",
        "thorough",
        "verbs",
        "words",
    )

    def __init__(
        self,
        words: Sequence[str],
        found: Found,
        heading: int = 0,
        *,
        thorough: bool = False,
        asked: int | None = None,
    ) -> None:
        self.words = words
        self.found = found
        self.heading = heading
        self.thorough = thorough
        self.asked = asked
        self.roles: TokenRoles | None = None
        self.verbs = 0
        self.stated: list[StatedStructure] = []
        self.cues: dict[str, list[Cue]] = {}
        self.looked = False
        self.layout: Layout | None = None
        self.scopes: Scopes | None = None
        self.targets: list[Target] = []
        self.explained: list[int] = []

    def again(self, found: Found, asked: int) -> "Reading":
        """The same sentence with other findings in it; what does not depend on them is kept."""
        reading = Reading(self.words, found, self.heading, asked=asked)
        reading.roles, reading.verbs = self.roles, self.verbs
        reading.cues, reading.looked = self.cues, self.looked
        return reading

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, if one reaches it."""
        return self.scopes.deciding(group, target) if self.scopes is not None else None
