"""Customers of two systems whose true identity is known, enough of them to learn from."""

from __future__ import annotations

import random

from tests.workspace.matching.matched_company import customer

SYLLABLES = ("ba", "ro", "lin", "mek", "tus", "vor", "and", "hol", "grei", "nau")
TRADES = ("Bau", "Elektro", "Stahl", "Rohre", "Technik", "Handel")


def two_systems(count: int, *, towns: int = 40) -> list[dict[str, object]]:
    """Return each true customer once for erp and, for two of three, once for crm.

    The crm has other legal forms, lower case, and for one of five a slip in the name; a number in
    both systems is there for half.
    """
    drawn = random.Random(7)
    rows = []
    for at in range(count):
        town = drawn.randrange(towns)
        name = f"{''.join(drawn.choices(SYLLABLES, k=4)).title()} {drawn.choice(TRADES)}"
        number = f"{300000000 + 37 * at}" if drawn.random() < 0.5 else None
        known = {
            "city": f"Town {town}",
            "postal_code": str(10000 + 97 * town),
            "country_code": "DE",
        }
        rows.append(
            customer(f"erp:{at}", customer_name=f"{name} GmbH", duns_number=number, **known)
        )
        if at % 3:
            spelt = name.lower() if at % 5 else name[:3] + name[4:]
            rows.append(customer(f"crm:{at}", customer_name=spelt, duns_number=number, **known))
    return [{**row, "_file": row["record_key"], "_record": "1"} for row in rows]
