"""A company's source file over a preset: what of the preset is used, and what falls away.

An extract of the preset is used when the company names it. A mapping is used when its extract is,
and with it each column whose lookups are. A column that the company takes out takes along what the
preset says of it: mapped values, skips, checks.
"""

from __future__ import annotations

from typing import Any

from workspace.config.entities import entities
from workspace.config.preset import Composed, Route, columns_read, named_preset
from workspace.config.strict import suggestion
from workspace.yaml_file import Document

FOLLOWED = ("extracts", "mappings")


def extended(document: Document) -> Document:
    """Return a source file with what it takes over from the preset it extends, if any.

    Raises ConfigurationErrors where the two do not fit, each at the company's line.
    """
    preset = named_preset(document)
    if preset is None:
        return document
    return _Extension(own=document, preset=preset).document()


class _Extension:
    """The making of one document out of a company's file and a preset."""

    def __init__(self, *, own: Document, preset: Document) -> None:
        self.own = own
        self.preset = preset
        self.whole = Composed()
        self.name = str(own.value["extends"])
        self.named: dict[str, Any] = own.value["extracts"]
        self.dropped = {name: self._dropped(name) for name in self.named}
        self.notes: list[str] = []

    def document(self) -> Document:
        """Return the whole; raises ConfigurationErrors with all that does not fit."""
        own, preset, whole = self.own, self.preset, self.whole
        value: dict[str, Any] = {}
        for key in {**preset.value, **own.value}:
            if key in FOLLOWED:
                continue
            if key in preset.value and key in own.value:
                value[key] = whole.merged(own, (key,), preset, (key,), (key,))
            else:
                value[key] = whole.copied(own if key in own.value else preset, (key,), (key,))
        whole.placed(own, ("extracts",), ("extracts",))
        value["extracts"] = {name: self._extract(name) for name in self.named}
        value["mappings"] = self._mappings()
        whole.raise_faults()
        return whole.document(own.file, value, tuple(self.notes))

    def _dropped(self, name: str) -> dict[str, str]:
        """Return the columns that the company takes out of an extract: lower case, as written."""
        columns = self.named[name].get("columns") if isinstance(self.named[name], dict) else None
        taken = columns if isinstance(columns, dict) else {}
        return {column.lower(): column for column, said in taken.items() if said is None}

    def _extract(self, name: str) -> Any:
        route: Route = ("extracts", name)
        if name not in self.preset.value["extracts"]:
            return self._own_extract(name, route)
        if self.named[name] is None:  # a name alone: all as the preset has it, but for the path
            self.whole.placed(self.own, route, route)
            return {
                key: self.whole.copied(self.preset, (*route, key), (*route, key))
                for key in self.preset.value["extracts"][name]
            }
        known = list(self.preset.value["extracts"][name]["columns"])
        for column in self.dropped[name].values():
            if column not in known:
                place = self.own.place((*route, "columns", column))
                cause = f"{self.name} has no `{column}` in {name}.{suggestion(column, known)}"
                self.whole.fault("CONFIG_REFERENCE", place, cause)
        merged = self.whole.merged(self.own, route, self.preset, route, route)
        if isinstance(merged, dict) and self.dropped[name]:
            self._forget_conditions(name, merged)
        return merged

    def _own_extract(self, name: str, route: Route) -> Any:
        """Take an extract that only the company has; half a one is a misspelled one."""
        known = list(self.preset.value["extracts"])
        near = suggestion(name, known) or suggestion(name.upper(), known)
        if near and "columns" not in (self.named[name] or {}):
            cause = f"{self.name} has no extract `{name}`.{near}"
            self.whole.fault("CONFIG_REFERENCE", self.own.place(route), cause)
        return self.whole.copied(self.own, route, route)

    def _forget_conditions(self, name: str, merged: dict[str, Any]) -> None:
        """Leave out the preset's skips and checks that read a column which is not delivered."""
        for key, part in (("skip", "when"), ("checks", "expect")):
            said = self.preset.value["extracts"][name].get(key, [])
            lost = [item for item in said if self._reads_dropped(item[part], name)]
            if lost and isinstance(merged.get(key), list):
                merged[key] = [item for item in merged[key] if item not in lost]

    def _reads_dropped(self, expression: Any, name: str) -> list[str]:
        """Return the columns an expression reads that the company took out of an extract."""
        gone = self.dropped.get(name, {})
        return [gone[column] for _, column in columns_read(expression) if column in gone]

    def _mappings(self) -> list[Any]:
        own = self.own.value.get("mappings") or []
        overs = {_key(mapping): number for number, mapping in reversed(list(enumerate(own)))}
        result: list[Any] = []
        used: set[int] = set()
        for number, mapping in enumerate(self.preset.value["mappings"]):
            over = overs.get(_key(mapping))
            used |= {over} if over is not None else set()
            if mapping["extract"] in self.named:
                result += self._mapping(number, over, len(result))
        for number in range(len(own)):
            if number not in used:
                to = ("mappings", len(result))
                result.append(self.whole.copied(self.own, ("mappings", number), to))
        self.whole.placed(self.own, ("mappings",), ("mappings",))
        return result

    def _mapping(self, number: int, over: int | None, position: int) -> list[Any]:
        """Return the preset's mapping with the company's over it; none where it is not used."""
        below, to = ("mappings", number), ("mappings", position)
        said = self.preset.value["mappings"][number]
        given: dict[str, Any] = {}
        if over is None:
            merged = self.whole.copied(self.preset, below, to)
        else:
            given = self.own.value["mappings"][over]
            if "columns" in given and given["columns"] is None:
                return []  # taken out by name
            merged = self.whole.merged(self.own, ("mappings", over), self.preset, below, to)
        return [merged] if self._keep_what_can_be_read(said, given, merged) else []

    def _keep_what_can_be_read(
        self, said: dict[str, Any], given: dict[str, Any], merged: dict[str, Any]
    ) -> bool:
        """Take lookups and columns out that cannot be read; return whether the mapping is used."""
        lookups = merged.get("lookups", {})
        gone = self._drop_lookups(said["extract"], given, lookups)
        if not lookups:
            merged.pop("lookups", None)
        kept = given.get("columns") or {}
        lost: dict[str, str] = {}
        for column in (column for column in said["columns"] if column not in kept):
            lacking = self._lacking(said["columns"][column], said["extract"], lookups, gone)
            if lacking:
                lost[column] = lacking
                del merged["columns"][column]
            else:
                merged["columns"][column] = str(said["columns"][column]).replace(
                    "{system}", str(self.own.value.get("system"))
                )
        where = "true" if given.get("where") else said.get("where") or "true"
        for column in self._reads_dropped(where, said["extract"]):
            cause = f"{self.name} cannot choose which records are {said['entity']}: state a `where`"
            self._fault_of_dropped(f"{said['extract']}.{column}", cause)
        return self._has_required(merged, lost)

    def _lacking(
        self, expression: Any, extract: str, lookups: dict[str, Any], gone: dict[str, str]
    ) -> str | None:
        """Return what an expression reads that is not there: an extract, or extract.column."""
        for alias, name in columns_read(expression):
            source = (lookups.get(alias) or {}).get("extract", extract)
            if alias in gone:
                return gone[alias]
            if name in self.dropped.get(source, {}):
                return f"{source}.{self.dropped[source][name]}"
        return None

    def _drop_lookups(
        self, extract: str, given: dict[str, Any], lookups: dict[str, Any]
    ) -> dict[str, str]:
        """Take out the preset's lookups that have nothing to join; return alias: what lacks."""
        gone: dict[str, str] = {}
        own = given.get("lookups") or {}
        gone |= {alias: "a lookup taken out" for alias, said in own.items() if said is None}
        for alias, lookup in list(lookups.items()):
            theirs, on = (lookup or {}).get("extract"), (lookup or {}).get("on")
            if theirs is None or on is None or "extract" in (own.get(alias) or {}):
                continue  # the file's own: what is wrong with it, the check says at its line
            if theirs not in self.named:
                gone[alias] = theirs
            else:
                read = [found for ours in on.values() for found in columns_read(ours)]
                lost = [f"{theirs}.{c}" for text in on for c in self._reads_dropped(text, theirs)]
                lost += [gone[of] for of, _ in read if of in gone]
                dropped = self.dropped[extract]
                lost += [f"{extract}.{dropped[c]}" for of, c in read if not of and c in dropped]
                gone |= {alias: lost[0]} if lost else {}
            if alias in gone:
                del lookups[alias]
        return gone

    def _has_required(self, merged: dict[str, Any], lost: dict[str, str]) -> bool:
        """Book a fault for what the company must say; note a mapping that has nothing to read."""
        entity, extract = entities()[merged["entity"]], merged["extract"]
        required = (name for name, column in entity.columns.items() if column.required)
        absent = [name for name in required if name not in merged["columns"]]
        unnamed = sorted({lost[name] for name in absent if "." not in lost.get(name, ".")})
        if unnamed:
            needed = ", ".join(unnamed)
            self.notes.append(f"{extract} feeds no {entity.entity}: that needs {needed}, too.")
            return False
        for name in absent:
            remedy = f"give it in a mapping of {extract} into {entity.entity}"
            if name in lost:
                self._fault_of_dropped(lost[name], f"{entity.entity} requires {name}: {remedy}")
            else:
                place = self.own.place(("extracts", extract))
                cause = f"{entity.entity} requires {name}, which {extract} does not tell: {remedy}."
                self.whole.fault("CONFIG_VALUE", place, cause)
        return True

    def _fault_of_dropped(self, lost: str, consequence: str) -> None:
        """Book a fault at the line that takes a column out."""
        extract, _, column = lost.partition(".")
        place = self.own.place(("extracts", extract, "columns", column))
        self.whole.fault("CONFIG_VALUE", place, f"Without `{column}` of {extract}, {consequence}.")


def _key(mapping: Any) -> tuple[Any, Any]:
    """Return what makes two mappings one: entity and extract."""
    return (
        (mapping.get("entity"), mapping.get("extract")) if isinstance(mapping, dict) else ("", "")
    )
