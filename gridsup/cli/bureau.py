"""``gridsup init``: start a real bureau. Demo accounts exist in the demo alone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import typer

from gridsup import db
from gridsup.calendars import SHANGHAI
from gridsup.cli import frame
from gridsup.errors import Invalid


def init(
    code: Annotated[
        str, typer.Option(prompt="行政区划代码 · division code (420103)", help="行政区划代码 · adcode")
    ],
    name: Annotated[str, typer.Option(prompt="辖区名称 · name (江汉区)", help="辖区名称 · its name")],
    srid: Annotated[
        int,
        typer.Option(
            prompt="投影坐标系 EPSG · metric EPSG code (4547: 114°E)",
            help="量算用投影坐标系 · projected CRS for measuring, e.g. 4547 (Wuhan), 4549 (Quanzhou)",
        ),
    ],
    admin: Annotated[str, typer.Option(prompt="管理员姓名 · administrator's name", help="管理员姓名")],
    name_en: Annotated[str | None, typer.Option(help="英文名称 · name in English")] = None,
    bureau: Annotated[str | None, typer.Option(help="局名（默认“…市场监督管理局”） · its own name")] = None,
    username: Annotated[str, typer.Option(help="管理员用户名 · administrator's user name")] = "admin",
    as_json: frame.AsJson = False,
) -> None:
    """开设一个局 · start a bureau: its jurisdiction, and an administrator with a one-time password."""
    from gridsup import spatial
    from gridsup.people.service import init_jurisdiction
    from gridsup.procedures import versions

    if not re.fullmatch(r"[1-9]\d{5}(\d{3}|\d{6})?", code):
        raise Invalid(
            "bad-division-code",
            zh="“{given}”不是行政区划代码（6、9 或 12 位数字，如 420103）。",
            en="“{given}” is no division code (6, 9 or 12 digits, such as 420103).",
            given=code,
        )
    spatial.metric_crs(srid)
    with frame.database(), db.transaction(db.owner_engine()) as session:
        password = init_jurisdiction(
            session,
            id=int(code),
            code=code,
            name=name,
            name_en=name_en,
            metric_srid=srid,
            admin_name=admin,
            admin_username=username,
            bureau_name=bureau,
            today=datetime.now(SHANGHAI).date(),
        )
        versions.install(session, int(code))
    if as_json:
        frame.print_json({"jurisdiction": code, "username": username, "one_time_password": password})
        return
    frame.say(f"已开设 {name}（{code}）。", f"{name} ({code}) is started.")
    frame.say(f"管理员用户名：{username}", f"administrator's user name: {username}")
    frame.say(f"一次性密码：{password}（首次登录须修改）", "one-time password, changed at the first sign-in")
