"""The socket that ``gridsup up`` serves on."""

from __future__ import annotations

import socket

from gridsup.cli.serving import _listen


def test_the_socket_says_tcp_so_that_answers_are_not_held_back() -> None:
    with _listen("127.0.0.1", 0) as made:
        assert made.proto == socket.IPPROTO_TCP
