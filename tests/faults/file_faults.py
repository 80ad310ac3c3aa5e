"""A table of files at fault: what is delivered, what comes of it, and what a person is told.

The sound file is TEXT, three order lines. A case that is accepted gives its rows, those of `lost`
left out and those of `added` beside them; each row is named by its order and its line.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.workspace.small_company import DELIVERY

TEXT = DELIVERY["erp/orders_1.csv"]
HEAD, *LINES = TEXT.splitlines(keepends=True)
CUSTOMERS = DELIVERY["erp/customers_1.csv"]
ORDERS = "erp/orders_2.csv"
Change = tuple[str, str]
Key = tuple[str, str]


def line(order: str = "O9", number: str = "1", units: str = "3", **of: str) -> str:
    """Return an order line of its own, in which single values may be spoiled."""
    customer, product = of.get("customer", "C1"), of.get("product", "P1")
    return f"{order},{number},{customer},{product},{of.get('day', '2026-01-05')},{units}\n"


def form(keys: str) -> Change:
    return ("    delivery: full\n", f"    delivery: full\n    format: {{{keys}}}\n")


def columns(more: str) -> Change:
    return ("units: decimal}", f"units: decimal, {more}}}")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault: PASS, NORM, ROWQ or FILEQ, and its particulars.

    `rows` are record numbers and codes in quarantine, of the extract `extract`.
    """

    number: int
    says: str
    data: str | bytes
    outcome: str = "PASS"
    code: str | None = None
    rows: tuple[tuple[int, str], ...] = ()
    lost: tuple[Key, ...] = ()
    added: tuple[Key, ...] = ()
    note: str = ""
    contract: tuple[Change, ...] = ()
    file: str = ORDERS
    skipped: int = 0


def refused(number: int, says: str, data: str | bytes, code: str, *contract: Change) -> Case:
    return Case(number=number, says=says, data=data, outcome="FILEQ", code=code, contract=contract)


def aside(number: int, says: str, spoiled: str | bytes, code: str, *contract: Change) -> Case:
    """Append one record that must be set aside, and no other."""
    more = spoiled.encode() if isinstance(spoiled, str) else spoiled
    return Case(
        number=number,
        says=says,
        data=TEXT.encode() + more,
        outcome="ROWQ",
        rows=((4, code),),
        contract=contract,
    )


def passed(number: int, says: str, more: str, *contract: Change, order: str = "O9") -> Case:
    """Append one record that must be loaded as it is."""
    return Case(
        number=number, says=says, data=TEXT + more, added=((order, "1"),), contract=contract
    )


def plain(number: int, says: str, data: str | bytes, *contract: Change, note: str = "") -> Case:
    """Deliver the same rows otherwise."""
    return Case(number=number, says=says, data=data, outcome="NORM", contract=contract, note=note)


EURO = form("decimal_mark: ',', thousands_mark: '.'")
BLANKS = form("decimal_mark: ',', thousands_mark: '\u00a0'")
LATIN, CP1252 = form("encoding: latin-1"), form("encoding: cp1252")
STRICT = ("    delivery: full\n", "    delivery: full\n    strict: true\n")
NO_KEY = form("null_words: ['NULL', '#N/A']")
WIDE = ",".join(f"c{number}" for number in range(10_000))
NODES = (
    "mappings:\n",
    "  nodes:\n    path: erp/nodes_*.csv\n    description: Nodes.\n    key: [id]\n"
    "    columns: {id: text, parent: text}\nmappings:\n  - entity: product_hierarchy\n"
    "    extract: nodes\n    columns: {view_name: \"'main'\", node_id: id, "
    "parent_node_id: parent, node_name: id}\n",
)
SIGNED = ("quantity_units: units\n      net_amount: units * 2",
          "quantity_units: abs(units)\n      net_amount: abs(units) * 2")  # fmt: skip
GTINS = (
    "    columns: {order: text",
    "    checks:\n      - {name: gtin, expect: is_gtin(gtin)}\n"
    "    columns: {gtin: text, order: text",
)


def gtin(number: str) -> str:
    lines = [f"{HEAD.strip()},gtin\n", *(f"{line_.strip()},\n" for line_ in LINES)]
    return "".join(lines) + line().replace("\n", f",{number}\n")


BYTES = [
    plain(1, "a byte order mark of UTF-8", b"\xef\xbb\xbf" + TEXT.encode()),
    plain(2, "UTF-16, little end first", TEXT.encode("utf-16")),
    plain(2, "UTF-16, big end first", b"\xfe\xff" + TEXT.encode("utf-16-be")),
    refused(3, "UTF-16 without its mark", TEXT.encode("utf-16-le"), "FILE_ENCODING"),
    Case(number=4, says="cp1252 as declared", data=(TEXT + line("Oé")).encode("cp1252"),
         outcome="NORM", added=(("Oé", "1"),), contract=(CP1252,)),
    refused(4, "cp1252 undeclared", (TEXT + line("Oé") + line("Ö9")).encode("cp1252"),
            "FILE_ENCODING"),
    refused(4, "Cyrillic undeclared", (TEXT + line("Ю") + line("Я-1")).encode("cp1251"),
            "FILE_ENCODING"),
    aside(4, "one letter of cp1252, as damage may be", line("Oé").encode("cp1252"),
          "ROW_ENCODING"),
    refused(4, "a header in cp1252, undeclared", TEXT.replace("day", "dé").encode("cp1252"),
            "FILE_ENCODING"),
    refused(5, "UTF-16 read as latin-1", TEXT.encode("utf-16-le"), "FILE_ENCODING", LATIN),
    refused(5, "UTF-16, big end first, read as latin-1", TEXT.encode("utf-16-be"),
            "FILE_ENCODING", LATIN),
    refused(5, "UTF-16 of other letters read as latin-1",
            (TEXT + line("Ж" * 900)).encode("utf-16-le"), "FILE_ENCODING", LATIN),
    plain(5, "UTF-16 that says so, where latin-1 is declared", TEXT.encode("utf-16"), LATIN),
    Case(number=6, says="two encodings in one file", outcome="ROWQ", added=(("Oé", "1"),),
         data=(TEXT + line("Oé")).encode() + line("Oö").encode("latin-1"),
         rows=((5, "ROW_ENCODING"),)),
    aside(7, "a NUL byte", line("O\0"), "ROW_NUL"),
    plain(8, "all kinds of line ends", HEAD.replace("\n", "\r\n") + LINES[0].replace("\n", "\r")
          + "".join(LINES[1:])),
    plain(9, "invisible and wide letters in names",
          TEXT.replace("order,line", "\u200border ,\u00a0line").replace("day", "\uff44ay"),
          note="Header names were made plain"),
    Case(number=10, says="one key composed and in parts", outcome="NORM", skipped=1,
         data=TEXT + line("O\u00e9") + line("Oe\u0301"), added=(("O\u00e9", "1"),), note="NFC"),
    Case(number=10, says="one key in two forms that contradict each other", outcome="ROWQ",
         data=TEXT + line("O\u00e9") + line("Oe\u0301", units="4"),
         rows=((4, "ROW_KEY_DUP"), (5, "ROW_KEY_DUP"))),
    Case(number=11, says="an id with a Cyrillic letter", data=TEXT + line("\u041e1"),
         added=(("\u041e1", "1"),), note="ID_CONFUSABLE"),
    passed(12, "control and bidi letters", line("O\u202e\x07"), order="O\u202e\x07"),
]  # fmt: skip
STRUCTURE = [
    refused(13, "semicolons for commas", TEXT.replace(",", ";"), "FILE_DIALECT"),
    passed(14, "line end, quote and delimiter within quotes", line('"O\n""9"",x"'),
           order='O\n"9",x'),
    Case(number=15, says="a quote that never closes", data=TEXT.replace("O1,2", '"O1,2'),
         outcome="ROWQ", rows=((2, "ROW_QUOTE"),), lost=(("O1", "2"),)),
    refused(15, "a quote that never closes, at the end", TEXT + '"O9,1', "FILE_TRUNCATED"),
    aside(16, "a field too few", "O9,1,C1,P1,2026-01-05\n", "ROW_ARITY"),
    aside(17, "a field too many", line(units="3,4"), "ROW_ARITY"),
    refused(18, "cut off within a record", TEXT[:-4], "FILE_TRUNCATED"),
    refused(18, "cut off within the last value", TEXT[:-1], "FILE_TRUNCATED",
            form("last_line_end: needed")),
    refused(20, "no bytes", "", "FILE_EMPTY"),
    refused(21, "a header alone", HEAD, "FILE_HEADER_ONLY"),
    refused(22, "no header", "".join(LINES), "FILE_HEADER"),
    plain(22, "no header, as declared", "".join(LINES), form("has_header: false")),
    plain(23, "names in another case", TEXT.replace("order,line", "ORDER,Line", 1),
          note="without regard to case: ORDER, Line"),
    refused(23, "a renamed column", TEXT.replace("units", "unit"), "FILE_SCHEMA_DRIFT"),
    plain(24, "columns in another order",
          "".join(",".join([*one.strip().split(",")[::-1]]) + "\n" for one in [HEAD, *LINES])),
    plain(25, "a column too many", TEXT.replace("\n", ",x\n"), note="does not name: x"),
    refused(25, "a column too many under a strict contract", TEXT.replace("\n", ",x\n"),
            "FILE_SCHEMA_DRIFT", STRICT),
    refused(26, "a column too few", "order,line\nO1,1\n", "FILE_SCHEMA_DRIFT"),
    plain(26, "an optional column too few", TEXT,
          columns("note: {type: decimal, optional: true}"), note="the file lacks: note"),
    refused(27, "one name twice", TEXT.replace("line", "order"), "FILE_HEADER"),
    refused(28, "a title above the header", "Orders\n\n" + TEXT, "FILE_DIALECT"),
    refused(28, "sep= above the header", "sep=,\n" + TEXT, "FILE_HEADER"),
    plain(28, "sep= above the header, as declared", "sep=,\n" + TEXT, form("preamble_lines: 1")),
    aside(29, "a line of totals", "TOTAL,,,,,12\n", "ROW_TOTAL_LINE"),
    plain(30, "blank lines", TEXT.replace("\n", "\n\n")),
    aside(31, "a field of megabytes", line(units="9" * 2_000_000), "ROW_TOO_LONG"),
    refused(32, "ten thousand columns", TEXT.replace("units", f"units,{WIDE}"), "FILE_HEADER"),
]  # fmt: skip
TWO = columns("price: {type: decimal, decimals: 2, optional: true}")
VALUES = [
    passed(33, "decimal comma and thousands point", line(units='"1.234,56"'), EURO),
    aside(33, "a decimal point in Europe", line(units="12.34"), "ROW_TYPE", EURO),
    Case(number=33, says="1,234 where amounts have two decimals", outcome="ROWQ",
         data=f'{HEAD.strip()},price\n{LINES[0].strip()},"1,23"\n{LINES[1].strip()},"1,234"\n'
         f"{LINES[2].strip()},\n",
         rows=((2, "ROW_TYPE"),), lost=(("O1", "2"),), contract=(TWO, form("decimal_mark: ','"))),
    *(passed(34, f"the number {number!r}", line(units=f'"{number}"'), BLANKS, SIGNED)
      for number in ("155,22-", "(100)", "+5", "1\u00a0234,5")),
    aside(35, "dates of two formats", line(day="01/02/2026"), "ROW_TYPE"),
    aside(36, "a date that two formats could mean: only the declared one is read",
          line(day="05.06.2026"), "ROW_TYPE"),
    Case(number=40, says="ids that differ in zeros are two", data=TEXT + line("007") + line("7"),
         added=(("007", "1"), ("7", "1"))),
    aside(41, "an id that a spreadsheet rounded", line("4.00638E+12"), "ROW_ID_MANGLED"),
    passed(42, "an id beyond 64 bits", line(str(2**70)), order=str(2**70)),
    *(aside(43, f"{word} for a number", line(units=word), "ROW_NONFINITE")
      for word in ("NaN", "Infinity", "-inf")),
    aside(43, "1e400 for a number", line(units="1e400"), "ROW_TYPE"),
    passed(43, "minus nothing", line(units="-0")),
    aside(44, "a number beyond decimal(18,4)", line(units="99999999999999.99995"), "ROW_RANGE"),
    *(aside(45, f"the key {word!r}", line(word), "ROW_KEY_NULL", NO_KEY)
      for word in ("NULL", "#N/A", " ")),
    aside(45, "a word for null in a number", line(units="N/A"), "ROW_NULL",
          form("null_words: ['N/A']")),
    Case(number=46, says="words for yes and no", outcome="ROWQ", rows=((3, "ROW_TYPE"),),
         lost=(("O2", "1"),), contract=(columns("is_new: boolean"),
         form("true_words: [J, X, '1'], false_words: [N, '', '0']")),
         data=f"{HEAD.strip()},is_new\n{LINES[0].strip()},j\n{LINES[1].strip()},\n"
         f"{LINES[2].strip()},maybe\n"),
    Case(number=47, says="a wrong check digit", data=gtin("4006381333932"), outcome="ROWQ",
         rows=((4, "ROW_CHECK"),), contract=(GTINS,)),
    Case(number=47, says="a right check digit", data=gtin("4006381333931"),
         added=(("O9", "1"),), contract=(GTINS,)),
]  # fmt: skip
MEANING = [
    Case(number=65, says="the same row twice", data=TEXT + LINES[0], outcome="NORM", skipped=1),
    Case(number=66, says="one key, two contents", data=TEXT + line("O1"), outcome="NORM",
         skipped=1),
    Case(number=66, says="one key, two contents that differ", data=TEXT + line("O1", units="9"),
         outcome="ROWQ", rows=((1, "ROW_KEY_DUP"), (4, "ROW_KEY_DUP")), lost=(("O1", "1"),)),
    aside(67, "a product that is not there", line(product="P9"), "ROW_ORPHAN"),
    Case(number=68, says="nodes above each other, and one above itself", outcome="ROWQ",
         file="erp/nodes_1.csv", data="id,parent\nR,\nA,B\nB,A\nC,C\nD,R\n", contract=(NODES,),
         rows=((2, "ROW_CYCLE"), (3, "ROW_CYCLE"), (4, "ROW_CYCLE"))),
    Case(number=69, says="a node with two parents", outcome="ROWQ", file="erp/nodes_1.csv",
         data="id,parent\nR,\nS,\nA,R\nA,S\n", contract=(NODES,),
         rows=((3, "ROW_KEY_DUP"), (4, "ROW_KEY_DUP"))),
    Case(number=69, says="nodes below the deepest level", outcome="ROWQ", file="erp/nodes_1.csv",
         data="id,parent\nN1,\n" + "".join(f"N{n},N{n - 1}\n" for n in range(2, 22)),
         contract=(NODES,), rows=((21, "ROW_DEPTH"),)),
    aside(72, "a sale of tomorrow", line(day="2026-07-01"), "ROW_DATE_FUTURE"),
    *(passed(93, f"a text that begins with {sign!r}", line(f"{sign}A(1)"), order=f"{sign}A(1)")
      for sign in "=+-@\t\uff1d"),
    passed(94, "SQL in a field", line("'); drop table x; --"), order="'); drop table x; --"),
    plain(94, "SQL in a header", TEXT.replace("units\n", "units,\"x'); drop table x; --\"\n", 1)
          .replace("3\n", "3,\n").replace("4\n", "4,\n").replace("5\n", "5,\n"),
          note="drop table x"),
]  # fmt: skip
CASES = [*BYTES, *STRUCTURE, *VALUES, *MEANING]
