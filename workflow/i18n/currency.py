"""How many decimals a currency has."""

from __future__ import annotations

CENTS = 2  # decimals of most currencies
WHOLE = frozenset(  # ISO 4217 codes of those without a minor unit
    (
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
        *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)


def decimals(currency: str) -> int:
    """Return how many decimals an amount in this currency is shown with."""
    return 0 if currency in WHOLE else CENTS
