"""The command that runs one simulated PBX by hand."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from .asking import unverified

PROJECT = Path(__file__).parents[2]


def test_it_says_how_to_reach_it_and_serves_until_interrupted():
    arguments = ["simulate_pbx", "--world", "xiamen", "--port", "0", "--tls", "--password", "p w"]
    with subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        said = dict(line.strip().split(":", 1) for line in lines[:5])
        host, _, port = said["Address"].strip().removeprefix("https://").rpartition(":")
        connection = http.client.HTTPSConnection(host, int(port), context=unverified())
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert said["World"].strip() == "xiamen (12 SIP trunks)"
    assert said["Password"].strip() == "p w"
    assert len(said["SHA-256"].strip()) == 64
    assert (rest, process.returncode) == ("Stopped.\n", 0)


def test_a_taken_port_is_an_error_in_plain_words():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1:{port}"):
            call_command("simulate_pbx", port=port)
