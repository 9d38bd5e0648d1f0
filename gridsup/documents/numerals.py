"""Numbers and dates as official papers write them: 二〇二六年三月二日, 壹万元整."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_DIGITS = "〇一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def day_in_numerals(day: date) -> str:
    """``二〇二六年十月二十一日`` (成文日期)."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def plain_day(day: date) -> str:
    """``2026年10月21日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def yuan_in_capitals(amount: Decimal) -> str:
    """``壹万零伍拾元整``, ``贰佰元伍角``: an amount of money that cannot be altered by a stroke."""
    fen = int((amount * 100).to_integral_value())
    yuan, rest = divmod(fen, 100)
    words = f"{_capital(yuan)}元" if yuan or not rest else ""
    if rest == 0:
        return f"{words}整"
    jiao, last = divmod(rest, 10)
    words += f"{_CAPITALS[jiao]}角" if jiao else ("零" if words else "")
    return words + (f"{_CAPITALS[last]}分" if last else "")


def _small(number: int) -> str:
    """1 to 99."""
    tens, units = divmod(number, 10)
    if tens == 0:
        return _DIGITS[units]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[units] if units else "")


def _capital(number: int) -> str:
    if number == 0:
        return _CAPITALS[0]
    words, group, zero = "", 0, False
    while number:
        number, four = divmod(number, 10_000)
        if four:
            part = _four(four)
            words = part + _GROUPS[group] + ("零" if zero and words else "") + words
            zero = four < 1000
        elif words:
            zero = True
        group += 1
    return words


def _four(number: int) -> str:
    """1 to 9999, without a leading zero."""
    words, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if zero else "") + _CAPITALS[digit] + _PLACES[place]
            zero = False
        elif words:
            zero = True
    return words
