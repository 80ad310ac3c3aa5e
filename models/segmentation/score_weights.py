"""What a score hangs on its weights: how far each may move before a unit's class or rank changes.

The weight w of a part becomes v, and the others share 1 - v in the proportion that they have. With
n the unit's scaled value of that part, S its score and R = (S - w n) / (1 - w) the mean of the
others, the score becomes R + v (n - R): a line in v, which meets a cut c at v = (c - R) / (n - R).
Two units change places where their lines meet. Sensitivity of an additive value model to one of its
weights: Triantaphyllou & Sanchez (1997), Decision Sciences 28(1), 151-194.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.segmentation.errors import SchemeError
from models.segmentation.methods.cuts import case
from models.segmentation.methods.weighted_score import POINTS, WeightedScore
from models.segmentation.ruled import ruled
from models.segmentation.scheme import Scheme
from models.segmentation.sql_values import plain_decimal, quoted

PAST = "0.00000001"  # how far past a cut a moved weight takes a score: ten units of its rounding
_STATEMENT = """\
{scored},

placed as (
    select
        scored.*,
        {segment} as _segment,
        {next_cut} as _next_cut,
        {own_cut} as _own_cut,
        row_number() over (order by _score desc nulls last, {keys}) as _rank
    from scored
    where _rule is null and not _is_incomplete
),

parts as (
    {parts}
),

lines as (  -- the score as a line in the weight of the part
    select
        parts.*,
        (cast(_score as double) - _weight * _scaled) / (1 - _weight) as _others
    from parts
),

sloped as (
    select
        lines.*,
        _scaled - _others as _slope,
        lag(_others) over by_rank as _others_above,
        lag(_scaled - _others) over by_rank as _slope_above
    from lines
    window by_rank as (partition by _column order by _rank nulls last)
),

met as (  -- the weights at which the line passes a cut, and meets that of the unit ranked above
    select
        sloped.*,
        (cast(_next_cut as double) + {past} - _others) / nullif(_slope, 0) as _weight_up,
        (cast(_own_cut as double) - {past} - _others) / nullif(_slope, 0) as _weight_down,
        (_others_above - _others) / nullif(_slope - _slope_above, 0) as _weight_even
    from sloped
),

within as (
    select
        met.*,
        case when _weight_up between 0 and 1 then _weight_up end as _up,
        case when _weight_down between 0 and 1 then _weight_down end as _down
    from met
),

chosen as (
    select
        within.*,
        coalesce(abs(_up - _weight) <= abs(_down - _weight), _up is not null) as _is_up
    from within
),

final as (
    select
        {keys},
        _column as column_name,
        _weight as weight_rate,
        _scaled as scaled_ratio,
        _points as points_ratio,
        _score as score_ratio,
        cast(_rank as bigint) as score_rank,
        _segment as segment_id,
        case when _is_up then _up else _down end as switch_weight_rate,
        case
            when _is_up then {segment_above}
            when _down is not null then {segment_below}
        end as switch_segment_id,
        case when _weight_even between 0 and 1 then _weight_even end as even_weight_rate
    from chosen
)

select * from final
"""
_PART = (
    "select placed.*, {column} as _column, cast({weight} as double) as _weight, "
    "_scaled_{number} as _scaled, _points_{number} as _points from placed"
)


def compile_weights(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> str:
    """Compile one row per unit and part of a score; units without a score have none.

    `switch_weight_rate` is the weight nearest to the one in force at which the unit would be in
    `switch_segment_id`; null where no weight from 0 to 1 does that. `even_weight_rate` is the
    weight at which the unit draws level with the one ranked right above it; null likewise. Raises
    as `compile_scheme` does.
    """
    method = scheme.method
    if not isinstance(method, WeightedScore):
        raise SchemeError(f"scheme {scheme.scheme_id} has no weights")
    ladder = method.ladder
    return ruled(scheme, relation, columns) + _STATEMENT.format(
        scored=method.scored(),
        segment=ladder.segment_at("_score"),
        next_cut=f"least({_each(ladder.cuts, '>')})",
        own_cut=f"greatest({_each(ladder.cuts, '<=')})",
        keys=", ".join(scheme.keys),
        parts="\n    union all\n    ".join(
            _PART.format(
                column=quoted(part.column), weight=plain_decimal(part.weight), number=number
            )
            for number, part in enumerate(method.parts)
        ),
        past=PAST,
        segment_above=ladder.segment_at("_next_cut"),
        segment_below=ladder.segment_at(f"(_own_cut - {PAST})"),
    )


def _each(cuts: tuple[str, ...], sign: str) -> str:
    """Write the cuts that are on one side of the score; engines refuse least of one."""
    nothing = f"cast(null as {POINTS})"
    return ", ".join([*(case(f"when {cut} {sign} _score then {cut}") for cut in cuts), nothing])
