"""What the cluster asks of the operating system: its own user, its folders, who works where (Linux)."""

from __future__ import annotations

import fcntl
import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path

from gridsup.errors import Unavailable

SYSTEM_USER = "gridsup"
"""The system user that PostgreSQL runs as when root starts the platform."""

PASSWD = Path("/etc/passwd")


def as_user(user: pwd.struct_passwd, command: list[str], *flags: str) -> list[str]:
    """``command`` run as ``user`` by setpriv, with its ``flags``; itself when neither is needed."""
    if user.pw_uid != os.geteuid():
        flags = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *flags)
    return ["setpriv", *flags, "--", *command] if flags else command


def make_folder(folder: Path, user: pwd.struct_passwd) -> None:
    """Make the data folder and its parents. Raises Unavailable where ``user`` cannot pass one of them."""
    for parent in reversed([folder, *folder.parents]):
        parent.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    if user.pw_uid == os.geteuid():
        return
    for parent in reversed([folder, *folder.parents]):
        probe = as_user(user, ["test", "-x", str(parent)])
        if subprocess.run(probe, env={"PATH": "/usr/bin:/bin"}, cwd="/").returncode:
            raise Unavailable(
                "folder-closed",
                zh="系统用户 {user} 无法进入 {folder}，数据库不能在其中运行。"
                "请执行 chmod o+x {folder}，或用 GRIDSUP_DATA_DIR 指定另一个目录。",
                en="The system user {user} cannot enter {folder}, so the database cannot run below it. "
                "Run chmod o+x {folder}, or name another folder in GRIDSUP_DATA_DIR.",
                user=user.pw_name,
                folder=parent,
            )


def make_own_folder(folder: Path, user: pwd.struct_passwd) -> None:
    """Make a folder that ``user`` alone may enter. Raises Unavailable when somebody else's stands there."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
    if folder.is_symlink() or folder.stat().st_uid != user.pw_uid:
        raise Unavailable(
            "foreign-folder",
            zh="{folder} 属于其他用户，不能用于数据库。请删除它或更换 GRIDSUP_DATA_DIR。",
            en="{folder} belongs to somebody else and cannot hold the database. Remove it, "
            "or name another GRIDSUP_DATA_DIR.",
            folder=folder,
        )


def someone_works_in(folder: Path) -> bool:
    """Whether a process's working folder is ``folder``, as every PostgreSQL process's is its data folder."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == folder:
                return True
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return False


def system_user() -> pwd.struct_passwd:
    """The user ``gridsup``, made when missing. Raises Unavailable when it cannot be made.

    useradd looks for the name before it locks its files: of two at once the second gives the user another
    number, to whom nothing belongs that the first has made. So one at a time.
    """
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    with PASSWD.open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        return _make_system_user()


def _make_system_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=path)
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    raise Unavailable(
        "no-system-user",
        zh="无法创建运行数据库的系统用户 {user}：{words}。请执行 useradd --system {user} 后重试。",
        en="The system user {user} that runs the database could not be made: {words}. "
        "Run useradd --system {user} and try again.",
        user=SYSTEM_USER,
        words=done.stderr.strip(),
    )
