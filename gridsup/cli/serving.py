"""``gridsup up | down | status``: the application with its database, in the foreground or behind."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Annotated, Any

import typer
import uvicorn

from gridsup import certificates, db, migrate
from gridsup.cli import frame, instance, lan, upkeep
from gridsup.cluster import is_private, private_cluster
from gridsup.errors import Conflict
from gridsup.settings import get_settings

LAN_PORT = 8443
SETUP_PORT = 8080


class _Server(uvicorn.Server):
    """Uvicorn, telling when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    over_lan: bool = False,
    names: Sequence[str] = (),
    setup_port: int = SETUP_PORT,
    before: Callable[[], None] | None = None,
    after: Callable[[str], None] | None = None,
) -> None:
    """Serve until told to stop: database, migrations, ``before()``, the API and the pages, ``after(url)``.

    ``before`` runs on the migrated database before the first request (the demo loads its city there);
    ``after`` runs once requests are answered. Raises Conflict when the port is taken or another serves.
    """
    settings = get_settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as stack:
        host = host or ("0.0.0.0" if over_lan else settings.host)
        port = port or (LAN_PORT if over_lan else settings.port)
        options: dict[str, Any] = {}
        url = f"http://{host}:{port}"
        page = certificate = None
        if over_lan:
            certificate = certificates.server_certificate(settings.data_dir / "tls", names)
            address = next(iter(certificates.lan_addresses()), "localhost")
            url = f"https://{next(iter(names), address)}:{port}"
            page = f"http://{address}:{setup_port}/"
            options = {"ssl_certfile": str(certificate.certificate), "ssl_keyfile": str(certificate.key)}
            os.environ["GRIDSUP_SECURE_COOKIES"] = "true"
            get_settings.cache_clear()
        this = stack.enter_context(instance.claim(url))
        listening = _listen(host, port)
        stack.enter_context(listening)
        stack.enter_context(frame.database(serving=True))
        if before:
            before()
        stack.enter_context(upkeep.kept())
        if page and certificate:
            stack.enter_context(lan.setup_server(setup_port, url, page, certificate))

        def ready() -> None:
            this.tell(url=url, ready=True, setup=page, database=db.owner_engine().url.render_as_string())
            frame.say(f"平台已就绪：{url}", f"the platform is ready: {url}")
            if page and certificate:
                frame.say(f"手机扫码安装证书：{page}", f"phones scan this to install the certificate: {page}")
                frame.out.print(lan.qr_terminal(page), markup=False)
                frame.say(f"证书指纹 {certificate.fingerprint}", f"its fingerprint {certificate.fingerprint}")
            if after:
                after(url)

        config = uvicorn.Config(
            "api.app:create_app",
            factory=True,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,  # open event streams never end by themselves
            **options,
        )
        try:
            _Server(config, ready).run(sockets=[listening])
        except KeyboardInterrupt:
            frame.note("已停止。", "stopped.")


def in_background() -> str:
    """Run this same command line apart from the terminal (without ``--detach``) until it answers.

    Returns the address; that of the application that runs already, when one does.
    """
    if found := instance.running():
        frame.say(f"平台已在运行：{found['url']}", f"the platform is running already: {found['url']}")
    else:
        found = instance.start_in_background([one for one in sys.argv[1:] if one != "--detach"])
    return str(found["url"])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only for sockets that say TCP: 40 ms an answer on a kept connection
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(2048)
    except OSError as error:
        made.close()
        raise Conflict(
            "port-taken",
            zh="无法监听 {host}:{port}（{words}）。请用 --port 换一个端口。",
            en="Cannot listen on {host}:{port} ({words}). Choose another port with --port.",
            host=host,
            port=port,
            words=error.strerror,
        ) from error
    return made


def up(
    port: Annotated[int | None, typer.Option(help="端口 · port")] = None,
    host: Annotated[str | None, typer.Option(help="监听地址 · address to listen on")] = None,
    over_lan: Annotated[
        bool, typer.Option("--lan", help="局域网 HTTPS，供手机使用 · HTTPS on the network, for phones")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option(help="证书中另加的主机名 · further host name in the certificate")
    ] = None,
    setup_port: Annotated[
        int, typer.Option(help="手机证书安装页端口 · port of the page for phones")
    ] = SETUP_PORT,
    detach: Annotated[bool, typer.Option("--detach", help="在后台运行 · run in the background")] = False,
) -> None:
    """启动平台（数据库与网页服务） · start the platform: its database, its API, its pages."""
    if detach:
        in_background()
        return
    serve(host=host, port=port, over_lan=over_lan, names=name or (), setup_port=setup_port)


def down() -> None:
    """停止平台和私有数据库 · stop the platform and its private database."""
    stopped = instance.stop()
    if is_private():
        private_cluster().keep(False)
        stopped = private_cluster().stop() or stopped
    if stopped:
        frame.say("已停止。", "Stopped.")
    else:
        frame.say("平台没有在运行。", "The platform was not running.")


def status(as_json: frame.AsJson = False) -> None:
    """运行状态 · what runs, where, and at which schema. Exits with 3 when the platform does not serve."""
    found = instance.running()
    cluster = private_cluster() if is_private() else None
    database_up = cluster.ready() if cluster else True
    facts = {
        "serving": bool(found and found.get("ready")),
        "url": found["url"] if found else None,
        "pid": found["pid"] if found else None,
        "data_dir": str(get_settings().data_dir),
        "database": "private" if cluster else "named",
        "database_pid": cluster.pid() if cluster else None,
        "schema": migrate.current(db.owner_engine()) if database_up else None,
        "schema_head": migrate.head(),
    }
    if as_json:
        frame.print_json(facts)
    else:
        frame.say(f"平台：{facts['url'] or '未运行'}", f"platform: {facts['url'] or 'not running'}")
        frame.say(
            f"数据库：{'运行中' if database_up else '未运行'}（{facts['data_dir']}）",
            f"database: {'running' if database_up else 'not running'}",
        )
        frame.say(
            f"数据库结构：{facts['schema'] or '未知'}，最新 {facts['schema_head']}",
            f"schema: {facts['schema'] or 'unknown'}, newest {facts['schema_head']}",
        )
    if not facts["serving"]:
        raise typer.Exit(3)
