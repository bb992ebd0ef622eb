"""Stage 3, aggregation: a report's mentions -> one value for each observation, as the label set declares."""

from collections.abc import Iterable

from labeler.extract import VALUES
from labeler.rules.schema import LabelSetFile

Value = int | None


class Aggregator:
    """Adds up mentions by a label set's rules.

    Per observation any positive gives 1, else any uncertain -1, else any negative 0, else `None` (Irvin et
    al. 2019). Implications and No Finding are declared in the label set's file.
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
        self._uncertain = {
            name: None if value == "none" else VALUES[value]
            for name, value in labels.uncertain_as.items()
        }

    def __call__(self, mentions: Iterable[tuple[str, str, int]], *, says: bool) -> dict[str, Value]:
        """Labels of one report.

        Args:
            mentions: (observation, rule id, value) of every mention.
            says: does the labelled text say anything at all?

        Returns:
            observation -> 1, 0, -1 or `None`, in output order.
        """
        values: dict[str, set[int]] = {}
        for observation, rule, value in mentions:
            values.setdefault(observation, set()).add(value)
            for name, added in self._implications.get((rule, value), ()):
                values.setdefault(name, set()).add(added)
        out: dict[str, Value] = {}
        for name in self.observations:
            seen = values.get(name, set())
            label = 1 if 1 in seen else -1 if -1 in seen else 0 if 0 in seen else None
            if label == -1 and name in self._uncertain:
                label = self._uncertain[name]
            if label == 0 and self._labels.negative_as == "none":
                label = None
            out[name] = label
        rule_nf = self._labels.no_finding
        if rule_nf is not None and rule_nf.label in out:
            abnormal = any(
                seen & {1, -1} for name, seen in values.items() if name not in rule_nf.ignores
            )
            out[rule_nf.label] = 1 if says and not abnormal else None
        return out
