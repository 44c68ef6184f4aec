"""Weft: the open home for support communities."""

__version__ = "0.1.0"
