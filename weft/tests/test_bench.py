"""The measurements still run: what they find is looked at by people (docs/performance.md)."""

import os
import subprocess
import sys

import pytest

from weft.tests.run import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("WEFT_DATABASE" in os.environ, reason="it has a database of its own, so once is enough"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads what processes use from /proc"),
]


def test_one_command_prints_one_table(tmp_path):
    command = [sys.executable, "-m", "bench", "--quick", "--seconds", "0.1", "--folder", str(tmp_path / "houses")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    for row in ("a story with 20 replies", "a circle's list", "telling", "sign-in", "the limit", "memory at rest"):
        assert f"| {row}" in done.stdout
    assert "1,000 listeners: deliveries a second" in done.stdout
    assert "failed**" not in done.stdout, done.stderr


def test_the_hour_is_measured_beside_a_bare_stream():
    command = [sys.executable, "-m", "bench.hour", "--quick"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    for row in ("a command in an hour", "a bare event stream"):
        assert f"| {row} | 12 | " in done.stdout
