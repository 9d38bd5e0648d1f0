"""What bureaux write into columns of choice: states, kinds, licences, permits and who issues them."""

from __future__ import annotations

import re

from geo_data.values import squeeze

STATUS_WORDS: tuple[tuple[str, str], ...] = (
    ("查无", "not_found"),
    ("失联", "not_found"),
    ("未找到", "not_found"),
    ("迁出", "moved"),
    ("搬迁", "moved"),
    ("搬走", "moved"),
    ("易主", "replaced"),
    ("转让", "replaced"),
    ("注销", "closed"),
    ("歇业", "closed"),
    ("停业", "closed"),
    ("关闭", "closed"),
    ("关门", "closed"),
    ("倒闭", "closed"),
    ("闭店", "closed"),
    ("吊销", "operating"),
    ("撤销", "operating"),
    ("存续", "operating"),
    ("在业", "operating"),
    ("在营", "operating"),
    ("在册", "operating"),
    ("开业", "operating"),
    ("营业", "operating"),
    ("经营", "operating"),
    ("正常", "operating"),
)
"""Words of 经营状态, the ones that say more first. A revoked licence does not say that the shop is shut."""

LICENCE_WORDS: tuple[tuple[str, str], ...] = (
    ("吊销", "revoked"),
    ("撤销", "revoked"),
    ("注销", "cancelled"),
    ("过期", "expired"),
    ("到期", "expired"),
    ("无照", "none"),
    ("无证", "none"),
    ("未办", "none"),
    ("没有", "none"),
    ("办理中", "none"),
    ("无", "none"),
    ("否", "none"),
    ("有", "valid"),
    ("是", "valid"),
    ("已办", "valid"),
    ("持照", "valid"),
    ("持证", "valid"),
    ("有效", "valid"),
    ("存续", "valid"),
)

KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("无照", "unregistered"),
    ("未登记", "unregistered"),
    ("合作社", "cooperative"),
    ("个体", "individual"),
    ("公司", "enterprise"),
    ("企业", "enterprise"),
    ("合伙", "enterprise"),
    ("独资", "enterprise"),
    ("集体", "enterprise"),
    ("国有", "enterprise"),
    ("外商", "enterprise"),
    ("有限", "enterprise"),
    ("工厂", "enterprise"),
)

PERMIT_NUMBERS = {
    "JY": "食品经营许可证",
    "SC": "食品生产许可证",
    "XK": "全国工业产品生产许可证",
    "YB": "食品经营备案",
}
"""Leading letters of a permit's number that tell its kind."""

PERMIT_DEPARTMENTS: tuple[tuple[str, str], ...] = (
    ("消防", "D02"),
    ("公安", "D02"),
    ("特种行业", "D02"),
    ("旅馆", "D02"),
    ("典当", "D02"),
    ("娱乐", "D05"),
    ("文化", "D05"),
    ("演出", "D05"),
    ("出版", "D09"),
    ("印刷", "D09"),
    ("烟草", "D16"),
    ("兽药", "D18"),
    ("动物", "D18"),
    ("饲料", "D18"),
    ("种子", "D17"),
    ("农药", "D17"),
    ("肥料", "D17"),
    ("药品", "D10"),
    ("医疗器械", "D10"),
    ("食品", "D10"),
    ("餐饮", "D10"),
    ("小饭桌", "D10"),
    ("医疗", "D06"),
    ("卫生", "D06"),
    ("诊所", "D06"),
    ("工业产品", "D07"),
    ("计量", "D07"),
    ("危险化学品", "D11"),
    ("烟花", "D11"),
    ("安全生产", "D11"),
    ("排污", "D08"),
    ("环境", "D08"),
    ("辐射", "D08"),
    ("道路运输", "D14"),
    ("交通", "D14"),
    ("水路", "D14"),
    ("人力资源", "D15"),
    ("劳务", "D15"),
    ("职业", "D15"),
    ("成品油", "D13"),
    ("拍卖", "D13"),
    ("旅行社", "D20"),
    ("燃气", "D04"),
    ("建筑", "D04"),
    ("房地产", "D04"),
    ("广播", "D12"),
    ("会计", "D19"),
    ("采矿", "D03"),
)
"""Words in a permit's name or issuer → the department of domain §1.9.2 that it concerns."""


def find_word(text: str, words: tuple[tuple[str, str], ...]) -> str | None:
    """The meaning of the first word that the text contains."""
    plain = squeeze(text)
    return next((meaning for word, meaning in words if word in plain), None)


def department_of(*texts: str | None) -> str:
    """The department (D01…D22) of a permit by its name, then its issuer; D22 when no word tells."""
    for text in texts:
        if text and (found := find_word(text, PERMIT_DEPARTMENTS)):
            return found
    return "D22"


def permit_kind_of(number: str) -> str | None:
    """The kind of permit that a number such as ``JY14201030012345`` tells by itself."""
    match = re.match(r"([A-Z]{2})\d{8,}", squeeze(number).upper())
    return PERMIT_NUMBERS.get(match[1]) if match else None


def is_permit_number(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{0,4}[-\d()〔〕\[\]号第字]{8,}", squeeze(text).upper()))


def looks_like_station(sheet: str | None) -> bool:
    """Whether a sheet's name is a body (城东所、分局、中队) rather than Sheet1 or a topic."""
    return bool(
        sheet and re.fullmatch(r".{1,20}(所|分局|站|中队|大队|街道|镇|乡|工商所|监管所)", squeeze(sheet))
    )
