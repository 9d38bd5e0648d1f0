"""Passwords: their rules, their hashes, and one-time passwords. Nothing here touches the database."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gridsup.errors import FieldFault, Invalid

SHORTEST, LONGEST = 10, 200
"""Length in characters. The upper bound keeps a request from making the hash work without end."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are read out without confusion: no l, 1, o, 0, i."""
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 1111111111 0000000000 8888888888 6666666666 1234512345 1122334455
    9876543210 1231231231 5201314520 1qaz2wsx3e 1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5
    qwertyuiop qwerty1234 qwerty12345 qwerty123456 asdfghjkl1 abcdefghij abcd123456 abcde12345
    abc1234567 aa12345678 aa123456789 a123456789 a1234567890 password12 password123 password1234
    password12345 passw0rd12 passw0rd123 p@ssw0rd12 p@ssw0rd123 administrator administrator1 admin12345
    admin123456 admin1234567 welcome123 welcome1234 letmein123 iloveyou12 iloveyou123 woaini1314
    woaini520520 woaini5201314 changeme12 changeme123 gridsup123 gridsup1234 gridsup12345 zhongguo123
    china12345 test123456 user123456
    """.split()  # noqa: SIM905 - a list of quoted words would not be read
)
_hasher = PasswordHasher()


def check(password: str, *, username: str = "", pointer: str = "/new") -> None:
    """Refuse a password that is too short, too long, common, of one character, or the user's own name.

    Raises:
        Invalid: ``password-weak`` with what to change.
    """
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        zh = f"密码须为 {SHORTEST} 至 {LONGEST} 个字符。"
        en = f"A password has {SHORTEST} to {LONGEST} characters."
    elif plain in _COMMON or len(set(plain)) < 4:
        zh = "这个密码太常见，请换一个不易猜到的。"
        en = "This password is too common; choose one that is hard to guess."
    elif username and username.casefold() in plain:
        zh, en = "密码中不能含有用户名。", "The password must not contain the user name."
    else:
        return
    raise Invalid("password-weak", zh=zh, en=en, faults=[FieldFault(pointer, zh, en)])


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters inside."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` made ``stored``. With no stored hash it works as long, and answers no."""
    try:
        return _hasher.verify(stored or _nobody(), password[: LONGEST + 1]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_stale(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters than today's and should be made anew."""
    return _hasher.check_needs_rehash(stored)


def one_time_password() -> str:
    """A random password to hand over once: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@lru_cache(1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))
