"""The path of an extract's files: a glob in which braces hold the date, `orders_{%Y-%m-%d}.csv`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

DATE_IN_BRACES = re.compile(r"\{([^{}]*)\}")
# What each strptime directive reads; fixed widths, so that a name has one reading.
DIRECTIVES = {
    "%Y": r"\d{4}",
    "%G": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{2}",
    "%d": r"\d{2}",
    "%j": r"\d{3}",
    "%V": r"\d{2}",
    "%u": r"[1-7]",
    "%H": r"\d{2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]+",
}
DIRECTIVE = re.compile(r"%.")
WILDCARDS = re.compile(r"[*?\[]")


@dataclass(frozen=True, kw_only=True)
class FilePath:
    """A parsed path; `text` is as written in the contract."""

    text: str

    @cached_property
    def date_format(self) -> str | None:
        """Return the strptime format of all braces, joined by spaces; None without a date."""
        return " ".join(DATE_IN_BRACES.findall(self.text)) or None

    @cached_property
    def folder(self) -> PurePosixPath:
        """Return the part of the path before anything varies: the extract's delivery folder."""
        fixed = PurePosixPath()
        for part in PurePosixPath(self.text).parts[:-1]:
            if WILDCARDS.search(part) or "{" in part:
                break
            fixed /= part
        return fixed

    @cached_property
    def depth(self) -> int | None:
        """Return how many names lie below the delivery folder; None when it is any number."""
        parts = PurePosixPath(self.text).parts
        return None if "**" in parts else len(parts) - len(self.folder.parts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("".join(_regex(token) for token in _tokens(self.text)), re.DOTALL)

    def matches(self, path: str) -> bool:
        """Return whether a path relative to the root is one of this extract, whatever its date."""
        return self._pattern.fullmatch(path) is not None

    def moment(self, path: str) -> datetime | None:
        """Return the date, with its time where the name holds one, of a path that matches.

        None without a date in the path. Raises ValueError when the digits are no date.
        """
        matched = self._pattern.fullmatch(path)
        if matched is None or self.date_format is None:
            return None
        text, format_ = " ".join(matched.groups()), self.date_format
        if "%G" in format_ and "%u" not in format_:
            text, format_ = f"{text} 1", f"{format_} %u"
        return datetime.strptime(text, format_)

    def named(self, day: date) -> str:
        """Return the path that a file of a day would have below the delivery folder."""
        path = DATE_IN_BRACES.sub(lambda braces: day.strftime(braces[1]), self.text)
        return str(PurePosixPath(path).relative_to(self.folder))


@lru_cache(maxsize=4096)
def file_path(text: str) -> FilePath:
    """Return a parsed path; it is parsed once."""
    return FilePath(text=text)


def checked_path(text: str) -> str:
    """Return the path; raises ValueError with what is wrong with it."""
    parts = text.split("/")
    if text.startswith("/") or ".." in parts or "\\" in text:
        raise ValueError(f"`{text}` does not lie below the system's root")
    if "" in parts or "." in parts or any("**" in part and part != "**" for part in parts):
        raise ValueError(f"`{text}` is no path of names and wildcards")
    path = FilePath(text=text)
    directives = set(DIRECTIVE.findall(path.date_format or ""))
    unknown = sorted(directives - DIRECTIVES.keys())
    if unknown or set("{}") & set(DATE_IN_BRACES.sub("", text)):
        raise ValueError(f"`{text}`: braces hold a date of {' '.join(DIRECTIVES)}")
    if path.date_format is not None and not _names_a_day(directives):
        raise ValueError(f"`{text}`: the braces name no day, week, month or year")
    try:
        path.matches("")
    except re.error as error:
        raise ValueError(f"`{text}` is no path of names and wildcards: {error}") from error
    return text


def _names_a_day(directives: set[str]) -> bool:
    year = directives & {"%Y", "%y"}
    month = directives & {"%m", "%b", "%B"}
    if "%G" in directives or "%V" in directives:
        return {"%G", "%V"} <= directives and not year
    return bool(year) and (bool(month) or "%d" not in directives)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\{[^{}]*\}|\*\*/|\*|\?|\[[^\]/]+\]|[^{*?\[]+|\[", text)


def _regex(token: str) -> str:
    if token.startswith("{"):
        inner = DIRECTIVE.split(token[1:-1])
        found = [DIRECTIVES[directive] for directive in DIRECTIVE.findall(token)]
        pairs = zip(map(re.escape, inner), [*found, ""], strict=True)
        return "(" + "".join(text + digits for text, digits in pairs) + ")"
    if token.startswith("[") and len(token) > 1:
        negated = token[1] == "!"
        inside = token[1 + negated : -1].replace("\\", r"\\").replace("^", r"\^")
        return f"(?!/)[{'^' if negated else ''}{inside}]"
    return {"**/": r"(?:[^/]+/)*", "*": r"[^/]*", "?": r"[^/]"}.get(token) or re.escape(token)
