"""A Linux interpreter of Alfred workflows, and static checks of info.plist."""

from __future__ import annotations

from .failures import Failure
from .harness import Alfred
from .recorders import Recorders
from .rows import Row
from .workflow_file import WorkflowFile

__all__ = ["Alfred", "Failure", "Recorders", "Row", "WorkflowFile"]
