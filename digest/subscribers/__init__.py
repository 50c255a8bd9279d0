"""Subscribers as people bring them: addresses, sheets of them, filters. Knows no store.

A sheet's columns are told by their names, in whatever order and by whatever program; each row is a
person or a reason why not.
"""

from digest.subscribers.address import checked, is_address
from digest.subscribers.columns import Columns, columns
from digest.subscribers.segment import segment
from digest.subscribers.sheet import Refused, Sheet, open_sheet, write_csv, write_refused

__all__ = [
    "Columns",
    "Refused",
    "Sheet",
    "checked",
    "columns",
    "is_address",
    "open_sheet",
    "segment",
    "write_csv",
    "write_refused",
]
