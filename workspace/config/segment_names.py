"""How segments are named in configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

SegmentId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=32)]
