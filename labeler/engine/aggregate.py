"""Stage 3, aggregation: a report's mentions -> one value for each observation, by the label set."""

from collections.abc import Iterable

from labeler.mentions.matcher import VALUES
from labeler.rules.schema import STATED, LabelSetFile

Value = int | None


_NOTHING: frozenset[Value] = frozenset()


class Aggregator:
    """Adds up mentions by a label set's rules.

    An uncertain mention first counts as the label set's policy for its observation says: positive,
    negative, uncertain or not at all, by the cue that made it uncertain. Then, per observation, any
    positive gives 1, else any uncertain -1, else any negative 0, else `None` (Irvin et al. 2019).
    Policies, implications and No Finding are declared in the label set's file.
    """

    def __init__(self, labels: LabelSetFile) -> None:
        self.observations = tuple(labels.observations)
        self._labels = labels
        self._implications = {
            (implication.rule, VALUES[when]): [
                (name, VALUES[value]) for name, value in implication.adds.items()
            ]
            for implication in labels.implications
            for when in implication.when
        }
        self._policies = labels.uncertain_as

    def implies(self, rule: str, value: int) -> bool:
        """Does a mention by this rule say something of another observation, too?"""
        return (rule, value) in self._implications

    def __call__(
        self, mentions: Iterable[tuple[str, str, int, str]], *, says: bool
    ) -> dict[str, Value]:
        """Labels of one report.

        Args:
            mentions: (observation, rule id, value, reason of the value) of every mention.
            says: does the labelled text say anything at all?

        Returns:
            observation -> 1, 0, -1 or `None`, in output order.
        """
        values: dict[str, set[int]] = {}
        decided: dict[str, set[Value]] = {}
        for observation, rule, value, reason in mentions:
            values.setdefault(observation, set()).add(value)
            decided.setdefault(observation, set()).add(self._decide(observation, value, reason))
            for name, added in self._implications.get((rule, value), ()):
                values.setdefault(name, set()).add(added)
                decided.setdefault(name, set()).add(self._decide(name, added, STATED))
        out: dict[str, Value] = {}
        for name in self.observations:
            seen = decided.get(name, _NOTHING)
            label = 1 if 1 in seen else -1 if -1 in seen else 0 if 0 in seen else None
            out[name] = None if label == 0 and self._labels.negative_as == "none" else label
        rule_nf = self._labels.no_finding
        if rule_nf is not None and rule_nf.label in out:
            if rule_nf.judged_by == "labels":
                stated = {name for name, label in out.items() if label in (1, -1)}
            else:
                stated = {name for name, seen in values.items() if seen & {1, -1}}
            out[rule_nf.label] = 1 if says and not stated - {*rule_nf.ignores} else None
        return out

    def _decide(self, observation: str, value: int, reason: str) -> Value:
        """What a mention counts as; `None` does not count."""
        policy = self._policies.get(observation)
        if value != -1 or policy is None:
            return value
        decision = policy.hedges.get(reason, policy.otherwise)
        return None if decision == "none" else VALUES[decision]
