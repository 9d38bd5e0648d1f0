"""The text that announces a delegation letter to the public (P8-D2, P6-D3)."""

from __future__ import annotations

from gridsup.people.delegations import delegable_acts
from gridsup.people.model import Delegation


def public_text(letter: Delegation, bureau: str, delegate: str, areas: list[str]) -> str:
    """What is announced to the public (P8-D2): who acts for whom, where, in what, how long."""
    known = delegable_acts()
    acts = "、".join(known[one].title.zh for one in letter.powers if one in known)
    lines = [
        f"行政执法委托公告（{letter.number}）",
        f"依照《中华人民共和国行政处罚法》第二十条，{bureau}委托{delegate}实施下列行政执法，现予公告：",
        f"一、委托机关：{bureau}",
        f"二、受委托单位：{delegate}",
        f"三、委托区域：{'、'.join(areas) or f'{delegate}辖区'}",
        f"四、委托事项：{'；'.join(letter.scope)}",
        f"五、委托权限：{acts}。行政强制措施及普通程序的立案、决定不在委托之列，受委托单位不得再委托他人。",
        f"六、委托期限：{letter.valid_from.isoformat()} 至 {letter.valid_to.isoformat()}",
        f"七、法律责任：{letter.liability or '以委托机关名义实施，行为后果由委托机关承担法律责任。'}",
    ]
    lines.append(
        "八、委托调整：委托事项、权限、期限的调整，由双方书面签订并向社会公告后生效；"
        "此前所作行为，以当时有效的委托书为准。"
    )
    if letter.adjust_reason is not None:
        lines.append(f"本委托书自 {letter.valid_from.isoformat()} 起调整原委托书：{letter.adjust_reason}")
    if letter.revoked_on is not None:
        lines.append(f"本委托自 {letter.revoked_on.isoformat()} 起失效：{letter.revoke_reason}")
    return "\n".join(lines)
