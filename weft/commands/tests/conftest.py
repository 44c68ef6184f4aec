"""Commands as people type them: each in a process of its own, in an empty folder."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

ROOT = Path(__file__).parents[3]
PATIENCE = 60  # seconds: a first start makes all tables


class Running:
    """A command that stays, like `weft start`."""

    def __init__(self, process):
        self.process, self.said = process, ""

    def until(self, words):
        while words not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended with {self.process.wait()}: {self.said}"
            self.said += line
        return self.said

    @property
    def home(self):
        return re.search(r"Home +(\S+)", self.until("Stop with Ctrl+C."))[1]

    def get(self, path=""):
        opener = urllib.request.build_opener(urllib.request.HTTPRedirectHandler)
        with suppress(urllib.error.HTTPError), opener.open(self.home + path, timeout=PATIENCE) as answer:
            return answer.status
        return 404

    def stop(self, sign=signal.SIGINT):
        self.process.send_signal(sign)
        self.said += self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode


@pytest.fixture
def database():
    """On PostgreSQL a database of its own for each house; on SQLite nothing needs to be said."""
    where = settings.DATABASES["default"]
    if where["ENGINE"].endswith("sqlite3"):
        yield ""
        return
    import psycopg

    name = f"house_{secrets.token_hex(4)}"
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"postgres://{where['USER']}@{where['HOST'].replace('/', '%2F')}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(tmp_path, database):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "DJANGO_"))}
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}
    for display in ("DISPLAY", "WAYLAND_DISPLAY"):
        kept.pop(display, None)
    return kept | ({"WEFT_DATABASE": database} if database else {})


@pytest.fixture
def weft(tmp_path, environment):
    """Run a command to its end: (exit code, what it said, what it complained about)."""

    def run(*arguments, **more):
        done = subprocess.run(
            [sys.executable, "-m", "weft", *arguments],
            cwd=tmp_path,
            env=environment | more,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def begin(tmp_path, environment):
    """Start a command that stays."""
    started = []

    def begin(*arguments, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "weft", *arguments],
            cwd=tmp_path,
            env=environment | more,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return Running(process)

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def inside(tmp_path, environment):
    """Run a few lines of Python in the house in ./weft-data (or another folder), and hear what they print."""

    def inside(lines, folder="weft-data", **more):
        told = {"WEFT_DATA": str(tmp_path / folder), "DJANGO_SETTINGS_MODULE": "weft.settings"}
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{lines}"],
            env=environment | told | more,
            text=True,
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.strip()

    return inside


@pytest.fixture
def port():
    """A port that is free just now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return str(door.getsockname()[1])


def certificate(folder, days):
    """A certificate for localhost and its key: cert.pem and key.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().issuer_name(name).subject_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    made = made.not_valid_after(now + timedelta(days=days)).add_extension(x509.BasicConstraints(True, None), True)
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
