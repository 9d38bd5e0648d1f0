"""Amounts of money: ``Decimal`` yuan of at most two places in memory, strings such as ``"500.00"`` outside.

Never a float: a fine is counted in fen.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Decimal

from gridsup.codes.patterns import YUAN
from gridsup.errors import Invalid

FEN = Decimal("0.01")


def yuan(text: object) -> Decimal:
    """An amount as written in a form. Raises ``Invalid`` ``amount-malformed``."""
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return Decimal(text)  # the first version of the case wrote whole yuan as a number
    if not isinstance(text, str) or not re.fullmatch(YUAN, text):
        raise Invalid(
            "amount-malformed",
            zh="金额“{text}”不正确。请写元，最多两位小数，例如 500 或 500.50。",
            en="The amount “{text}” is not valid. Write yuan, at most two decimals: 500 or 500.50.",
            text=str(text),
        )
    return Decimal(text)


def written(amount: Decimal) -> str:
    """The amount as it is stored and shown, with two decimals."""
    return str(amount.quantize(FEN))


def part(amount: Decimal, percent: Decimal) -> Decimal:
    """``percent`` of an amount, a fraction of a fen dropped in the party's favour."""
    return (amount * percent / 100).quantize(FEN, ROUND_DOWN)
