"""Which columns a scheme has read when a rule fired: those that the decision hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.segmentation.conditions import check_condition
from models.segmentation.scheme import Scheme


@dataclass(frozen=True, kw_only=True)
class Reads:
    """Columns by first rule, and those of a unit that no first rule caught."""

    by_first_rule: Mapping[str, tuple[str, ...]]
    by_method: tuple[str, ...]


def columns_read(scheme: Scheme, columns: Mapping[str, str]) -> Reads:
    """Return the columns read up to each rule: rules tested before it have been read as well.

    `columns` map names to SQL types, as for compiling. Raises RuleError as compiling does.
    """
    read: dict[str, None] = {}
    by_rule: dict[str, tuple[str, ...]] = {}
    for rule in scheme.first_rules:
        read |= dict.fromkeys(check_condition(rule.when, columns=columns).columns)
        by_rule[rule.rule_id] = tuple(read)
    read |= dict.fromkeys(scheme.method.reads)
    return Reads(by_first_rule=by_rule, by_method=tuple(read))
