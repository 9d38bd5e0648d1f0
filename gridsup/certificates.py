"""A certificate authority of one's own, for HTTPS inside a bureau's network.

A phone gives a page its camera, position and offline store only over HTTPS. The authority's key never
leaves the data folder (mode 0600); phones install its certificate once, the server's own is renewed freely.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, ip_address
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS = 3650
SERVER_DAYS = 390
"""Phones refuse server certificates that last longer than 398 days."""
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Files for a TLS server, and the authority that phones install."""

    certificate: Path
    """PEM chain: the server's certificate, then the authority's."""
    key: Path
    authority: Path
    """The authority's certificate, PEM."""
    names: tuple[str, ...]
    fingerprint: str
    """SHA-256 of the authority's certificate, as phones show it."""

    def authority_der(self) -> bytes:
        """The authority's certificate in the form that Android installs."""
        found = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return found.public_bytes(serialization.Encoding.DER)


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses that others can reach, the one of the default route first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # documentation range: chooses a route, sends nothing
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    try:
        lines = Path("/proc/net/fib_trie").read_text().splitlines()
    except OSError:
        lines = []
    for address, kind in pairwise(lines):
        if "/32 host LOCAL" in kind:
            found.append(address.split()[-1])
    kept = dict.fromkeys(one for one in found if not IPv4Interface(one).is_loopback)
    return list(kept)


def server_certificate(folder: Path, extra_names: Iterable[str] = ()) -> ServerCertificate:
    """A certificate for this machine's addresses, host name, localhost and ``extra_names``.

    Kept in ``folder`` and reused until it runs out or a name is new.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    host = socket.gethostname()
    names = dict.fromkeys([*extra_names, host, "localhost", "127.0.0.1", *lan_addresses()])
    authority, authority_key = _authority(folder, host)
    certificate, key = folder / "server.pem", folder / "server.key"
    if not _still_good(certificate, authority, set(names)):
        _issue(authority, authority_key, list(names), certificate, key)
    return ServerCertificate(
        certificate,
        key,
        folder / "authority.pem",
        tuple(names),
        authority.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def _authority(folder: Path, host: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The authority, made when there is none (or when it has run out: phones then install the new one)."""
    certificate_file, key_file = folder / "authority.pem", folder / "authority.key"
    if certificate_file.exists() and key_file.exists():
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and certificate.not_valid_after_utc > _now():
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "gridsup"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"gridsup {host}"[:64]),
        ]
    )
    use = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(name, name, key.public_key(), CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key), 0o600)
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate, key


def _issue(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: list[str],
    certificate_file: Path,
    key_file: Path,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(subject, authority.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM)
    _write(key_file, _pem(key), 0o600)
    _write(certificate_file, chain + authority.public_bytes(serialization.Encoding.PEM), 0o644)


def _still_good(certificate_file: Path, authority: x509.Certificate, names: set[str]) -> bool:
    if not certificate_file.exists():
        return False
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # issued by an earlier authority
        return False
    kept = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {*kept.get_values_for_type(x509.DNSName), *map(str, kept.get_values_for_type(x509.IPAddress))}
    return names <= known and certificate.not_valid_after_utc > _now() + timedelta(days=RENEW_DAYS)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - timedelta(days=1))  # a phone's clock may be late
        .not_valid_after(_now() + timedelta(days=days))
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        address: IPv4Address | IPv6Address = ip_address(name)
    except ValueError:
        return x509.DNSName(name)
    return x509.IPAddress(address)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write whole or not at all, never readable by others in between."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    fresh.replace(path)


def _now() -> datetime:
    return datetime.now(UTC)
