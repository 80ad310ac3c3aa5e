"""A part in its folder: what was found when the file was read, and how it is found again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from workspace.archive import sha256_of
from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.formats.content import Positions
from workspace.ingest.parts.decisions import Decision
from workspace.releases import digest

INGEST = Path(__file__).parent.parent
KeyHashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True)
class PartFacts:
    """What part.json holds, in records.

    `days` counts the sound records of each day of the watermark column. `newest` is the newest
    date that an entity's column gets which must not lie in the future.
    `lowest_key` and `highest_key` bound the first key column of the sound records.
    `natives` names DuckDB's type of each column of a file that is read where it lies in the
    archive, and is empty where rows.parquet holds the rows. `is_ascii` is said of its texts.
    """

    record_count: int
    blank_count: int
    faulty_count: int
    skipped_count: int
    unknown_columns: tuple[str, ...] = ()
    detail: str | None = None
    days: Mapping[str, int] = field(default_factory=dict)
    newest: Mapping[str, str] = field(default_factory=dict)
    lowest_key: str | None = None
    highest_key: str | None = None
    natives: Mapping[str, str] = field(default_factory=dict)
    is_ascii: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its rows (row i is record i), its own faults and skips, its keys.

    `facts` says how many there are; a file of none is not written.
    """

    folder: Path
    sha256: str
    facts: PartFacts

    @property
    def rows(self) -> Path:
        """Typed columns, _file and _is_suspect; the record number is the row number.

        There is none where the rows are read in the archive.
        """
        return self.folder / "rows.parquet"

    @property
    def faults(self) -> Path:
        """record_number, code, column_name, detail, byte_offset, raw_text."""
        return self.folder / "faults.parquet"

    @property
    def skips(self) -> Path:
        """record_number, reason."""
        return self.folder / "skips.parquet"

    @property
    def references(self) -> Path:
        """entity, namespace, reference_number, and the key values referred to, each once."""
        return self.folder / "references.parquet"

    @property
    def key_hashes(self) -> KeyHashes:
        """Sorted hashes of the keys of sound records, mapped into memory and not read."""
        hashes: KeyHashes = np.load(self.folder / "keys.npy", mmap_mode="r")
        return hashes

    @property
    def marks(self) -> Positions:
        """Byte offsets by which the format finds single records again."""
        marks: Positions = np.load(self.folder / "marks.npy")
        return marks


@cache
def _reader_hash() -> str:
    """Return one hash over what decides how bytes become rows: this package, and DuckDB."""
    files = sorted(INGEST.rglob("*.py"))
    hashes = {str(file.relative_to(INGEST)): sha256_of(file) for file in files}
    return digest({**hashes, "duckdb": duckdb.__version__})


def hash_of(contract: Contract) -> str:
    """Hash all that rows depend on besides the bytes: contract, mappings, entities, reader."""
    mappings = [mapping.mapping for mapping in contract.mappings]
    return digest(
        {
            "extract": contract.extract.model_dump_json(),
            "format": contract.dialect.model_dump_json(),
            "mappings": [mapping.model_dump_json() for mapping in mappings],
            "entities": [entities()[mapping.entity].model_dump_json() for mapping in mappings],
            "reader": _reader_hash(),
        }
    )


def part_folder(
    workspace: Workspace,
    contract: Contract,
    sha256: str,
    contract_hash: str,
    decided: tuple[Decision, ...] = (),
) -> Path:
    """Return where the part of a file under a contract stands, or will.

    What stewards decided about its records is part of its name.
    """
    if decided:
        contract_hash = digest({"contract": contract_hash, "decided": list(decided)})
    table = f"{contract.source.system}__{contract.name}"
    return workspace.landed / table / f"{sha256}_{contract_hash[:16]}"


def read_part(folder: Path) -> Part | None:
    """Return the part in a folder, None where there is none."""
    file = folder / "part.json"
    if not file.exists():
        return None
    facts = PartFacts(**json.loads(file.read_text(encoding="utf-8")))
    return Part(folder=folder, sha256=folder.name.split("_", maxsplit=1)[0], facts=facts)


def settle_part(made: Path, folder: Path, facts: PartFacts) -> Part:
    """Put a finished part in its place; parts of the same file under other contracts go."""
    (made / "part.json").write_text(json.dumps(asdict(facts), indent=1), encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    sha256 = folder.name.split("_", maxsplit=1)[0]
    for older in folder.parent.glob(f"{sha256}_*"):
        shutil.rmtree(older)
    made.replace(folder)
    return Part(folder=folder, sha256=sha256, facts=facts)
