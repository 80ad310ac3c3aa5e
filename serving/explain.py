"""Why an item is in its segments, what would change that, and what follows for its stock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from serving.edge_cases import exceptions, substitutes
from serving.release_reader import ReleaseReader
from serving.rule_words import FALLBACK, flip, held, number, why
from serving.schemes import BASE, Scheme, schemes_by_hash
from serving.units import Unit, find_units
from serving.wording import counted, share, shown

ASSIGNMENTS = """
select a.scheme_id, a.overlay_id, a.segment_id, a.engine_segment_id, a.hold_reason, a.rule_id,
    a.rule_hash, e.inputs, e.contributions, a.fallback_code, e.flip_column, e.flip_value,
    e.flip_segment_id, a.value_at_stake_amount, a.valid_from, e.quality_mark
from segment_assignment as a
join segment_explanations as e using (scheme_id, unit_id)
where a.unit_id = ?
order by a.scheme_id
"""
UNTRUSTED = """
select column_name, check_name, value, compared_value, trusted_date
from dq_metric_trust
where unit_id = ? and not is_trusted and not is_passed
order by column_name, check_name
"""
POLICY = """
select s.segment_id, t.measure, s.target_rate, s.distribution, s.review_days, t.source,
    s.weekly_mean_units, s.weekly_sd_units, s.lead_time_mean_days, s.lead_time_sd_days,
    f.lead_time_source, f.receipt_count, s.protection_mean_units, s.protection_sd_units,
    s.safety_factor_ratio, s.safety_stock_units, s.safety_stock_value_amount,
    r.reorder_point_units, r.order_quantity_units, r.on_hand_units, r.on_order_units,
    r.inventory_position_units, r.is_below_reorder_point, r.suggested_order_units,
    r.policy_stock_units, r.policy_stock_value_amount, r.excess_units
from policy_safety_stock as s
join policy_reorder as r on r.product_id = s.product_id and r.site_id = s.site_id
left join policy_service_target as t on t.segment_id = s.segment_id
left join feat_supply_profile as f on f.product_id = s.product_id and f.site_id = s.site_id
where s.product_id = ? and s.site_id = ?
"""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One scheme's segment for an item, and everything that decided it."""

    scheme_id: str
    overlay_id: str
    title: str
    segment_id: str
    engine_segment_id: str
    hold_reason: str | None
    held: str | None
    rule_id: str
    rule_hash: str
    why: str
    inputs: Mapping[str, Any]
    contributions: Mapping[str, Any] | None
    fallback_code: str | None
    flip_column: str | None
    flip_value: float | None
    flip_segment_id: str | None
    flip: str | None
    value_at_stake_amount: Decimal | None
    valid_from: date
    quality_mark: str
    substitutes: Sequence[str] = ()
    exception: str | None = None

    def lines(self, currency: str) -> list[str]:
        """Return the reason as indented lines."""
        held = "" if self.segment_id == self.engine_segment_id else (
            f"; the rules alone say {self.engine_segment_id}"
        )  # fmt: skip
        inputs = ", ".join(f"{name} {number(value)}" for name, value in self.inputs.items())
        points = self.contributions or {}
        added = ", ".join(f"{name} {number(value)}" for name, value in points.items())
        label = "met    " if any(isinstance(v, str) for v in points.values()) else "adds up"
        stake = shown(self.value_at_stake_amount, "amount")
        return [
            f"{self.title}: {self.segment_id} since {self.valid_from}{held}",
            f"    because   {self.why}",
            f"    inputs    {inputs or 'none'}",
            *([f"    {label}   {added}"] if added else []),
            *(f"    instead   {said}" for said in self.substitutes),
            *([f"    apart     {self.exception}"] if self.exception else []),
            *([f"    held      {self.held}"] if self.held and not self.exception else []),
            *([f"    fallback  {self.fallback_code}"] if self.fallback_code else []),
            *([f"    flips     {self.flip}"] if self.flip else []),
            f"    at stake  {stake} {currency}",
            *([f"    quality   {self.quality_mark}"] if self.quality_mark != "A" else []),
            f"    rule      {self.scheme_id}.{self.rule_id}, rule set {self.rule_hash[:12]}"
            + ("" if self.overlay_id == BASE else f", overlay {self.overlay_id}"),
        ]


@dataclass(frozen=True, kw_only=True)
class ItemExplanation:
    """One product at one site: the reasons by scheme, and its stock policy if it has one."""

    unit: Unit
    reasons: tuple[Reason, ...]
    policy: Mapping[str, Any] | None

    def lines(self, currency: str) -> list[str]:
        """Return the explanation as lines."""
        unit = self.unit
        return [
            f"{shown(unit.name)}  {shown(unit.product_name)} at {shown(unit.site_name)}  "
            f"({unit.product_id}, {unit.site_id})",
            "",
            *(f"  {line}" for reason in self.reasons for line in reason.lines(currency)),
            "",
            *(f"  {line}" for line in _policy_lines(self.policy, currency)),
            "",
            f"  Trace the records behind it: tierwise trace {unit.name}",
        ]


class Told(Protocol):
    """A unit of any kind, and why it is where it is."""

    def lines(self, currency: str) -> list[str]:
        """Return the explanation as lines."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What a release says about the items that a name stands for.

    `others` are units of further kinds that go by it, too.
    """

    release_id: str
    currency: str
    items: tuple[ItemExplanation, ...]
    others: tuple[Told, ...] = ()

    def text(self) -> str:
        """Return the explanation for people."""
        told: tuple[Told, ...] = (*self.items, *self.others)
        blocks = ["\n".join(unit.lines(self.currency)) for unit in told]
        return "\n\n".join([f"Release {self.release_id}", *blocks])


def explain_unit(reader: ReleaseReader, unit: str) -> Explanation:
    """Explain `<product>[@<site>]`; without a site, the product at each of its sites.

    Raises UNIT_UNKNOWN with near names.
    """
    known = schemes_by_hash(reader)
    items = tuple(_item(reader, found, known) for found in find_units(reader, unit))
    manifest = reader.manifest
    return Explanation(release_id=manifest.release_id, currency=manifest.currency, items=items)


def _item(reader: ReleaseReader, unit: Unit, known: Mapping[str, Scheme]) -> ItemExplanation:
    policies = reader.rows(POLICY, unit.key)
    return ItemExplanation(
        unit=unit,
        reasons=reasons(reader, unit.unit_id, known),
        policy=policies[0] if policies else None,
    )


def reasons(reader: ReleaseReader, unit_id: str, known: Mapping[str, Scheme]) -> tuple[Reason, ...]:
    """Return what each scheme says of a unit, by name; `known` has the schemes by rule hash."""
    rows = reader.rows(ASSIGNMENTS, [unit_id])
    failed = reader.rows(UNTRUSTED, [unit_id]) if any(r["hold_reason"] for r in rows) else []
    filled, apart = substitutes(reader, unit_id), exceptions(reader, unit_id)
    return tuple(
        replace(
            _reason(row, known[row["rule_hash"]], failed),
            substitutes=filled.get(row["scheme_id"], ()),
            exception=apart.get(row["scheme_id"]),
        )
        for row in rows
    )


def _reason(row: dict[str, Any], scheme: Scheme, failed: Sequence[Mapping[str, Any]]) -> Reason:
    inputs: dict[str, Any] = json.loads(row.pop("inputs"))
    contributions = row.pop("contributions")
    column = row["flip_column"]
    turn = None
    if column is not None:
        turn = flip(column, inputs.get(column), row["flip_value"], row["flip_segment_id"])
    if scheme.kind == "matrix" and row["rule_id"] != FALLBACK:
        turn = f"with {' or '.join(scheme.axes)}"
    return Reason(
        title=scheme.title,
        why=why(
            scheme,
            row["rule_id"],
            row["engine_segment_id"],
            inputs,
            fallback_code=row["fallback_code"],
        ),
        held=held(row["hold_reason"], failed, inputs) if row["hold_reason"] else None,
        inputs=inputs,
        contributions=None if contributions is None else json.loads(contributions),
        flip=turn,
        **row,
    )


def _source(policy: Mapping[str, Any]) -> str:
    """Return where a lead time comes from; `none` is a lead time that the policy assumes."""
    if policy["lead_time_source"] in (None, "none"):
        return "assumed by the policy: no receipt and no plan gives one"
    return f"{policy['lead_time_source']}, {counted(policy['receipt_count'] or 0, 'receipt')}"


def _policy_lines(policy: Mapping[str, Any] | None, currency: str) -> list[str]:
    if policy is None:
        return ["Stock policy: none; its cell has no service target."]
    p = {name: shown(value, "units") for name, value in policy.items()}
    days = shown((policy["lead_time_mean_days"] or 0) + (policy["review_days"] or 0), "units")
    decision = {
        True: f"below the reorder point: order {p['suggested_order_units']}",
        False: "not below the reorder point",
        None: "reorder point unknown",
    }[policy["is_below_reorder_point"]]
    return [
        f"Stock policy of cell {policy['segment_id']}: "
        f"{share(policy['target_rate'])} {(policy['measure'] or '').replace('_', ' ')}, "
        f"{policy['distribution']} demand, review every {p['review_days']} days",
        f"    demand         {p['weekly_mean_units']} ± {p['weekly_sd_units']} units a week",
        f"    lead time      {p['lead_time_mean_days']} ± {p['lead_time_sd_days']} days "
        f"({_source(policy)})",
        f"    to protect     {p['protection_mean_units']} ± {p['protection_sd_units']} units over "
        f"{days} days of lead time and review",
        f"    safety stock   {p['safety_stock_units']} units, factor "
        f"{shown(policy['safety_factor_ratio'], 'ratio')}, worth "
        f"{shown(policy['safety_stock_value_amount'], 'amount')} {currency}",
        f"    reorder point  {p['reorder_point_units']} units, order quantity "
        f"{p['order_quantity_units']}",
        f"    stock          {p['on_hand_units']} on hand + {p['on_order_units']} on order = "
        f"{p['inventory_position_units']} units, {decision}",
        f"    policy stock   {p['policy_stock_units']} units on average, worth "
        f"{shown(policy['policy_stock_value_amount'], 'amount')} {currency}; excess "
        f"{p['excess_units']} units",
    ]
