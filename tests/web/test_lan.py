"""Over a name of the local network, with the HTTPS of ``up --lan``: what a real phone meets."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, expect

from gridsup.certificates import server_certificate
from tests.chromium import FLAGS, chromium
from tests.web.conftest import PHONE, World, serving, sign_in, until
from tests.web.phone.conftest import HERE, ready

pytestmark = pytest.mark.browser

NAME = "grid.test"


def spki(certificate_file: Path) -> str:
    """The hash by which Chromium is told to trust this one key, as an installed authority would make it."""
    key = x509.load_pem_x509_certificate(certificate_file.read_bytes()).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()


@pytest.fixture
def page(browser: Browser, world: World, tmp_path: Path) -> Iterator[Page]:
    """A phone whose resolver maps the name to this machine, signed in as the inspector over HTTPS."""
    made = server_certificate(tmp_path / "tls", [NAME])
    files = {"ssl_certfile": str(made.certificate), "ssl_keyfile": str(made.key)}
    with serving(world.clone, **files) as address:
        url = f"https://{NAME}:{address.rsplit(':', 1)[1]}"
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium(),
            args=[
                *FLAGS,
                f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
                f"--ignore-certificate-errors-spki-list={spki(made.certificate)}",
            ],
            viewport=PHONE,  # type: ignore[arg-type]
            locale="zh-CN",
            geolocation=HERE,
            permissions=["geolocation"],
        )
        opened = context.new_page()
        sign_in(opened, url, "inspector", face="field")
        yield opened
        context.close()


def test_over_the_lan_s_https_a_phone_has_position_and_works_offline(page: Page) -> None:
    ready(page)
    assert page.evaluate("isSecureContext && location.hostname") == NAME
    expect(page.get_by_text("您在 42010301-001 第1网格")).to_be_visible()
    until(page, "() => navigator.serviceWorker.controller !== null")
    cookie = next(one for one in page.context.cookies() if "session" in one["name"])
    assert cookie["secure"]
    assert cookie["httpOnly"]
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="样例商户0010")).to_be_visible()
    expect(page.get_by_text("离线").first).to_be_visible()
