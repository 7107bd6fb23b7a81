"""The history for programs and spreadsheets: ``tankful history --csv`` and ``--json``, schema tankful.history.v1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from time import gmtime, strftime
from typing import Any

from ..history.series import FULL, SCALE, Sample, Series
from ..models import Account
from . import numbers, privacy
from .numbers import trimmed

SCHEMA = "tankful.history.v1"
COLUMNS = (
    *("at", "account", "provider", "label", "kind", "name", "unit"),
    *("value", "total", "left", "used_percent", "resets_at", "grain"),
)
TEXTS = COLUMNS[1:7]
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # a spreadsheet runs a cell that begins so
BOM = "\ufeff"

Samples = Mapping["Series", tuple["Sample", ...]]
Row = dict[str, Any]


def rows(samples: Samples, accounts: Mapping[str, Account]) -> Iterator[Row]:
    """Yield every sample with all its columns, as JSON values; amounts are Decimal, None is unknown.

    Of an account that is not among ``accounts`` only the id is shown.
    """
    for series, of_series in samples.items():
        account = accounts.get(series.account)
        columns = {
            "account": series.account,
            "provider": account.provider if account else series.account.rpartition("-")[0],
            "label": account.label if account else None,
            "kind": series.kind,
            "name": series.name,
            "unit": series.unit,
        }
        for sample in of_series:
            yield {"at": _time(sample.at), **columns, **_numbers(series, sample)}


def report(samples: Samples, accounts: Mapping[str, Account], now: datetime) -> Row:
    """Return the history as JSON values: numbers as numbers, times ISO 8601 UTC with Z."""
    return {
        "schema": SCHEMA,
        "generated_at": _time(int(now.timestamp())),
        "samples": [
            {name: _number(value) for name, value in row.items()} for row in rows(samples, accounts)
        ],
    }


def table(samples: Samples, accounts: Mapping[str, Account], *, private: bool, excel: bool) -> str:
    """Return the history as CSV of RFC 4180.

    Args:
        private: hide labels and amounts of money.
        excel: begin with the byte order mark by which Excel recognises UTF-8.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in rows(samples, accounts):
        writer.writerow(_cells(_hidden(row, accounts) if private else row))
    return (BOM if excel else "") + out.getvalue()


def _numbers(series: Series, sample: Sample) -> Row:
    value, total = (_amount(each) for each in (sample.value, sample.total))
    left = value if series.kind == "balance" else None
    percent = resets_at = None
    if series.kind == "quota":
        percent = value
        total = Decimal(100) if series.unit == "%" and value is not None else total
        value = None if value is None or total is None else _certain(value * total / 100, total)
        left = None if value is None or total is None else trimmed(total - value)
        resets_at = None if sample.resets_at is None else _time(sample.resets_at)
    return {
        "value": value,
        "total": total,
        "left": left,
        "used_percent": percent,
        "resets_at": resets_at,
        "grain": sample.grain,
    }


def _certain(used: Decimal, limit: Decimal) -> Decimal:
    """Round an amount that was derived from a share to the digits that the share supports."""
    step = Decimal(1).scaleb((limit * 2 / FULL).adjusted() + 1)
    return trimmed(used.quantize(step, ROUND_HALF_EVEN))


def _amount(millionths: int | None) -> Decimal | None:
    return None if millionths is None else trimmed(Decimal(millionths) / SCALE)


def _time(at: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


def _number(value: object) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral() else float(value)


def _hidden(row: Row, accounts: Mapping[str, Account]) -> Row:
    account = accounts.get(str(row["account"]))
    hidden = dict(row, label=None if account is None else privacy.mark(account))
    if numbers.is_currency(row["unit"]):
        for name in ("value", "total", "left"):
            hidden[name] = None if row[name] is None else numbers.HIDDEN
    return hidden


def _cells(row: Row) -> Row:
    cells = {name: "" if value is None else value for name, value in row.items()}
    for name in TEXTS:
        text = str(cells[name])
        if text.startswith(FORMULA) or (text and ord(text[0]) < 32):
            cells[name] = f"'{text}"
    for name in ("value", "total", "left", "used_percent"):
        if isinstance(cells[name], Decimal):
            cells[name] = format(cells[name], "f")
    return cells
