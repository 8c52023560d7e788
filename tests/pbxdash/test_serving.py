"""The processes of `serve`, with small ones in their place."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pbxdash import serving, tied
from pbxdash.serving import CannotListen, Service, ServiceEnded, check_listening, run_until_told

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
# Writes the number of a child that outlives it, as the web server's workers do.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""

# Keeps a child up as `serve` does, and writes its number.
SERVER = """
import sys
from pathlib import Path
from pbxdash.serving import Service, run_until_told
service = Service("a child", [sys.executable, "-c", "import time; time.sleep(60)"])
run_until_told([service], each_look=lambda: Path(sys.argv[1]).write_text(str(service.process.pid)))
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def parent_of_one(tmp_path: Path) -> tuple[Service, int]:
    noted = tmp_path / "child"
    service = Service("a parent", [sys.executable, "-c", PARENT, str(noted)])
    service.start()
    assert wait_for(lambda: noted.exists() and noted.read_text())
    return service, int(noted.read_text())


@pytest.fixture(autouse=True)
def steady_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "STEADY_SECONDS", 0.0)


def test_a_killed_process_is_started_again_and_its_restart_is_told():
    told: list[str] = []
    service = Service("a sleeper", SLEEPER, after_restart=lambda: told.append("again"))
    service.start()
    assert service.process is not None
    first = service.process
    first.kill()
    first.wait()
    service.keep_up()

    assert service.process is not first
    assert told == ["again"]
    service.ask_to_end()
    service.stop(time.monotonic() + 5)


def test_what_a_killed_process_left_behind_is_ended_before_it_starts_again(tmp_path: Path):
    service, child = parent_of_one(tmp_path)
    assert service.process is not None
    service.process.kill()
    service.process.wait()
    assert is_alive(child)
    service.keep_up()

    assert wait_for(lambda: not is_alive(child))
    service.ask_to_end()
    service.stop(time.monotonic() + 5)


def test_stopping_leaves_no_process_behind(tmp_path: Path):
    service, child = parent_of_one(tmp_path)
    service.ask_to_end()
    service.stop(time.monotonic() + 5)

    assert wait_for(lambda: not is_alive(child))


@pytest.mark.skipif(
    sys.platform != "linux", reason="only the kernel of Linux tells of the end of a parent"
)
def test_what_was_started_ends_also_when_we_are_killed(tmp_path: Path):
    noted = tmp_path / "child"
    with subprocess.Popen([sys.executable, "-c", SERVER, str(noted)], cwd=ROOT) as server:
        assert wait_for(lambda: noted.exists() and noted.read_text())
        child = int(noted.read_text())
        server.kill()

    assert wait_for(lambda: not is_alive(child))


@pytest.mark.skipif(
    sys.platform != "linux", reason="only the kernel of Linux tells of the end of a parent"
)
def test_what_starts_when_we_are_gone_already_ends_at_once(tmp_path: Path):
    made = tmp_path / "made"
    command = [
        sys.executable,
        tied.__file__,
        "1",
        sys.executable,
        "-c",
        f"open({str(made)!r}, 'w')",
    ]
    ended = subprocess.run(command, check=False)

    assert (ended.returncode, made.exists()) == (1, False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_the_end_of_the_terminal_stop_everything(number: signal.Signals):
    service = Service("a sleeper", SLEEPER)
    threading.Timer(0.5, os.kill, [os.getpid(), number]).start()
    run_until_told([service], each_look=lambda: None)

    assert service.process is not None
    assert service.process.returncode is not None


def test_a_process_that_does_not_stay_up_ends_the_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "STEADY_SECONDS", 60.0)
    stays = Service("one that stays", SLEEPER)
    with pytest.raises(ServiceEnded, match="one that falls ended with status 3"):
        run_until_told(
            [stays, Service("one that falls", [sys.executable, "-c", "raise SystemExit(3)"])],
            each_look=lambda: None,
        )

    assert isinstance(stays.process, subprocess.Popen)
    assert stays.process.returncode is not None


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Cannot listen on 127.0.0.1:{port}: "):
            check_listening("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99999), ("no such host", 8000)])
def test_a_place_that_does_not_exist_is_a_sentence(host: str, port: int):
    with pytest.raises(CannotListen):
        check_listening(host, port)
