"""Normalisation in SQL: expressions that make two spellings of one thing one text.

Each function takes a DuckDB expression and returns one. Nothing here knows a data set.
"""

from __future__ import annotations

from workspace.matching.legal_forms import CONJUNCTIONS, LEGAL_FORMS

# Letters that have no accent to strip, and the spellings of umlauts that clerks type without one.
_LETTERS = (("ß", "ss"), ("ø", "o"), ("æ", "a"), ("œ", "o"), ("ł", "l"), ("đ", "d"), ("þ", "th"))
# typed as an apostrophe: ' and the letters U+2019, U+0060, U+00B4
_APOSTROPHES = "[''\\x{2019}\\x{60}\\x{B4}]"
_DIGRAPHS = (("oe", "o"), ("ae", "a"), ("ue", "u"))
# BGN/PCGN romanisation of Russian and Ukrainian, ISO 843 of Greek, with single letters where the
# systems differ in vowels only; what remains is left to the levels of likeness.
_ROMAN_PAIRS = (
    *(
        ("щ", "shch"),
        ("ш", "sh"),
        ("ч", "ch"),
        ("ж", "zh"),
        ("\u0445", "kh"),
        ("ц", "ts"),
        ("ю", "yu"),
    ),
    *(("я", "ya"), ("ъ", ""), ("ь", ""), ("θ", "th"), ("χ", "ch"), ("ψ", "ps")),
)
_ROMAN_FROM = "абвгдеёзийклмнопрстуфыэіїєґαβγδεζηικλμνξοπρστυφως"
_ROMAN_TO = "abvgdeeziyklmnoprstufyeiiegavgdeziiklmnxoprstyfos"


def folded(text: str) -> str:
    """Return the text in lower case, in Latin letters where there is a sound way, without accents.

    Cyrillic and Greek are romanised; any other script stays as it is.
    """
    expression = f"lower(cast({text} as varchar))"
    for letter, plain in _LETTERS:
        expression = f"replace({expression}, '{letter}', '{plain}')"
    expression = f"strip_accents({expression})"
    roman = expression
    for letter, plain in _ROMAN_PAIRS:
        roman = f"replace({roman}, '{letter}', '{plain}')"
    roman = f"translate({roman}, '{_ROMAN_FROM}', '{_ROMAN_TO}')"
    expression = (
        f"case when regexp_matches(cast({text} as varchar), '[\\p{{Cyrillic}}\\p{{Greek}}]') "
        f"then {roman} else {expression} end"
    )
    # plain ASCII, where a byte is a letter, needs none of it
    text_sql = f"cast({text} as varchar)"
    expression = (
        f"case when strlen({text_sql}) = length({text_sql}) then lower({text_sql}) "
        f"else {expression} end"
    )
    for letters, letter in _DIGRAPHS:
        expression = f"replace({expression}, '{letters}', '{letter}')"
    return expression


def words(text: str) -> str:
    """Return folded words with single blanks between them; null for a text without any.

    Dots inside abbreviations go (S.A.R.L. is sarl), apostrophes go, every other sign is a blank,
    and single letters that stand side by side are one abbreviation (N V is nv).
    """
    expression = folded(text)
    expression = f"regexp_replace({expression}, '\\b([a-z])\\.', '\\1', 'g')"
    expression = f"regexp_replace({expression}, '{_APOSTROPHES}', '', 'g')"
    expression = f"trim(regexp_replace({expression}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    expression = f"regexp_replace({expression}, '\\b([a-z]) ([a-z]) ([a-z])\\b', '\\1\\2\\3', 'g')"
    expression = f"regexp_replace({expression}, '\\b([a-z]) ([a-z])\\b', '\\1\\2', 'g')"
    return f"nullif({expression}, '')"


def is_taken_off(word: str) -> str:
    """Return the condition that a word is a legal form or a conjunction."""
    return f"regexp_full_match({word}, '{'|'.join((*LEGAL_FORMS, *CONJUNCTIONS))}')"


def significant(tokens: str) -> str:
    """Return the words that say who a company is; none where only its legal form is said."""
    return f"list_filter({tokens}, lambda w: not {is_taken_off('w')})"


def legal_form(tokens: str) -> str:
    """Return the canonical legal forms among the words, sorted; null where there is none."""
    cases = " ".join(
        f"when w = '{word}' then '{form}'" for word, form in LEGAL_FORMS.items() if word != form
    )
    found = f"list_filter({tokens}, lambda w: regexp_full_match(w, '{'|'.join(LEGAL_FORMS)}'))"
    canonical = f"list_transform({found}, lambda w: case {cases} else w end)"
    return f"nullif(array_to_string(list_sort(list_distinct({canonical})), ' '), '')"


def once(tokens: str) -> str:
    """Return each word where it stands first."""
    return f"list_filter({tokens}, lambda w, i: list_position({tokens}, w) = i)"


def sorted_words(tokens: str) -> str:
    """Return each word once, in alphabetical order."""
    return f"list_sort(list_distinct({tokens}))"


def joined(tokens: str, separator: str = "") -> str:
    """Return the words as one text; null for none."""
    return f"nullif(array_to_string({tokens}, '{separator}'), '')"


def alphanumeric(text: str) -> str:
    """Return folded letters and digits alone, in upper case; null for none."""
    plain = f"cast({text} as varchar)"
    slow = f"upper(regexp_replace({folded(text)}, '[^\\p{{L}}\\p{{N}}]+', '', 'g'))"
    return (
        f"nullif(case when regexp_full_match({plain}, '[0-9]*') then {plain} else {slow} end, '')"
    )


def digits(text: str) -> str:
    """Return the digits alone; null for none."""
    return f"nullif(regexp_replace(cast({text} as varchar), '[^0-9]+', '', 'g'), '')"


def is_foreign(text: str) -> str:
    """Return whether a normalised text has letters, and none of them Latin."""
    return f"(regexp_matches({text}, '\\p{{L}}') and not regexp_matches({text}, '[a-z]'))"
