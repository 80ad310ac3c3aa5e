"""Nights whose database does not answer: carried forward with a mark where allowed, else held."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from serving.release_reader import open_release
from tests.night.company import FIRST_DAY, Done, current, deliver, found_company, tierwise

SECRET = "hush"
VARIABLE = "SHOP_DATABASE_URL"
SHOP = f"""\
system: shop
description: The web shop, whose customers are fetched from its database.
kind: crm
priority: 4
format: {{kind: database, url_variable: {VARIABLE}}}
extracts:
  accounts:
    path: shop/accounts_{{%Y-%m-%d}}.parquet
    description: Accounts of the shop.
    delivery: {{kind: full, carry_forward_days: 3}}
    format: {{table: accounts}}
    key: [id]
    columns: {{id: text, name: text, country: text}}
mappings:
  - entity: customers
    extract: accounts
    columns: {{customer_id: id, customer_name: name, country_code: country}}
"""
ACCOUNTS = [("A1", "Ada's Shop", "DE"), ("A2", "Bob's Shop", "FR")]
BOOK = "select status, code, loaded_count from raw_extracts where system = 'shop'"
FRESHNESS = """
    select is_stale, carried_from_date is not null from source_freshness where system = 'shop'
"""
KNOWN = "select count(*) from golden_xref where namespace = 'shop' and valid_to is null"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A company with a shop, and what its three nights said."""

    workspace: Path
    sound: Done
    carried: Done
    held: Done
    releases: tuple[str, str, str]

    def rows(self, night: int, query: str) -> list[tuple]:
        with open_release(self.workspace / "releases" / self.releases[night]) as reader:
            return reader.query(query).rows()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Run a sound night, one whose database is broken, and one that may not do without it."""
    folder = tmp_path_factory.mktemp("shop")
    workspace, database = found_company(folder / "company"), folder / f"{SECRET}.sqlite"
    contract = workspace / "sources" / "shop.yml"
    contract.write_text(SHOP, encoding="utf-8")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table accounts (id text primary key, name text, country text)")
        connection.executemany("insert into accounts values (?, ?, ?)", ACCOUNTS)
    said: list[Done] = []
    releases: list[str] = []

    def night(days: int) -> None:
        day = FIRST_DAY + timedelta(days=days)
        deliver(workspace, day)
        said.append(
            tierwise("refresh", "--workspace", workspace, "--as-of", day.isoformat(), "--json")
        )
        releases.append(current(workspace))

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, f"sqlite:///{database}")
        night(0)
        database.write_bytes(b"no database at all " * 300)
        night(1)
        contract.write_text(SHOP.replace(", carry_forward_days: 3", ""), encoding="utf-8")
        night(2)
    sound, carried, held = said
    return Shop(
        workspace=workspace,
        sound=sound,
        carried=carried,
        held=held,
        releases=(releases[0], releases[1], releases[2]),
    )


def test_a_sound_database_is_a_delivery_like_any_other(shop: Shop) -> None:
    assert shop.sound.status == 0, shop.sound.out + shop.sound.err
    assert shop.rows(0, BOOK) == [("loaded", None, 2)]
    assert shop.rows(0, KNOWN) == [(2,)]


def test_a_night_without_its_database_goes_on_with_the_last_rows_and_says_so(shop: Shop) -> None:
    assert shop.carried.status == 0, shop.carried.out + shop.carried.err
    assert "last good files may stand in" in shop.carried.err
    assert ("carried_forward", None, 2) in shop.rows(1, BOOK)
    assert shop.rows(0, FRESHNESS) == [(False, False)]
    assert shop.rows(1, FRESHNESS) == [(True, True)]
    assert shop.rows(1, KNOWN) == [(2,)]


def test_a_night_that_may_not_do_without_its_database_is_held(shop: Shop) -> None:
    assert shop.held.status == 1
    assert shop.held.codes == ["SYS_DATABASE"]
    assert shop.releases[2] == shop.releases[1] != shop.releases[0]


def test_no_word_of_the_address_is_printed(shop: Shop) -> None:
    for done in (shop.carried, shop.held):
        assert SECRET not in done.out + done.err
