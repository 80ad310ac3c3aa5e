"""The inputs of an assignment as JSON text, so that a decision can be read without its features."""

from collections.abc import Mapping, Sequence

from models.segmentation.grid import decimals_of
from models.segmentation.methods.method import Placement
from models.segmentation.sql_values import kind_of


def inputs(read: Sequence[str], columns: Mapping[str, str], placement: Placement) -> str:
    """Write the JSON text of the columns read, and of what else the method says of a unit."""
    pairs = [(name, json_text(name, columns[name])) for name in read]
    pairs += [(name, json_text(value, kind)) for name, value, kind in placement.facts]
    parts = [
        f"""'{"," if number else "{"}"{name}":' || coalesce({text}, 'null')"""
        for number, (name, text) in enumerate(pairs)
    ]
    return "\n        || ".join([*parts, "'}'"])


def json_text(value: str, data_type: str) -> str:
    """Write the JSON of a value; engines print doubles differently, so decimals are printed."""
    kind = kind_of(data_type)
    if kind == "number" and decimals_of(data_type) is None:
        text = f"cast(cast({value} as decimal(38, 12)) as string)"
        return f"trim(trailing '.' from trim(trailing '0' from {text}))"
    if kind in {"number", "boolean"}:
        return f"cast({value} as string)"
    if kind == "text":
        for code, written in ((92, "chr(92) || chr(92)"), (34, "chr(92) || chr(34)")):
            value = f"replace({value}, chr({code}), {written})"
        for code in (9, 10, 13):
            value = f"replace({value}, chr({code}), ' ')"
        return f"""'"' || {value} || '"'"""
    return f"""'"' || cast({value} as string) || '"'"""
