"""The rule files: where they are, what they may say, and the rule set they make."""

from labeler.rules.load import RuleSet, load_rules
from labeler.rules.location import rules_folder

__all__ = ["RuleSet", "load_rules", "rules_folder"]
