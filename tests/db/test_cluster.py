"""The private cluster keeps every committed row, answers on its own socket alone, and says what it lacks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from gridsup.cluster import SUPERUSER, Cluster, normal_url
from gridsup.cluster.bootstrap import ServerFacts, check_versions, leaky, prepare_named, prepare_private
from gridsup.cluster.keeper import kept_up
from gridsup.cluster.server import SOCKET_LIMIT
from gridsup.errors import Invalid, Unavailable
from tests.conftest import Clone


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the cluster's system user can reach (pytest's own are closed to it)."""
    made = Path(tempfile.mkdtemp(prefix="gridsup-cluster-"))
    made.chmod(0o711)
    yield made
    for data in made.rglob("PG_VERSION"):
        if data.parent.name == "data":
            Cluster(data.parents[2]).stop()
    shutil.rmtree(made)


@pytest.fixture
def durable(folder: Path) -> Cluster:
    """A cluster as a bureau runs it: fsync on."""
    made = Cluster(folder)
    made.start()
    prepare_private(made, "gridsup")
    return made


def _sql(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(cluster.url("gridsup"), poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


class _Writer(threading.Thread):
    """Commits one row after the other and notes each that was acknowledged."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.cluster = cluster
        self.acknowledged: list[int] = []

    def run(self) -> None:
        connection = psycopg2.connect(self.cluster.url("gridsup").replace("+psycopg2", ""))
        try:
            for number in range(1_000_000):
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO report VALUES (%s)", (number,))
                self.acknowledged.append(number)
        except psycopg2.Error:  # the server is gone
            return


def test_every_acknowledged_row_survives_kill_9_of_the_server(durable: Cluster) -> None:
    _sql(durable, "CREATE TABLE report (n int PRIMARY KEY)")
    for _ in range(2):
        _sql(durable, "DELETE FROM report")
        writer = _Writer(durable)
        writer.start()
        while len(writer.acknowledged) < 200:
            time.sleep(0.01)
        server = durable.pid()
        assert server
        os.kill(server, signal.SIGKILL)
        writer.join()
        durable.start()
        kept = {row[0] for row in _sql(durable, "SELECT n FROM report")}
        assert set(writer.acknowledged) <= kept
        assert len(kept - set(writer.acknowledged)) <= 1  # committed, but killed before the answer


APPLICATION = """
import sys
from pathlib import Path
import psycopg2
from gridsup.cluster import Cluster
from gridsup.cluster.keeper import kept_up
cluster = Cluster(Path(sys.argv[1]))
with kept_up(cluster):
    connection = psycopg2.connect(cluster.url("gridsup").replace("+psycopg2", ""))
    for number in range(1_000_000):
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO report VALUES (%s)", (number,))
        print(number, flush=True)
"""


def test_kill_9_of_the_application_stops_the_server_cleanly_and_loses_nothing(durable: Cluster) -> None:
    _sql(durable, "CREATE TABLE report (n int PRIMARY KEY)")
    durable.stop()
    application = subprocess.Popen(
        [sys.executable, "-c", APPLICATION, str(durable.folder)], stdout=subprocess.PIPE, text=True
    )
    assert application.stdout
    acknowledged = [int(application.stdout.readline()) for _ in range(200)]
    application.kill()
    acknowledged += [int(line) for line in application.stdout.read().split("\n") if line]
    application.wait()
    deadline = time.monotonic() + 60
    while durable.pid() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert durable.pid() is None, "the server outlived its application"
    durable.start()
    kept = {row[0] for row in _sql(durable, "SELECT n FROM report")}
    assert set(acknowledged) <= kept
    assert len(kept - set(acknowledged)) <= 1


def test_a_killed_server_is_started_again_while_the_application_lives(durable: Cluster) -> None:
    durable.stop()
    with kept_up(durable):
        first = durable.pid()
        assert first
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not (durable.ready() and durable.pid() != first):
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.1)
        assert _sql(durable, "SELECT 1") == [(1,)]
    assert durable.pid() is None


def test_it_never_listens_on_tcp(durable: Cluster) -> None:
    sockets = set()
    server = durable.pid()
    assert server
    for link in Path(f"/proc/{server}/fd").iterdir():
        target = os.readlink(link)
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        assert not sockets & {row.split()[9] for row in rows}
    engine = create_engine(durable.url("gridsup", SUPERUSER), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("ALTER SYSTEM SET listen_addresses = '*'"))
    durable.stop()
    durable.start()
    assert _sql(durable, "SHOW listen_addresses") == [("",)], "an edited file took the wall down"


def test_its_socket_admits_known_system_users_by_name_only(durable: Cluster) -> None:
    rules = (durable.home / "pg_hba.conf").read_text().split("\n")
    assert [rule for rule in rules if rule] == ["local all all peer map=gridsup"]
    assert durable.socket_dir.stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg2.OperationalError, match="Peer authentication failed"):
        psycopg2.connect(host=str(durable.socket_dir), user="somebody", dbname="gridsup")


def test_a_data_folder_of_another_major_version_is_refused_untouched(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.create()
    version = cluster.data / "PG_VERSION"
    version.write_text("11\n")
    with pytest.raises(Unavailable) as refusal:
        Cluster(folder).start()
    assert refusal.value.code == "other-major-version"
    assert "PostgreSQL 11" in refusal.value.text("zh")
    assert "postgresql-11-postgis-3" in refusal.value.text("en")
    assert version.read_text() == "11\n"


def test_a_long_data_path_still_gets_a_short_socket(folder: Path) -> None:
    long = folder / ("long-" * 15) / ("path-" * 15)
    cluster = Cluster(long, durable=False)
    assert len(str(cluster.socket_dir)) <= SOCKET_LIMIT
    assert cluster.socket_dir == Cluster(long).socket_dir, "every process must find the same socket"
    cluster.start()
    try:
        assert cluster.ready()
    finally:
        cluster.stop()
        shutil.rmtree(cluster.socket_dir)


def test_a_lock_left_behind_with_a_reused_process_id_does_not_block_the_start(durable: Cluster) -> None:
    durable.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock = durable.data / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{durable.data}\n0\n5432\n{durable.socket_dir}\n\n")
        (durable.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        durable.start()
        assert durable.ready()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    cluster = Cluster(folder, durable=False)
    cluster._make_folders()
    (cluster.home / "data.new").mkdir()
    (cluster.home / "data.new" / "rest-of-a-killed-initdb").touch()
    cluster.start()
    assert cluster.ready()


def test_the_last_of_several_holders_stops_the_server(folder: Path) -> None:
    one, two = Cluster(folder, durable=False), Cluster(folder, durable=False)
    with one.hold():
        with two.hold():
            assert one.pid() == two.pid() is not None
        assert one.ready(), "stopped under its other user"
    assert one.pid() is None
    one.keep()
    with one.hold():
        pass
    assert one.ready(), "stopped although it was to be kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
def test_started_by_root_it_runs_as_its_own_user(durable: Cluster) -> None:
    assert Path(f"/proc/{durable.pid()}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
def test_a_closed_parent_folder_is_named(folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(Unavailable) as refusal:
        Cluster(folder / "data").create()
    assert refusal.value.code == "folder-closed"
    assert str(folder) in refusal.value.text("en")


def test_predicates_under_row_level_security_are_leakproof(owner: Engine) -> None:
    with owner.connect() as connection:
        assert leaky(connection) == []


def test_requests_run_as_the_application_in_their_jurisdiction(session: Session) -> None:
    assert session.scalar(text("SELECT current_user")) == "gridsup_app"
    assert session.scalar(text("SELECT current_setting('gridsup.jurisdiction')")) == "420103"
    assert (
        session.scalar(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname=current_user"))
        is False
    )
    inherits = "SELECT pg_has_role('gridsup_app', 'gridsup_auth', 'USAGE')"
    assert session.scalar(text(inherits)) is False, "rows before sign-in need a step into gridsup_auth"
    session.execute(text("SET LOCAL ROLE gridsup_auth"))


def test_a_clone_is_the_migrated_schema_and_ones_own(clone: Clone, owner: Engine) -> None:
    with clone.owner.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        connection.execute(text("CREATE TABLE only_here (n int)"))
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('only_here')")) is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (ServerFacts(14, (3, 4), False, "x"), "server-too-old"),
        (ServerFacts(16, None, False, "x"), "server-without-postgis"),
        (ServerFacts(16, (3, 2, 1), False, "x"), "postgis-too-old"),
    ],
)
def test_a_named_server_that_does_not_do_is_refused_plainly(facts: ServerFacts, code: str) -> None:
    with pytest.raises(Unavailable) as refusal:
        check_versions(facts)
    assert refusal.value.code == code


def test_a_named_server_is_used_with_the_rights_it_gives(cluster: Cluster, clone: Clone) -> None:
    prepare_named(clone.url)  # roles and extensions stand: nothing is asked of a plain owner
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"postgresql://nobody@127.0.0.1:{unused.getsockname()[1]}/gridsup"
        with pytest.raises(Unavailable) as refusal:
            prepare_named(normal_url(nowhere))
    assert refusal.value.code == "server-unreachable"


def test_a_plain_role_learns_what_its_administrator_has_to_run(cluster: Cluster) -> None:
    admin = create_engine(
        cluster.url("postgres", SUPERUSER), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    name = f"clone_{os.getpid()}_bare"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER gridsup TEMPLATE template0"))
        try:
            with pytest.raises(Unavailable) as refusal:
                prepare_named(cluster.url(name))
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))
    assert refusal.value.code == "server-needs-administrator"
    assert "CREATE EXTENSION IF NOT EXISTS postgis" in refusal.value.text("zh")


@pytest.mark.parametrize("url", ["mysql://root@db/x", "sqlite:///x.db", "not a url"])
def test_only_postgresql_is_taken(url: str) -> None:
    with pytest.raises(Invalid):
        normal_url(url)
