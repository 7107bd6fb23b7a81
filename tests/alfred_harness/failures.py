"""The errors that a test gets when a workflow breaks a rule of Alfred."""

from __future__ import annotations


class Failure(AssertionError):
    """A rule of Alfred was broken, or the test asked for something that is not there."""


class UnsupportedObject(Failure):
    """The flow reached an object, a language or a mode that is not interpreted here."""


class BadScript(Failure):
    """A script cannot be started as Alfred would start it."""


class BadOutput(Failure):
    """A script printed what Alfred cannot read."""


class ScriptTimeout(Failure):
    """A script did not end in time."""


class PipeKeptOpen(Failure):
    """A child of the script keeps the pipe open, so Alfred keeps waiting."""


class EndlessFlow(Failure):
    """A flow went on without ever waiting for the user."""


class UnknownTrigger(Failure):
    """No external trigger, hotkey or action of that name exists."""


class UnknownSetting(Failure):
    """The Workflow Configuration has no such field, or the field does not allow this value."""


class NotOnScreen(Failure):
    """The key, row or button is not available in what is shown now."""
