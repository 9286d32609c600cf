"""The `extract` stage: what the ERP says tonight, landed as text, whole or not at all."""

from receivables.extract.landing import land

__all__ = ["land"]
