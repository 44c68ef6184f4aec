"""A list fetched from its address. The house asks nobody inside its own network, whatever a name claims to be.

The name is looked up once; every address that it has must be one of the open internet; and the connection goes to the
address that was looked at. A redirect is looked at anew. What answers slowly or at length is let go.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from urllib.parse import urljoin, urlsplit

from weft.gatherings.incoming.reading import BIGGEST

PATIENCE = 8.0  # seconds for all of it
HOPS = 3
PORTS = {"https": 443, "http": 80}
_one = threading.Lock()  # one at a time, so that the threads of the house are not all waiting for others


class Unfetched(ValueError):
    """It was not fetched: a key of the reason."""


def fetch(address: str) -> bytes:
    """What lies at an address. Raises `Unfetched`."""
    if not _one.acquire(blocking=False):
        raise Unfetched("busy")
    try:
        until = time.monotonic() + PATIENCE
        for _hop in range(HOPS + 1):
            status, where, body = _ask(address, until)
            if status in (301, 302, 303, 307, 308) and where:
                address = urljoin(address, where)
                continue
            if status != 200:
                raise Unfetched("answer")
            return body
        raise Unfetched("answer")
    finally:
        _one.release()


def checked(address: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that may be asked at all."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise Unfetched("address") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise Unfetched("address")
    if port not in (None, PORTS[parts.scheme]):
        raise Unfetched("address")
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    if not target.isascii() or any(letter <= " " for letter in target):
        raise Unfetched("address")
    return parts.scheme, parts.hostname, PORTS[parts.scheme], target


def open_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, if all of them are on the open internet."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Unfetched("answer") from None
    for one in found:
        ip = ipaddress.ip_address(one.partition("%")[0])
        inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
        if not ip.is_global or ip.is_multicast or (inner is not None and not inner.is_global):
            raise Unfetched("inside")
    return sorted(found)


def _ask(address: str, until: float) -> tuple[int, str, bytes]:
    scheme, host, port, target = checked(address)
    try:
        plain = socket.create_connection((open_addresses(host, port)[0], port), timeout=_left(until))
        with plain:
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
            with line:
                asked = http.client.HTTPConnection(host, port)
                asked.sock = line
                asked.request("GET", target, headers={"Accept": "application/json, text/csv", "Connection": "close"})
                line.settimeout(_left(until))
                answer = asked.getresponse()
                body = bytearray()
                while part := answer.read1(16_384):
                    body += part
                    if len(body) > BIGGEST:
                        raise Unfetched("big")
                    line.settimeout(_left(until))
                return answer.status, answer.headers.get("Location", ""), bytes(body)
    except (OSError, http.client.HTTPException):
        raise Unfetched("answer") from None


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unfetched("answer")
    return left
