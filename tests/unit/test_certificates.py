"""HTTPS inside a bureau's network: an authority of one's own that phones can trust."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest
from cryptography import x509

from gridsup import certificates
from gridsup.certificates import ServerCertificate, server_certificate
from gridsup.cli import lan


@contextmanager
def _serving(made: ServerCertificate) -> Iterator[int]:
    class Hello(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_accepts_the_server(tmp_path: Path, name: str) -> None:
    made = server_certificate(tmp_path)
    with _serving(made) as port:
        trusting = ssl.create_default_context(cafile=str(made.authority))
        connection = HTTPSConnection(name, port, context=trusting)
        connection.request("GET", "/")
        assert connection.getresponse().status == 204
        with pytest.raises(ssl.SSLCertVerificationError):
            HTTPSConnection(name, port, context=ssl.create_default_context()).request("GET", "/")


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    made = server_certificate(tmp_path)
    assert made.key.stat().st_mode & 0o077 == 0
    assert (tmp_path / "authority.key").stat().st_mode & 0o077 == 0


def test_a_new_name_renews_the_server_and_keeps_the_authority(tmp_path: Path) -> None:
    first = server_certificate(tmp_path)
    before = first.certificate.read_bytes()
    assert server_certificate(tmp_path).certificate.read_bytes() == before
    second = server_certificate(tmp_path, ["gridsup.test"])
    assert second.fingerprint == first.fingerprint, "phones would have to install it anew"
    leaf = x509.load_pem_x509_certificate(second.certificate.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "gridsup.test" in names.get_values_for_type(x509.DNSName)


def test_the_authority_cannot_make_authorities_and_the_server_fits_phones(tmp_path: Path) -> None:
    made = server_certificate(tmp_path)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    leaf = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days <= 398


def test_addresses_of_the_network_exclude_loopback() -> None:
    assert not [one for one in certificates.lan_addresses() if one.startswith("127.")]


def test_the_phone_page_offers_the_authority_and_shows_its_fingerprint(tmp_path: Path) -> None:
    made = server_certificate(tmp_path)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        port = probe.server_port
    page = f"http://127.0.0.1:{port}/"
    with lan.setup_server(port, "https://127.0.0.1:8443", page, made):
        with urlopen(page) as answer:
            shown = answer.read().decode()
        with urlopen(page + "gridsup-ca.crt") as answer:
            assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
            authority = x509.load_der_x509_certificate(answer.read())
    assert made.fingerprint in shown
    assert "CA 证书" in shown
    assert "Install a certificate" in shown
    assert authority == x509.load_pem_x509_certificate(made.authority.read_bytes())
