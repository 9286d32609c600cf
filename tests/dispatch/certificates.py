"""Certificates of a company's own authority, good ones and bad ones."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)  # certificates live by the real clock, whatever the night says


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def file(self, folder: Path) -> Path:
        path = folder / "authority.pem"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path


def authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    certificate = (
        _unsigned(name, name, key, NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def server_context(
    folder: Path,
    signer: Authority | None,
    *,
    host: str = "127.0.0.1",
    since: datetime = NOW - timedelta(days=9),
    until: datetime = NOW + timedelta(days=1),
    is_weak: bool = False,
) -> ssl.SSLContext:
    """A server's certificate for a host; without a signer it signs for itself. A weak one has an
    RSA key that can be broken.
    """
    key: PrivateKey = (
        rsa.generate_private_key(65537, 1024) if is_weak
        else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    issuer = name if signer is None else signer.certificate.subject
    names: list[x509.GeneralName] = (
        [x509.IPAddress(ipaddress.ip_address(host))] if host[0].isdigit() else [x509.DNSName(host)]
    )
    certificate = (
        _unsigned(name, issuer, key, until, since)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key if signer is None else signer.key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if is_weak:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else OpenSSL would not even offer it
    context.load_cert_chain(file)
    return context


def _unsigned(
    name: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    until: datetime,
    since: datetime = NOW - timedelta(days=9),
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
