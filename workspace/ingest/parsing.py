"""SQL that turns delivered text into typed values, by the contract's formats and never by guess."""

from __future__ import annotations

import re

from workspace.config.file_format import EXCEL_DATES, Column, Format

PARSED_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(38,10)",
    "rate": "decimal(38,10)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}
# The first of January 1900, Dynamics' 2154-12-31 and SAP's 9999-12-31 mean `none`, `0026-03-05` a
# year of two digits read as four: what lies outside is no day unless `null_words` names it.
FIRST_DAY = "1900-01-02"
LAST_DAY = "2153-12-31"
EXCEL_ORIGINS = {"excel": "1899-12-30", "excel_1904": "1904-01-01"}
# Lotus' 29 February 1900 lives on in Excel as serial 60; from 61 on, serials and days agree.
FIRST_SERIALS = {"excel": 61, "excel_1904": 0}
DAY_MILLISECONDS = 86_400_000
# How far clocks are put back: an hour, half of one on Lord Howe Island, two at Troll station.
CLOCK_CHANGES_MINUTES = (60, 30, 120)
ADJACENT = re.compile(r"%[YymdHMSj]%[YymdHMSj]")
WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "j": 3}


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def trimmed(field: str) -> str:
    """Return SQL for a column's text without blanks around it: `trim`, at half of its cost."""
    bare = f"strlen({field}) = length({field}) and {field} > '!' and not suffix({field}, ' ')"
    return f"case when {bare} then {field} else trim({field}) end"


def stated(name: str, column: Column, dialect: Format, *, table: str | None = None) -> str:
    """Return SQL for the text of a column with the contract's words for null taken out."""
    words = column.null_words if column.null_words is not None else dialect.null_words
    meant = {"", *words}
    field = f"{table}.{identifier(name)}" if table else identifier(name)
    if column.type == "boolean":
        said = {word for words in _boolean_words(column, dialect) for word in words}
        meant -= said
        if "" in said:  # some systems write false by leaving the field empty, which is read as null
            field = f"coalesce({field}, '')"
    if not meant:
        return f"trim({field})"
    if meant == {""}:
        # Only what sorts before `!` can be blank: to trim the rest took half of a column's time.
        return f"case when {field} < '!' and trim({field}) = '' then null else {field} end"
    listed = ", ".join(literal(word) for word in sorted(meant))
    kept = field if column.type == "text" else f"trim({field})"
    return f"case when trim({field}) in ({listed}) then null else {kept} end"


def parsed(name: str, column: Column, dialect: Format) -> str:
    """Return SQL for the typed value of a column: null where the text is not of the format."""
    return bounded(valued(stated(name, column, dialect), column, dialect), column)


def valued(text: str, column: Column, dialect: Format) -> str:
    """Return SQL for the value that a stated text has, be it one that nobody can mean.

    Blanks around it count for nothing, and are taken off only where they were in the way.
    """
    bare, trimmed = _valued(text, column, dialect), _valued(f"trim({text})", column, dialect)
    return bare if column.type == "text" else f"coalesce({bare}, {trimmed})"


def _valued(text: str, column: Column, dialect: Format) -> str:
    match column.type:
        case "text":
            return text
        case "integer" | "decimal" | "rate":
            return _number(text, column, dialect)
        case "date":
            return _day(text, column, dialect)
        case "timestamp":
            return _instant(text, column, dialect)
        case "boolean":
            return _boolean(text, column, dialect)


def bounded(value: str, column: Column) -> str:
    """Return SQL for a value that a company can mean: a day between 1900 and 2153."""
    if column.type not in {"date", "timestamp"}:
        return value
    day = value if column.type == "date" else f"cast({value} as date)"
    bounds = f"{day} between date '{FIRST_DAY}' and date '{LAST_DAY}'"
    return f"case when {bounds} then {value} end"


def _number(text: str, column: Column, dialect: Format) -> str:
    """Accept 1.234,56 · 155,22- · (100) · +5, and digit groups only where they are groups.

    Grouping is matched because taking marks out blindly would read 12.34 as 1234 in a source that
    groups by points.
    """
    mark = dialect.thousands_mark
    digits = "[0-9]+"
    if mark:
        digits = f"([0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+|[0-9]+)"
    most = "" if column.decimals is None else column.decimals
    fraction, tail = "", ""
    if column.type != "integer":
        fraction = f"({re.escape(dialect.decimal_mark)}[0-9]{{0,{most}}})?"
        tail = f"|{re.escape(dialect.decimal_mark)}[0-9]{{1,{most}}}"
    number = f"({digits}{fraction}{tail})"
    shape = rf"[-+]?{number}|{number}-|\({number}\)"
    bare = f"replace({text}, {literal(mark)}, '')" if mark else text
    bare = f"replace({bare}, {literal(dialect.decimal_mark)}, '.')"
    bare = f"replace(replace(replace(replace({bare}, '(', ''), ')', ''), '-', ''), '+', '')"
    sign = f"case when {text} like '%-%' or {text} like '(%' then -1 else 1 end"
    kind = PARSED_TYPES[column.type]
    # Nearly every number is plain: the rest of the marks cost three times as much to take out.
    plain = literal(f"-?[0-9]+{fraction}")
    return (
        f"case when regexp_full_match({text}, {plain}) "
        f"then try_cast({_point(text, dialect)} as {kind}) "
        f"when regexp_full_match({text}, {literal(shape)}) "
        f"then cast(try_cast({bare} as {kind}) * {sign} as {kind}) end"
    )


def _boolean_words(column: Column, dialect: Format) -> tuple[tuple[str, ...], tuple[str, ...]]:
    true_words = column.true_words if column.true_words is not None else dialect.true_words
    false_words = column.false_words if column.false_words is not None else dialect.false_words
    return true_words, false_words


def _boolean(text: str, column: Column, dialect: Format) -> str:
    true_words, false_words = (
        ", ".join(literal(word.lower()) for word in words)
        for words in _boolean_words(column, dialect)
    )
    return (
        f"case when lower({text}) in ({true_words}) then true "
        f"when lower({text}) in ({false_words}) then false end"
    )


def _day(text: str, column: Column, dialect: Format) -> str:
    """Return SQL for the day of a text: null where it is not of the format, or means `none`."""
    wanted = column.format or dialect.date_format
    if wanted in EXCEL_DATES:
        serial = f"try_cast({_point(text, dialect)} as decimal(18,10))"
        whole = f"case when {serial} = floor({serial}) then cast({serial} as integer) end"
        found = f"(date {literal(EXCEL_ORIGINS[wanted])} + {whole})"
        return f"case when {serial} >= {FIRST_SERIALS[wanted]} then {found} end"
    return f"cast({_read(text, wanted)} as date)"


def _instant(text: str, column: Column, dialect: Format) -> str:
    """Return SQL for the instant of a text, in UTC where its zone is known.

    An offset in the text (`%z`) says the zone; else `time_zone` does, and an hour that a change of
    clocks skips is null, one that it repeats is read by `repeated_hour`. Without either, the clock
    is taken as it stands.
    """
    wanted = column.format or dialect.timestamp_format
    zone = column.time_zone or dialect.time_zone
    is_serial = wanted in EXCEL_DATES
    read = _excel_instant(text, wanted, dialect) if is_serial else _read(text, wanted)
    if "%z" in wanted or "%Z" in wanted:
        return f"timezone('UTC', {read})"
    if zone is None:
        return read
    return in_utc(read, zone, column.repeated_hour or dialect.repeated_hour)


def in_utc(clock: str, zone: str, rule: str) -> str:
    """Return SQL for the UTC of a clock in a zone; DuckDB itself reads a repeated hour as later."""
    named = literal(zone)
    later = f"timezone({named}, {clock})"
    is_shown = f"timezone({named}, {later}) = {clock}"
    earlier = [f"{later} - interval {minutes} minute" for minutes in CLOCK_CHANGES_MINUTES]
    repeated = [f"when timezone({named}, {found}) = {clock} then " for found in earlier]
    if rule == "earlier":
        chosen = " ".join(w + f for w, f in zip(repeated, earlier, strict=True))
    else:
        chosen = " ".join(w + "null" for w in repeated) if rule == "refuse" else ""
    picked = f"case {chosen} else {later} end" if chosen else later
    return f"case when {is_shown} then timezone('UTC', {picked}) end"


def _read(text: str, wanted: str) -> str:
    """Return SQL for what strptime reads, to the full width where nothing separates the digits."""
    source = f"regexp_replace({text}, '[Zz]$', '+00:00')" if "%z" in wanted else text
    read = f"try_strptime({source}, {literal(wanted)})"
    width = _width(wanted)
    return read if width is None else f"case when length({text}) = {width} then {read} end"


def _width(wanted: str) -> int | None:
    """Return how long a text of a format with unseparated digits is: 2026111 is two days."""
    directives = re.findall(r"%(.)", wanted)
    if not ADJACENT.search(wanted) or any(letter not in WIDTHS for letter in directives):
        return None
    plain = len(re.sub(r"%.", "", wanted))
    return plain + sum(WIDTHS[letter] for letter in directives)


def _excel_instant(text: str, wanted: str, dialect: Format) -> str:
    """Return SQL for a serial with its time of day, to the millisecond that Excel can hold."""
    serial = f"try_cast({_point(text, dialect)} as decimal(18,10))"
    milliseconds = f"cast(round(cast({serial} as double) * {DAY_MILLISECONDS}) as bigint)"
    moment = f"timestamp {literal(EXCEL_ORIGINS[wanted])} + to_milliseconds({milliseconds})"
    return f"case when {serial} >= {FIRST_SERIALS[wanted]} then {moment} end"


def _point(text: str, dialect: Format) -> str:
    if dialect.decimal_mark == ".":
        return text
    return f"replace({text}, {literal(dialect.decimal_mark)}, '.')"
