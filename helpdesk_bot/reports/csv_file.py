"""Tables as files for a spreadsheet program.

UTF-8 with a byte order mark, without which such programs take 'é' for two signs; semicolons, because where a comma
stands in decimals it does not part columns. Numbers are whole ones, so that no program reads '1.5' as the first of May.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

MIMETYPE = "text/csv"
Cell = str | int
# What a spreadsheet program takes for a formula when a cell begins with it, full-width forms included. See OWASP, 'CSV
# injection'.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(_safe, head))
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    """What people wrote is data: an apostrophe in front keeps it from being reckoned with, however much space is before it."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell
