"""How codes, months, sums and telephone numbers are written, and what a wrong one is told to look like."""

from __future__ import annotations

from gridsup.codes import persons

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
DEPARTMENT = r"^D(0[1-9]|1[0-9]|2[0-2])$"
PHONE = f"^{persons.PHONE}$"
WRITTEN_PHONE = "^[0-9+ -]{6,20}$"
"""Of the procedures' forms, which ask for the longer ones."""
IDENTITY = r"^[0-9Xx]{15,18}$"
IDENTITY_CARD = "^[0-9]{17}[0-9X]$"
YUAN = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
QUANTITY = r"^(?!0+([.]0+)?$)[0-9]{1,9}([.][0-9]{1,3})?$"
"""Of things on a list, by count or by measure."""
INDUSTRY = r"^[A-T][0-9]{4}$"
GRID = r"^[0-9]{1,6}$"
SHA256 = r"^[0-9a-f]{64}$"

TOLD: dict[str, tuple[str, str]] = {
    MONTH: ("应为月份，如 2026-03", "must be a month such as 2026-03"),
    DEPARTMENT: ("应为部门代码 D01 至 D22", "must be a department's code, D01 to D22"),
    PHONE: (
        "应为电话号码：5 至 20 位数字，可含 + - 和空格",
        "must be a telephone number: 5 to 20 digits; + - and spaces are taken",
    ),
    WRITTEN_PHONE: (
        "应为电话号码：6 至 20 位数字，可含 + - 和空格",
        "must be a telephone number: 6 to 20 digits; + - and spaces are taken",
    ),
    IDENTITY: ("应为 15 至 18 位证件号码", "must be an identity number of 15 to 18 digits"),
    IDENTITY_CARD: (
        "应为 18 位居民身份证号，末位可为 X",
        "must be an identity number of 18 digits, the last of which may be an X",
    ),
    YUAN: (
        "应为金额（元），最多两位小数，如 3000 或 3000.50",
        "must be an amount in yuan with at most two decimals, such as 3000 or 3000.50",
    ),
    QUANTITY: (
        "应为大于零的数量，最多三位小数，如 60 或 2.5；单位另填",
        "must be a quantity above zero with at most three decimals, such as 60 or 2.5; its unit stands apart",
    ),
    INDUSTRY: ("应为行业代码，如 H6210", "must be an industry's code such as H6210"),
    GRID: ("应为 1 至 6 位数字", "must be 1 to 6 digits"),
    SHA256: ("应为 64 位十六进制 SHA-256 值", "must be a SHA-256, 64 hex digits"),
}
"""Pattern → what it asks for, in both languages, to stand after the name of a field."""
