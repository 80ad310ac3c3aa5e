"""The SQL of methods that judge each unit by itself: thresholds, demand pattern, matrix.

Each writes the CTE `placed`: the units with `_segment`, and the nearest flip as `_flip_column`,
`_flip_value` and `_flip_segment`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from models.segmentation.grid import neighbours
from models.segmentation.scheme import (
    DemandPattern,
    Matrix,
    SchemeError,
    Thresholds,
    plain_decimal,
)
from models.segmentation.sql_values import quoted

_THRESHOLDS = """\
placed as (
    select
        ruled.*,
        case{segment}
        end as _segment,
        '{column}' as _flip_column,
        case{flip_value}
        end as _flip_value,
        case{flip_segment}
        end as _flip_segment
    from ruled
)
"""

_PATTERN = """\
leaning as (  -- the ratio that is nearest to its cut, as a share of that cut
    select
        ruled.*,
        case
            when abs({adi} - {adi_cut}) / {adi_cut} <= abs({cv2} - {cv2_cut}) / {cv2_cut}
                then '{adi}'
            else '{cv2}'
        end as _flip_column,
        {adi} >= {adi_cut} as _is_rare,
        {cv2} >= {cv2_cut} as _is_uneven
    from ruled
),

placed as (
    select
        leaning.*,
        case
            when _is_rare and _is_uneven then 'lumpy'
            when _is_rare then 'intermittent'
            when _is_uneven then 'erratic'
            else 'smooth'
        end as _segment,
        case
            when _flip_column = '{adi}' and _is_rare then {adi_below}
            when _flip_column = '{adi}' then {adi_at_least}
            when _is_uneven then {cv2_below}
            else {cv2_at_least}
        end as _flip_value,
        case
            when _flip_column = '{adi}' and _is_uneven
                then case when _is_rare then 'erratic' else 'lumpy' end
            when _flip_column = '{adi}'
                then case when _is_rare then 'smooth' else 'intermittent' end
            when _is_rare then case when _is_uneven then 'intermittent' else 'lumpy' end
            else case when _is_uneven then 'smooth' else 'erratic' end
        end as _flip_segment
    from leaning
)
"""

_MATRIX = """\
placed as (
    select
        ruled.*,
        case
            when {row} in ({passing}) then {row}
            when {column} in ({passing}) then {column}
            else {row} || {column}
        end as _segment,
        cast(null as string) as _flip_column,
        cast(null as double) as _flip_value,
        cast(null as string) as _flip_segment
    from ruled
)
"""


def thresholds_cte(method: Thresholds, columns: Mapping[str, str]) -> str:
    """Write `placed` for cuts on one column."""
    column, cuts = method.column, method.cuts
    around = [neighbours(cut.up_to, columns[column]) for cut in cuts]
    if any(low.at_most >= high.at_most for low, high in pairwise(around)):
        raise SchemeError(f"two cuts of {column} are nearer than its type can tell apart")
    segments = [*(cut.segment_id for cut in cuts), method.last_segment_id]
    flips: list[tuple[Decimal | None, Decimal, str]] = []  # up to, flip value, flip segment
    for number, cut in enumerate(cuts):
        if number:
            low, high = around[number - 1].at_most, around[number].above
            flips.append(((low + high) / 2, low, segments[number - 1]))
        flips.append((cut.up_to, around[number].above, segments[number + 1]))
    flips.append((None, around[-1].at_most, segments[-2]))
    limits = [limit for limit, _, _ in flips]
    return _THRESHOLDS.format(
        column=column,
        segment=_steps(column, [*(cut.up_to for cut in cuts), None], map(quoted, segments)),
        flip_value=_steps(column, limits, (plain_decimal(value) for _, value, _ in flips)),
        flip_segment=_steps(column, limits, (quoted(segment) for _, _, segment in flips)),
    )


def pattern_cte(method: DemandPattern, columns: Mapping[str, str]) -> str:
    """Write `placed` for the four demand patterns."""
    adi = neighbours(method.adi_cut, columns[method.adi_column])
    cv2 = neighbours(method.cv2_cut, columns[method.cv2_column])
    return _PATTERN.format(
        adi=method.adi_column,
        cv2=method.cv2_column,
        adi_cut=plain_decimal(method.adi_cut),
        cv2_cut=plain_decimal(method.cv2_cut),
        adi_below=plain_decimal(adi.below),
        adi_at_least=plain_decimal(adi.at_least),
        cv2_below=plain_decimal(cv2.below),
        cv2_at_least=plain_decimal(cv2.at_least),
    )


def matrix_cte(method: Matrix) -> str:
    """Write `placed` for the cells of two schemes."""
    return _MATRIX.format(
        row=method.row_scheme,
        column=method.column_scheme,
        passing=", ".join(map(quoted, method.pass_through)) or "null",
    )


def _steps(column: str, limits: Sequence[Decimal | None], results: Iterable[str]) -> str:
    """Branches of a case on `column <= limit`, the last one open."""
    lines = [
        f"else {result}"
        if limit is None
        else f"when {column} <= {plain_decimal(limit)} then {result}"
        for limit, result in zip(limits, results, strict=True)
    ]
    return "".join(f"\n            {line}" for line in lines)
