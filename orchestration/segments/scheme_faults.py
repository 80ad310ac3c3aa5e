"""What compiling a scheme refuses, as an error of its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.segmentation.conditions import RuleError
from models.segmentation.errors import SchemeError
from models.segmentation.scheme import Scheme
from workspace.errors import TierwiseError


@contextmanager
def refused_as_configured(scheme: Scheme) -> Iterator[None]:
    """Raise what compiling a scheme refuses as an error of its configuration."""
    try:
        yield
    except RuleError as error:
        code = "CONFIG_UNKNOWN_COLUMN" if error.code == "RULE_UNKNOWN_COLUMN" else error.code
        raise TierwiseError(code, place=scheme.scheme_id, cause=f"{error}") from error
    except SchemeError as error:
        raise TierwiseError("CONFIG_VALUE", place=scheme.scheme_id, cause=f"{error}.") from error
