"""Errors, by who must act."""

from __future__ import annotations

from collections.abc import Sequence


class ReceivablesError(Exception):
    """Root of everything that Receivables raises on purpose."""


class SettingsError(ReceivablesError):
    """The settings are wrong: a person edits the file. Carries every fault at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class PolicyError(ReceivablesError):
    """A policy, rule, template or SQL file is wrong: the night stops, a person edits the file."""


class DataError(ReceivablesError):
    """The data cannot be used as they are: a person looks at the source named in the message."""


class TransientError(ReceivablesError):
    """The world is not ready (a lock, a connection): trying again later may well succeed."""


class AuditFailed(ReceivablesError):
    """The night's audits do not hold: nothing was published; the message lists the checks."""


class WrongUse(ReceivablesError):
    """The command was called in a way that cannot be meant: the caller changes the call."""
