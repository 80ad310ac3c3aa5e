"""Legal forms of companies: words that say what a company is, not who it is.

Two spellings of one form have one canonical word. Each entry is written as `normalise.folded`
leaves it (no accents, no dots, `oe` as `o`), so that a list of tokens can be compared with it
directly. The forms are those of the ISO 20275 code list (entity legal forms, GLEIF) that occur in
trade names of the European Economic Area, the United Kingdom, Switzerland, North America and East
Asia, with the abbreviations that national company registers print. Forms of a single letter and
forms that are everyday words of a name ("trust", "bank", "group") are left out on purpose: taking
them off would make different companies equal.
"""

from __future__ import annotations

_VARIANTS: dict[str, tuple[str, ...]] = {
    "gmbh": ("gmbh", "gesmbh", "mbh"),
    "ag": ("ag", "aktiengesellschaft"),
    "kg": ("kg", "kommanditgesellschaft"),
    "kgaa": ("kga", "kgaa"),
    "ohg": ("ohg", "og"),
    "gbr": ("gbr",),
    "ug": ("ug", "unternehmergesellschaft"),
    "ek": ("ek", "ekfm", "ekfr"),
    "ev": ("ev",),
    "se": ("se",),
    "ltd": ("ltd", "limited", "ltda", "lda", "pty"),
    "plc": ("plc",),
    "llp": ("llp",),
    "lp": ("lp",),
    "inc": ("inc", "incorporated"),
    "corp": ("corp", "corporation"),
    "llc": ("llc", "lc"),
    "co": ("co", "company", "cie", "compagnie", "companhia"),
    "bv": ("bv", "bvba", "besloten", "vennootschap"),
    "nv": ("nv", "naamloze"),
    "vof": ("vof",),
    "cv": ("cv",),
    "sa": ("sa", "anonyme", "anonima"),
    "sas": ("sas", "sasu"),
    "sarl": ("sarl", "eurl"),
    "snc": ("snc",),
    "sca": ("sca",),
    "scop": ("scop",),
    "spa": ("spa",),
    "srl": ("srl", "srls"),
    "sl": ("sl", "slu", "slne"),
    "sau": ("sau",),
    "ab": ("ab", "aktiebolag", "aktiebolaget", "publ"),
    "hb": ("hb", "handelsbolag"),
    "kb": ("kb",),
    "as": ("as", "asa", "aktieselskab", "aktieselskabet", "aksjeselskap"),
    "aps": ("aps", "anpartsselskab"),
    "oy": ("oy", "oyj", "osakeyhtio"),
    "sro": ("sro", "spolsro"),
    "kft": ("kft", "korlatolt", "felelossegu"),
    "zrt": ("zrt", "nyrt"),
    "spzo": ("spzo", "zo", "spolka", "zoo"),
    "doo": ("doo",),
    "dd": ("dd",),
    "ood": ("ood", "eood"),
    "ooo": ("ooo", "zao", "oao", "pao"),
    "kk": ("kk", "kabushiki", "kaisha", "kabushikikaisha"),
    "yk": ("yk", "yugen"),
    "bhd": ("bhd", "sdn"),
    "pte": ("pte",),
    "pvt": ("pvt", "private"),
    "jsc": ("jsc", "cjsc", "ojsc"),
    "fze": ("fze", "fzco"),
    "tic": ("tic", "sti", "anonim"),
}

# Every word that is taken off a company name → its canonical form.
LEGAL_FORMS: dict[str, str] = {word: form for form, words in _VARIANTS.items() for word in words}

# Words between the words of a name that clerks write or leave out: & + and und …
CONJUNCTIONS = ("and", "und", "et", "og", "och", "the")
