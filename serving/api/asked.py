"""What a route works with: the release it answers from, the signals beside it, and who asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from serving.api.access import Caller
from serving.api.following import Following
from serving.api.held_release import HeldRelease
from serving.api.provisional import Provisional, Signals
from serving.release_reader import ReleaseReader
from workspace.errors import TierwiseError

SITES = """
select site_id from golden_location
where site_id in (select unnest($1)) or site_code in (select unnest($1))
"""
LEFT = """
select golden_id from entity_events
where event_type = 'divest' and not is_reversed
order by golden_id
"""


class Unchanged(Exception):  # noqa: N818 - an answer, no error
    """The caller has the answer already, by its ETag."""

    def __init__(self, tag: str) -> None:
        """Keep the tag for the answer."""
        self.tag = tag
        super().__init__(tag)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request's view: one release, whatever is published meanwhile."""

    release: HeldRelease
    provisional: Provisional
    following: Following
    caller: Caller

    @property
    def tag(self) -> str:
        """Return the ETag: the release, and the signals where there are any."""
        token = f".{self.provisional.token}" if self.provisional.release_id else ""
        return f'"{self.release.release_id}{token}"'

    @contextmanager
    def reader(self) -> Iterator[ReleaseReader]:
        """Lend a reader of the release."""
        with self.release.reader() as reader:
            yield reader

    def sites(self, reader: ReleaseReader) -> list[str] | None:
        """Return the golden ids of the sites the caller may see; None for all."""
        if not self.caller.sites:
            return None
        found: Sequence[str] = reader.query(SITES, [list(self.caller.sites)])["site_id"].to_list()
        return sorted(found)

    def left(self) -> list[str]:
        """Return the golden ids that have left the company, by the release that is current."""
        with self.following.current().reader() as reader:
            ids: list[str] = reader.query(LEFT)["golden_id"].to_list()
        return ids

    def of(self, release_id: str) -> Asked:
        """Return the same view on another release; raises CURSOR_INVALID when it is gone."""
        try:
            release = self.following.named(release_id)
        except TierwiseError as error:
            cause = f"Release {release_id} is not there any more."
            raise TierwiseError("CURSOR_INVALID", place="cursor", cause=cause) from error
        signals = self.provisional
        beside = signals if signals.release_id == release_id else Provisional()
        return Asked(
            release=release, provisional=beside, following=self.following, caller=self.caller
        )

    def told(self, request: Request, response: Response, tag: str | None = None) -> None:
        """Set the headers of the answer; raises Unchanged when the caller has it."""
        tag = tag or self.tag
        if tag in [known.strip() for known in request.headers.get("if-none-match", "").split(",")]:
            raise Unchanged(tag)
        response.headers.update(headers(tag))


def headers(tag: str) -> dict[str, str]:
    """Return the headers of an answer from a release: to be kept by the caller, and asked again."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}


def _asked(request: Request) -> Asked:
    following: Following = request.app.state.following
    signals: Signals = request.app.state.signals
    release = following.current()
    return Asked(
        release=release,
        provisional=signals.beside(release.release_id),
        following=following,
        caller=request.state.caller,
    )


Question = Annotated[Asked, Depends(_asked)]
