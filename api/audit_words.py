"""What the acts of the audit trail and their details are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridsup.documents.kinds import SEALED
from gridsup.procedures.pack import Words
from gridsup.procedures.posts import POSTS

ACTS: dict[str, Words] = {
    "sign-in": Words(zh="登录", en="signed in"),
    "sign-in-failed": Words(zh="登录失败", en="sign-in failed"),
    "password-changed": Words(zh="修改密码", en="password changed"),
    "password-reset": Words(zh="重置密码", en="password reset"),
    "account-created": Words(zh="开立账号", en="account created"),
    "account-unlocked": Words(zh="解锁账号", en="account unlocked"),
    "account-opened": Words(zh="启用账号", en="account opened"),
    "account-closed": Words(zh="停用账号", en="account closed"),
    "token-created": Words(zh="新建令牌", en="token made"),
    "token-revoked": Words(zh="停用令牌", en="token revoked"),
    "unmask": Words(zh="查看隐去信息", en="masked data shown"),
    "export": Words(zh="导出", en="exported"),
    "documents-printed": Words(zh="打印文书", en="documents printed"),
    "outbox-imported": Words(zh="导入离线记录", en="offline records brought in"),
    "import-rejects-exported": Words(zh="导出退回行", en="rejected rows exported"),
    "officer-added": Words(zh="新增人员", en="officer added"),
    "officer-changed": Words(zh="修改人员", en="officer changed"),
    "posting-added": Words(zh="任命岗位", en="post given"),
    "posting-ended": Words(zh="免去岗位", en="post ended"),
    "deputy-set": Words(zh="指定 B 角", en="deputy named"),
    "leave-added": Words(zh="登记请假", en="leave recorded"),
    "leave-ended": Words(zh="销假", en="leave ended"),
    "duty-set": Words(zh="排班", en="put on duty"),
    "duty-cleared": Words(zh="撤下值班", en="taken off duty"),
    "organisation-added": Words(zh="新增机构", en="body added"),
    "organisation-changed": Words(zh="修改机构", en="body changed"),
    "assigned": Words(zh="指定责任人", en="made responsible"),
    "unassigned": Words(zh="解除责任", en="responsibility ended"),
    "cell_described": Words(zh="修改网格说明", en="cell described"),
    "delegation-added": Words(zh="登记委托书", en="delegation recorded"),
    "delegation-published": Words(zh="公告委托书", en="delegation announced"),
    "delegation-adjusted": Words(zh="调整委托书", en="delegation adjusted"),
    "delegation-runs-on": Words(zh="委托书恢复原期限", en="delegation runs on"),
    "delegation-revoked": Words(zh="撤销委托书", en="delegation revoked"),
    "separation-waived": Words(zh="豁免巡办分离", en="separation waived"),
    "separation-restored": Words(zh="恢复巡办分离", en="separation restored"),
    "signing-authorised": Words(zh="授权签批", en="signing authorised"),
    "signing-revoked": Words(zh="收回签批授权", en="signing authority ended"),
    "limit-set": Words(zh="设定环节期限", en="limit set"),
    "holiday-notice": Words(zh="录入放假通知", en="holiday notice entered"),
    "handover_drawn_up": Words(zh="拟制交接单", en="rotation sheet drawn up"),
    "handover_amended": Words(zh="修改交接单", en="rotation sheet amended"),
    "handover_refreshed": Words(zh="刷新交接单", en="rotation sheet refreshed"),
    "handover_signed": Words(zh="签署交接单", en="rotation sheet signed"),
    "handover_voided": Words(zh="作废交接单", en="rotation sheet voided"),
    "redivision_scheduled": Words(zh="排定重划", en="new division scheduled"),
    "redivision_withdrawn": Words(zh="撤回重划排期", en="new division taken back"),
    "redivision_enacted": Words(zh="启用重划", en="new division in force"),
    "redivision_failed": Words(zh="重划未能启用", en="new division failed"),
    "redivision_dropped": Words(zh="放弃重划方案", en="draft division dropped"),
    "redivision_exported": Words(zh="导出重划方案", en="draft division exported"),
    "inbound-late": Words(zh="来件逾期补录", en="incoming letter taken in late"),
    "inbound-dismissed": Words(zh="来件不予受理", en="incoming letter dismissed"),
    "spot-checks-drawn": Words(zh="督查抽取", en="spot checks drawn"),
    "spot-check-reassigned": Words(zh="改派督查", en="spot check given to another"),
    "urged": Words(zh="督办", en="urged"),
    "department-succession-planned": Words(zh="拟定部门继任机构", en="successor of a department planned"),
    "department-succession-withdrawn": Words(zh="撤销拟定继任机构", en="planned successor withdrawn"),
    "department-succeeded": Words(zh="登记部门继任机构", en="successor of a department entered"),
    "appraisal-issued": Words(zh="发布考核结果", en="appraisal issued"),
    "review-drawn": Words(zh="抽取案卷评查", en="files drawn for review"),
    "form-saved": Words(zh="保存上级报表模板", en="template of a superior's table saved"),
    "form-removed": Words(zh="删除上级报表模板", en="template of a superior's table removed"),
    "practice-switched": Words(zh="开关练习模式", en="practice switched on or off"),
    "seal_added": Words(zh="登记印模", en="seal image added"),
    "seal_way": Words(zh="设定用印方式", en="way of sealing set"),
    "seal_retired": Words(zh="停用印模", en="seal image retired"),
}
"""Act → its title. An act that is not here shows under its own name."""
DETAILS: dict[str, Words] = {
    "acts": Words(zh="事项环节", en="steps"),
    "after": Words(zh="改后", en="after"),
    "appraisal": Words(zh="考核", en="appraisal"),
    "before": Words(zh="改前", en="before"),
    "calendar": Words(zh="日历", en="calendar"),
    "cells": Words(zh="网格", en="cells"),
    "code": Words(zh="代码", en="code"),
    "copies": Words(zh="份数", en="copies"),
    "day": Words(zh="日期", en="day"),
    "decision": Words(zh="决定文号", en="decision"),
    "department": Words(zh="部门", en="department"),
    "deputy": Words(zh="B 角", en="deputy"),
    "document": Words(zh="文书", en="paper"),
    "effective_from": Words(zh="生效日", en="in force from"),
    "features": Words(zh="要素数", en="features"),
    "field": Words(zh="内容", en="field"),
    "fields": Words(zh="修改项", en="changed"),
    "form": Words(zh="格式", en="format"),
    "from_day": Words(zh="起始日", en="from"),
    "handover": Words(zh="交接单", en="rotation sheet"),
    "instead_of": Words(zh="原定", en="instead of"),
    "items": Words(zh="条数", en="items"),
    "limit": Words(zh="期限", en="limit"),
    "locked": Words(zh="已锁定", en="locked"),
    "matters": Words(zh="事项", en="matters"),
    "name": Words(zh="名称", en="name"),
    "way": Words(zh="方式", en="way"),
    "of": Words(zh="所属人员", en="of"),
    "officer": Words(zh="人员", en="officer"),
    "on": Words(zh="开启", en="on"),
    "planned_to": Words(zh="原定截止", en="planned until"),
    "population": Words(zh="抽取总体", en="population"),
    "population_hash": Words(zh="总体校验值", en="hash of the population"),
    "post": Words(zh="岗位", en="post"),
    "receiver": Words(zh="被授权人", en="receiver"),
    "recoded": Words(zh="改编码", en="recoded"),
    "report": Words(zh="报告", en="report"),
    "results": Words(zh="结果", en="results"),
    "revoked_on": Words(zh="撤销日", en="ended on"),
    "rows": Words(zh="行数", en="rows"),
    "seed": Words(zh="随机种子", en="seed"),
    "since": Words(zh="起", en="since"),
    "state": Words(zh="状态", en="state"),
    "to": Words(zh="至", en="to"),
    "until": Words(zh="止", en="until"),
    "urgings": Words(zh="督办单", en="urgings"),
    "valid_from": Words(zh="起始日", en="from"),
    "valid_to": Words(zh="截止日", en="until"),
    "version": Words(zh="版本", en="version"),
    "whole": Words(zh="全部", en="whole"),
}
"""What a detail of an entry is called. One that is not here shows under its own name."""
PERSONS = ("deputy", "instead_of", "of", "officer", "receiver")
"""Details that name an officer by number."""


def told(detail: dict[str, Any], officer: Callable[[int], str | None]) -> Words:
    """An entry's details in words: numbers of officers by name, posts by title; empty ones left out."""
    zh, en = [], []
    for key, value in detail.items():
        if value is None or value is False or value == []:
            continue
        name, said = DETAILS.get(key) or Words(zh=key, en=key), _said(key, value, officer)
        zh.append(f"{name.zh}：{said.zh}")
        en.append(f"{name.en}: {said.en}")
    return Words(zh="；".join(zh), en="; ".join(en))


def _said(key: str, value: Any, officer: Callable[[int], str | None]) -> Words:
    if value is True:
        return Words(zh="是", en="yes")
    if key == "post" and value in POSTS:
        return POSTS[value]
    if key in ("before", "way") and isinstance(value, str) and value in SEALED:
        return SEALED[value]
    if key in PERSONS and isinstance(value, int):
        value = officer(value) or f"#{value}"
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, dict):
        value = ", ".join(f"{name} {part}" for name, part in value.items())
    return Words(zh=str(value), en=str(value))
