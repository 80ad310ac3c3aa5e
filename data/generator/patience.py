"""How long customers give until the day they want the goods, planted account by account.

Patient accounts order on Mondays for Friday, urgent ones for the same day. A day asked for stays in
the week of the order, so that demand by week is what it would be without them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]

ONE_IN = 10  # accounts; the usual weekday of an account is its number times 3, modulo 5
PATIENT, URGENT = 0, 7
PATIENT_DAYS = 4


def lag_of(account: Ints, weekday: Ints, *, usual: Ints) -> Ints:
    """Return the days from order to the day asked for, given what they would be otherwise."""
    patient = np.minimum(PATIENT_DAYS, 6 - weekday)
    kind = account % ONE_IN
    return np.where(kind == PATIENT, patient, np.where(kind == URGENT, 0, usual))


def patience(accounts: pl.DataFrame) -> pl.DataFrame:
    """Return system and key of the accounts of ERPs, and whether each is patient or urgent."""
    kind = pl.col("account") % ONE_IN
    return accounts.filter(pl.col("system") != "crm").select(
        "system",
        "source_key",
        "customer_id",
        patience=pl.when(kind == PATIENT)
        .then(pl.lit("patient"))
        .when(kind == URGENT)
        .then(pl.lit("urgent"))
        .otherwise(pl.lit("usual")),
    )
