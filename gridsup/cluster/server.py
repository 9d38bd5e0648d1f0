"""The private PostgreSQL cluster: create, start, stop; reachable through its own socket alone.

The walls, all given on the server's command line so that no edited file can take them down: no TCP
(``listen_addresses=''``), a socket folder of mode 0700, an hba file that knows local peers only and an
ident map that lets in two system users: who runs the platform, and the cluster's own user. Committed rows
survive ``kill -9`` of the server and of the application, because fsync stays on.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import psycopg2
from sqlalchemy import URL

from gridsup.cluster import host
from gridsup.cluster.binaries import Binaries, find_binaries
from gridsup.errors import Unavailable

OWNER = "gridsup"
"""The role that owns the schema. Not a superuser; reads across jurisdictions for set-up and migrations."""
SUPERUSER = "postgres"
PORT = 5432  # names the socket's file; nothing listens on a port
SOCKET_LIMIT = 107 - len(f"/.s.PGSQL.{PORT}.lock")
"""Longest socket folder: sun_path holds 107 bytes, and the lock file stands beside the socket."""
PATIENCE = 20.0
"""Seconds of retrying while the lock or the memory of a crashed server lingers."""

TUNING = """\
# Written once when the cluster was created; yours to edit. What guards the cluster is on its command line.
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
max_connections = 100
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
logging_collector = on
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%u@%d '
log_min_error_statement = panic
"""


class Cluster:
    """The cluster in ``folder``/postgres. ``durable=False`` (tests only) trades crash safety for speed."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.home = self.folder / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.durable = durable

    # ---- where it is -------------------------------------------------------------------------------

    @cached_property
    def user(self) -> pwd.struct_passwd:
        """The system user it runs as: oneself, or for root the user ``gridsup``, made when missing."""
        return host.system_user() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

    @cached_property
    def socket_dir(self) -> Path:
        """The folder of the socket: inside the cluster when short enough, else a short one of its own."""
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= SOCKET_LIMIT and "," not in str(inside):
            return inside
        name = f"gridsup-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        runtime = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
        base = runtime if runtime and len(runtime) + len(name) < SOCKET_LIMIT else "/tmp"  # noqa: S108
        return Path(base) / name

    def url(self, database: str, user: str = OWNER) -> str:
        """SQLAlchemy's URL of one database of this cluster."""
        where = {"host": str(self.socket_dir), "port": str(PORT)}
        return URL.create("postgresql+psycopg2", user, database=database, query=where).render_as_string()

    @property
    def created(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @cached_property
    def binaries(self) -> Binaries:
        """The PostgreSQL that fits: the data folder's own major version once it exists.

        Raises Unavailable when the folder was written by a major version that is not installed.
        """
        if not self.created:
            return find_binaries()
        major = int((self.data / "PG_VERSION").read_text().split(".")[0])
        try:
            return find_binaries(major)
        except Unavailable as error:
            if error.code == "postgis-absent":
                raise
            raise Unavailable(
                "other-major-version",
                zh="数据目录 {folder} 由 PostgreSQL {major} 创建，而本机没有可用的 {major} 版本。"
                "请安装 postgresql-{major} 和 postgresql-{major}-postgis-3，或用 pg_upgrade 升级，"
                "或用 GRIDSUP_DATA_DIR 指定另一个目录。数据未被改动。",
                en="The data folder {folder} was written by PostgreSQL {major}, which is not usable on this "
                "machine. Install postgresql-{major} and postgresql-{major}-postgis-3, or upgrade it with "
                "pg_upgrade, or name another folder in GRIDSUP_DATA_DIR. The data was not touched.",
                folder=self.data,
                major=major,
            ) from error

    # ---- life --------------------------------------------------------------------------------------

    def create(self) -> bool:
        """Initialise the data folder when there is none; True when this made one."""
        self._make_folders()
        with self._lock("cluster.lock"):
            if self.created:
                return False
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)  # left by an initdb that was killed
            done = self._run(
                [str(self.binaries.bin / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--encoding=UTF8"]
                + ["--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--data-checksums"]
                + ([] if self.durable else ["--no-sync"])
            )
            if done.returncode:
                raise self._failed("initdb", done.stdout + done.stderr)
            own = fresh / "gridsup.conf"
            self._write(own, TUNING)
            with (fresh / "postgresql.conf").open("a") as conf:
                conf.write("\ninclude 'gridsup.conf'\n")
            fresh.rename(self.data)
            return True

    def start(self, *, supervised: bool = False) -> subprocess.Popen[bytes] | None:
        """Start the server, creating the cluster first when there is none; does nothing when it runs.

        Supervised, the server is a child that shuts down cleanly when this process ends however it ends,
        and is returned; otherwise it goes on alone. Raises Unavailable with the server's own words.
        """
        self.create()
        with self._lock("cluster.lock"):
            if self.ready():
                return None
            self._make_folders()
            self._write(self.home / "pg_hba.conf", "local all all peer map=gridsup\n")
            self._write(self.home / "pg_ident.conf", self._ident_map())
            deadline = time.monotonic() + PATIENCE
            while True:
                self._clear_stale_lock()
                child, failure = self._spawn() if supervised else (None, self._launch())
                if not failure:
                    return child
                if time.monotonic() > deadline:
                    raise self._failed("start", failure + self._log_tail())
                time.sleep(0.5)

    def stop(self) -> bool:
        """Stop the server in order (open transactions roll back); False when it did not run."""
        if not self.created:
            return False
        with self._lock("cluster.lock"):
            if self.pid() is None:
                return False
            done = self._control("stop", "-m", "fast", "-w", "-t", "120")
            if done.returncode and self.pid() is not None:
                raise self._failed("stop", done.stdout + done.stderr)
            return True

    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            inside = Path(f"/proc/{number}/cwd").readlink()
        except (OSError, ValueError):
            return None
        return number if inside == self.data.resolve() else None

    def ready(self) -> bool:
        """Whether it answers now."""
        if not (self.socket_dir / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            psycopg2.connect(
                host=str(self.socket_dir), port=PORT, user=SUPERUSER, dbname="template1", connect_timeout=5
            ).close()
        except psycopg2.OperationalError:
            return False
        return True

    @contextmanager
    def hold(self) -> Iterator[Cluster]:
        """Have the server running for the length of a block; the last holder stops it."""
        with self.sharing():
            self.start()
            yield self

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Count as a user of the server. The last one to leave stops it, unless ``keep()`` said otherwise.

        The count is a shared file lock, so a killed user counts no longer.
        """
        self._make_folders()
        with (self.folder / "cluster.users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield
            finally:
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if not self._kept.exists():
                        self.stop()

    @property
    def _kept(self) -> Path:
        return self.folder / "cluster.kept"

    def keep(self, wanted: bool = True) -> None:
        """Say whether the server goes on when its last holder leaves (``gridsup db start``)."""
        if wanted:
            self._make_folders()
            self._kept.touch()
        else:
            self._kept.unlink(missing_ok=True)

    # ---- hands -------------------------------------------------------------------------------------

    def _flags(self) -> list[str]:
        walls = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{self.socket_dir}"',
            "unix_socket_permissions": "0700",
            "hba_file": str(self.home / "pg_hba.conf"),
            "ident_file": str(self.home / "pg_ident.conf"),
            "log_directory": str(self.log),
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
        }
        return [part for name, value in walls.items() for part in ("-c", f"{name}={value}")]

    def _launch(self) -> str:
        """Start detached; returns the failure, or nothing."""
        done = self._control(
            *["start", "-w", "-t", "600", "-s", "-l", str(self.log / "start.log")],
            *["-o", shlex.join(self._flags())],
        )
        return (done.stdout + done.stderr or "pg_ctl start") if done.returncode else ""

    def _spawn(self) -> tuple[subprocess.Popen[bytes] | None, str]:
        """Start as a child that gets SIGINT (clean, fast shutdown) when this thread's process ends."""
        command = [str(self.binaries.bin / "postgres"), "-D", str(self.data), *self._flags()]
        with (self.log / "start.log").open("ab") as log:
            child = subprocess.Popen(
                host.as_user(self.user, command, "--pdeathsig", "INT"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                cwd=self.home,
                start_new_session=True,  # the terminal's Ctrl-C goes to the application alone
            )
        while child.poll() is None:
            if self.ready():
                return child, ""
            time.sleep(0.05)
        return None, f"postgres: exit {child.returncode}\n"

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run([str(self.binaries.bin / "pg_ctl"), "-D", str(self.data), *arguments])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            host.as_user(self.user, command),
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
        )

    def _environment(self) -> dict[str, str]:
        return {**self.binaries.environment(), "HOME": str(self.home), "TZ": "Asia/Shanghai"}

    def _ident_map(self) -> str:
        people = {pwd.getpwuid(os.geteuid()).pw_name, self.user.pw_name}
        return "".join(f'gridsup "{one}" {role}\n' for one in sorted(people) for role in (OWNER, SUPERUSER))

    def _make_folders(self) -> None:
        host.make_folder(self.folder, self.user)
        with self._lock("folders.lock"):  # between its making and its handing over a folder looks foreign
            for folder in (self.home, self.log, self.socket_dir):
                host.make_own_folder(folder, self.user)

    def _write(self, path: Path, content: str) -> None:
        path.write_text(content)
        os.chown(path, self.user.pw_uid, self.user.pw_gid)
        path.chmod(0o600)

    def _clear_stale_lock(self) -> None:
        """Remove lock files of a crashed server whose process id another program got meanwhile.

        PostgreSQL believes any living process of that number to be its own and would refuse for ever. No
        process working inside the data folder means that no server is left to harm.
        """
        locks = [self.data / "postmaster.pid", self.socket_dir / f".s.PGSQL.{PORT}.lock"]
        if not any(lock.exists() for lock in locks) or host.someone_works_in(self.data.resolve()):
            return
        for lock in locks:
            lock.unlink(missing_ok=True)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _log_tail(self) -> str:
        logs = sorted(self.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "".join(path.read_text(errors="replace")[-1500:] for path in logs[-2:])

    def _failed(self, step: str, words: str) -> Unavailable:
        return Unavailable(
            "cluster-failed",
            zh="私有数据库未能完成 {step}（目录 {folder}）。PostgreSQL 的说明：\n{words}",
            en="The private database failed to {step} (folder {folder}). PostgreSQL says:\n{words}",
            step=step,
            folder=self.home,
            words=words.strip(),
        )
