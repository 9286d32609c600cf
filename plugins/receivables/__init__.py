"""Receivables: the nightly pipeline that a company's data and finance people run to get paid."""

__version__ = "0.1.0"
