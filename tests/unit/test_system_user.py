"""The system user of the cluster is made once, however many processes want it at the same moment."""

from __future__ import annotations

import pwd
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gridsup.cluster import host
from gridsup.errors import Unavailable

MADE = pwd.struct_passwd(("gridsup", "x", 995, 994, "", "/nonexistent", "/usr/sbin/nologin"))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], list[list[str]]]:
    """``machine(code)``: one without the user, whose useradd takes its time and ends with ``code``; what it
    is called with is returned."""
    calls: list[list[str]] = []
    passwd = tmp_path / "passwd"
    passwd.touch()
    monkeypatch.setattr(host, "PASSWD", passwd)

    def getpwnam(name: str) -> pwd.struct_passwd:
        if not passwd.read_text():
            raise KeyError(name)
        return MADE

    monkeypatch.setattr(pwd, "getpwnam", getpwnam)

    def with_useradd(code: int) -> list[list[str]]:
        def useradd(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
            calls.append(command)
            time.sleep(0.1)
            if code == 0:
                passwd.write_text("gridsup")
            return subprocess.CompletedProcess(command, code, "", "useradd: cannot lock /etc/passwd")

        monkeypatch.setattr(subprocess, "run", useradd)
        return calls

    return with_useradd


def test_of_many_at_once_one_makes_the_user(machine: Callable[[int], list[list[str]]]) -> None:
    calls = machine(0)
    found: list[int] = []
    several = [threading.Thread(target=lambda: found.append(host.system_user().pw_uid)) for _ in range(6)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert found == [MADE.pw_uid] * 6
    assert len(calls) == 1, "a second useradd gives the user another number"


def test_a_user_that_cannot_be_made_is_told_with_the_words_of_useradd(
    machine: Callable[[int], list[list[str]]],
) -> None:
    machine(10)
    with pytest.raises(Unavailable) as refusal:
        host.system_user()
    assert refusal.value.code == "no-system-user"
    assert "cannot lock /etc/passwd" in refusal.value.text("en")
