"""What the name of a column says: its words, whatever their case and abbreviation."""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Abbreviations and synonyms, English, German and SAP's; one idea a line.
IDEAS: dict[str, str] = {
    word: idea
    for idea, words in {
        "active": "active enabled",
        "amount": "amount amt value netwr total net sum",
        "cancelled": "cancelled canceled abgru",
        "city": "city town ort ort01",
        "code": "code cd",
        "cost": "cost costs stprs verpr kosten",
        "country": "country cntry land land1",
        "created": "created erdat create",
        "currency": "currency curr waers waerk währung ccy",
        "customer": "customer cust cst client kunnr kunde cid",
        "date": "date dt day datum dat on",
        "due": "due eindt promised promise",
        "group": "group grp segment kdgrp",
        "hand": "hand onhand labst stock bestand inventory",
        "id": "id key no nr num number identifier",
        "invoice": "invoice inv",
        "line": "line lines pos posnr ebelp detail details row",
        "location": "location loc bin shelf lgort",
        "name": "name nm name1 descr description desc title bezeichnung maktx",
        "order": "order ordered ord so vbeln auftrag sale sales sls",
        "parent": "parent",
        "postal": "zip postal postcode pstlz plz",
        "price": "price netpr preis rate",
        "product": "product prod prd item material matnr sku article artikel part",
        "purchase": "purchase po ebeln bestellung purch",
        "quantity": "quantity qty menge kwmeng units pieces",
        "receipt": "receipt rcpt received recv",
        "region": "region territory bzirk district",
        "rejected": "rejected reject refused",
        "requested": "requested request wanted vdatu desired",
        "shipped": "shipped ship shipment wadat dispatched delivered",
        "site": "site plant werks warehouse wh store dc werk",
        "supplier": "supplier supp vendor vend lifnr lieferant",
        "unit": "unit uom meins vrkme einheit measure",
    }.items()
    for word in words.split()
}
IDENTIFYING = {"id", "code", "account", "gtin", "ean", "upc", "vat", "tax", "duns", "gln", "iban"}
IDENTIFYING |= {"postal", "phone", "fax", "tel", "reference", "ref", "serial", "guid", "rowguid"}
MEASURING = {"amount", "quantity", "price", "cost", "hand", "weight", "volume", "freight", "ytd"}
MEASURING |= {"receipt", "rejected", "multiple", "minimum", "maximum"}
MEASURING |= {"sales", "balance", "discount", "insurance", "margin", "revenue", "percent"}
# What has keys: a site by its name alone is a site's key.
SUBJECTS = {
    "customer",
    "line",
    "location",
    "order",
    "product",
    "purchase",
    "site",
    "supplier",
    "invoice",
}
FLAGGING = {"flag", "is", "has", "active", "cancelled", "hold", "blocked", "deleted", "indicator"}


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case: `sls_ord_num` and `SalesOrderNo` have three."""
    return [word.lower() for word in WORD.findall(name)]


def ideas_of(name: str) -> frozenset[str]:
    """Return what the words of a name mean; SAP's own names are words as a whole."""
    whole = IDEAS.get(name.lower())
    if whole:
        return frozenset({whole})
    return frozenset(_idea(word) for word in words_of(name) if not word.isdigit())


def _idea(word: str) -> str:
    single = word.removesuffix("s")
    return IDEAS.get(word) or IDEAS.get(single) or word


def is_identifying(name: str) -> bool:
    """Return whether the name speaks of a key or a code, whose digits are no number."""
    ideas = ideas_of(name)
    return bool(ideas & IDENTIFYING) or bool(ideas & SUBJECTS and not is_measuring(name))


def is_measuring(name: str) -> bool:
    """Return whether the name speaks of an amount or a quantity, which may come with decimals."""
    words = words_of(name)
    if words and _idea(words[-1]) in {"id", "code"}:
        return False  # SalesPersonID, PriceCode
    return bool((ideas_of(name) | set(words)) & MEASURING)


def is_flagging(name: str) -> bool:
    """Return whether the name speaks of yes or no."""
    return bool((ideas_of(name) | set(words_of(name))) & FLAGGING)
