"""A real PostgreSQL for tests: Debian's own, on a port of this machine, in a folder of its own."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "sëcret:p@ss/w%rd"
INSTALL_SECONDS = 600


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, installed from Debian's packages if need be.

    None where only root with apt-get could install them. Raises RuntimeError when that fails.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return _installed()
    # Of several processes of tests the first installs, and the others wait for it.
    with Path(tempfile.gettempdir(), "tierwise-postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed() or _install()


def _install() -> Path:
    # The run level keeps the package from starting a server of its own.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
        done = subprocess.run(
            ["apt-get", "-o", "Acquire::Retries=2", *command],
            env=quiet,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if done.returncode and command[0] == "install":
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"apt-get could not install PostgreSQL: {last}")
    found = _installed()
    if found is None:
        raise RuntimeError("apt-get installed PostgreSQL where it is not looked for")
    return found


def _installed() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parts[-2])
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server with one user, and yield its address as user:password@host:port."""
    home = Path(tempfile.mkdtemp(prefix="tierwise-postgresql-"))
    owner = _owner(home)
    (home / "password").write_text(PASSWORD, encoding="utf-8")
    port = _free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(folder / program), "-D", str(home / "data"), *arguments],
            check=True,
            cwd=home,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            user=owner,
        )

    try:
        run("initdb", "-U", "reader", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync",
            "--pwfile", str(home / "password"))  # fmt: skip
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -c timezone=Asia/Tokyo"
        )
        options += f" -c unix_socket_directories={home}"
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def _owner(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: give the folder to the user that its package made."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    owner = "postgres" if "postgres" in names else "nobody"
    shutil.chown(home, owner)
    return owner


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tell(reason: str) -> None:
    """Say on the terminal itself that tests are skipped, whatever pytest captures."""
    print(f"\nNOT TESTED against PostgreSQL: {reason}", file=sys.__stderr__, flush=True)
