"""The page over plain HTTP that brings the bureau's certificate authority onto a phone."""

from __future__ import annotations

import html
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import segno

from gridsup.certificates import ServerCertificate

ANDROID_STEPS = (
    ("点“下载证书”，保存 gridsup-ca.crt。", "Tap “Download the certificate” and keep gridsup-ca.crt."),
    (
        "打开“设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书”"
        "（各品牌名称略有不同，可在设置中搜索“CA 证书”）。",
        "Open Settings → Security → Encryption & credentials → Install a certificate → CA certificate "
        "(makers word it differently: search the settings for “CA certificate”).",
    ),
    (
        "提示风险时选“仍然安装”，再选刚才下载的文件。核对下面的指纹后再继续。",
        "At the warning choose “Install anyway” and pick the file. Compare the fingerprint below first.",
    ),
    (
        "回到本页，点“打开平台”。地址栏出现小锁即成功，可“添加到主屏幕”。",
        "Come back here and tap “Open the platform”. A lock in the address bar means it worked; "
        "“Add to home screen” keeps it.",
    ),
)


def qr_svg(address: str) -> str:
    """A QR code of ``address`` as inline SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=2, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def qr_terminal(address: str) -> str:
    """A QR code of ``address`` in half blocks, for a terminal."""
    drawn = io.StringIO()
    segno.make(address, error="l").terminal(drawn, border=2, compact=True)
    return drawn.getvalue()


def setup_page(platform: str, page: str, fingerprint: str) -> str:
    """The page's HTML: two QR codes, the certificate and the steps, Chinese first."""
    steps = "".join(
        f"<li>{html.escape(zh)}<br><small>{html.escape(en)}</small></li>" for zh, en in ANDROID_STEPS
    )
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>安装证书 · gridsup</title>
<style>
body {{ font: 17px/1.6 system-ui, sans-serif; color: #182230;
  max-width: 42rem; margin: 1.5rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.5rem }} small {{ color: #5b6776 }} li {{ margin: .7rem 0 }}
a.button {{ display: block; margin: .8rem 0; padding: .9rem; border-radius: .6rem; text-align: center;
  background: #0b57a4; color: #fff; text-decoration: none }}
code {{ word-break: break-all; font-size: .85rem }} .codes {{ display: flex; gap: 2rem; flex-wrap: wrap }}
figure {{ margin: 0; text-align: center }} svg {{ width: 11rem; height: 11rem }}
@media (max-width: 34rem) {{ .codes {{ display: none }} }}
</style></head><body>
<h1>在手机上使用网格监管平台<br><small>Use the grid supervision platform on a phone</small></h1>
<div class="codes">
<figure>{qr_svg(page)}
<figcaption>① 手机扫码打开本页<br><small>Scan: this page on the phone</small></figcaption></figure>
<figure>{qr_svg(platform)}
<figcaption>② 装好证书后打开平台<br><small>Then: the platform</small></figcaption></figure>
</div>
<a class="button" href="/gridsup-ca.crt">下载证书 · Download the certificate</a>
<ol>{steps}</ol>
<a class="button" href="{html.escape(platform)}">打开平台 · Open the platform</a>
<p>证书指纹（SHA-256），应与服务器屏幕上显示的一致：<br>
<small>The certificate's fingerprint; it must equal the one on the server's screen:</small><br>
<code>{fingerprint}</code></p>
<p><small>卸载：设置 → 安全 → 用户凭据。 · To remove: Settings → Security → User credentials.</small></p>
</body></html>"""


@contextmanager
def setup_server(port: int, platform: str, page: str, certificate: ServerCertificate) -> Iterator[None]:
    """Serve the set-up page and the authority's certificate over HTTP for the length of a block."""
    answers = {
        "/": ("text/html; charset=utf-8", setup_page(platform, page, certificate.fingerprint).encode()),
        "/gridsup-ca.crt": ("application/x-x509-ca-cert", certificate.authority_der()),
    }

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = answers.get(self.path.split("?")[0], ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    with ThreadingHTTPServer(("0.0.0.0", port), Page) as server:
        threading.Thread(target=server.serve_forever, name="phone-setup", daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
