"""A network apart: a house and a browser in a network of their own, on which the test can lose packets.

with network() as net:
    house, browser = net.house(), net.browser(chromium)
    with net.without_udp():
        ...

It is a network namespace of Linux with nothing but its own loopback. Nothing of it reaches the network of this machine.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from weft.tests.browser import QUIET, Ground, find_chromium

TOOLS = {tool: shutil.which(tool) or "" for tool in ("unshare", "nsenter", "ip", "tc")}
NEW_NETWORK = 0x40000000  # CLONE_NEWNET
# A way out that leads nowhere, since browsers use no address for voices but that of the way out. It gets no address by
# itself a second later: for a browser that would be another network. What is put into the second class is lost.
WAYS = """
ip link set lo up
ip link add name out type veth peer name nowhere
ip link set dev out addrgenmode none
ip link set dev nowhere addrgenmode none
ip address add 10.9.0.1/24 dev out
ip link set out up
ip link set nowhere up
ip route add default via 10.9.0.2
tc qdisc add dev lo root handle 1: htb default 1 r2q 1000000
tc class add dev lo parent 1: classid 1:1 htb rate 10gbit quantum 60000
tc class add dev lo parent 1: classid 1:2 htb rate 8bit quantum 1500
tc qdisc add dev lo parent 1:2 handle 2: pfifo limit 0
"""
LOSE_UDP = "tc filter add dev lo parent 1: protocol ip prio 5 u32 match ip protocol 17 0xff flowid 1:2"
LOSE_NOTHING = "tc filter del dev lo parent 1: prio 5"


class Network:
    """One network apart, for as long as its process lives."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.name, self.folder = f"/proc/{pid}/ns/net", folder

    def do(self, *commands: str) -> None:
        """Run these in it."""
        for command in commands:
            subprocess.run([TOOLS["nsenter"], f"--net={self.name}", *command.split()], check=True, capture_output=True)

    def house(self) -> Ground:
        """The whole house, served in this process; only its door stands in the network apart."""
        doors: list[socket.socket] = []

        def open_door() -> None:
            with Path(self.name).open() as there:
                if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), NEW_NETWORK):  # this thread alone
                    raise OSError(ctypes.get_errno(), "setns")
                doors.append(socket.create_server(("127.0.0.1", 0), backlog=512))

        thread = threading.Thread(target=open_door)
        thread.start()
        thread.join()
        return Ground(door=doors[0])

    def browser(self, chromium: Any) -> Any:
        """Another browser like *chromium*, in this network."""
        inside = self.folder / "chromium"
        inside.write_text(f'#!/bin/sh\nexec {TOOLS["nsenter"]} --net={self.name} {find_chromium()} "$@"\n')
        inside.chmod(0o700)
        sandbox = [] if os.getuid() else ["--no-sandbox"]
        return chromium.browser_type.launch(executable_path=str(inside), args=[*QUIET, *sandbox])

    @contextmanager
    def without_udp(self) -> Iterator[None]:
        """Meanwhile every UDP packet is lost."""
        self.do(LOSE_UDP)
        try:
            yield
        finally:
            self.do(LOSE_NOTHING)


def is_here(pid: int) -> bool:
    """Whether a process is still in the network of this machine."""
    return Path(f"/proc/{pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink()


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """A network apart. Where a machine can have none the test is skipped, and says why."""
    for tool, path in TOOLS.items():
        if not path:
            pytest.skip(f"no network apart: there is no {tool} here")
    with subprocess.Popen([TOOLS["unshare"], "--net", "sleep", "3600"], stderr=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None and is_here(process.pid):
                time.sleep(0.01)
            if process.poll() is not None:
                pytest.skip(f"no network apart: {process.stderr.read() if process.stderr else ''}")
            net = Network(process.pid, folder)
            try:
                net.do(*WAYS.strip().splitlines())
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network apart that loses packets: {error.stderr.decode()}")
            yield net
        finally:
            process.kill()
