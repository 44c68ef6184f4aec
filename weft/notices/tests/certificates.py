"""Certificates for the tests: of somebody who signs, and of servers that they signed."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM


class Signer:
    """Somebody who signs certificates. Whoever trusts them names *file*."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "whoever signs")])
        made = _begun(self.name, self.name, self.key, days=30).add_extension(x509.BasicConstraints(True, None), True)
        made = made.add_extension(_uses(signs=True), True)
        self.file = folder / "signer.pem"
        self.file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def server(self, name: str, days: int = 30) -> ssl.SSLContext:
        """What a server of this name (or address) turns to TLS with. Its certificate ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server")])
        try:
            known_as: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            known_as = x509.DNSName(name)
        made = _begun(subject, self.name, key, days).add_extension(x509.SubjectAlternativeName([known_as]), False)
        made = made.add_extension(x509.BasicConstraints(False, None), True).add_extension(_uses(signs=False), True)
        file = self.folder / "server.pem"
        secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _begun(
    subject: x509.Name, signer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=60))
    return made.not_valid_after(now + timedelta(days=days))


def _uses(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False)
