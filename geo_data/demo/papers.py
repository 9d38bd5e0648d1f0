"""Images of the demo's papers: a seal, signatures, a photo that say of themselves that they are none."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

RED = (200, 16, 46, 255)
INK = (24, 40, 92, 255)
SIDE = 560
"""Pixels of the image of the seal, printed 42 mm wide: some 340 dpi."""


def seal_png(ring: str) -> bytes:
    """A round mark, ``ring`` along its rim and 演示 across: no star, so that it passes for no seal."""
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, SIDE - 8, SIDE - 8), outline=RED, width=12)
    small, large = font(50), font(150)
    step = min(24.0, 260 / max(1, len(ring) - 1))
    for i, letter in enumerate(ring):
        _put(image, letter, small, (i - (len(ring) - 1) / 2) * step)
    draw.text((SIDE / 2, SIDE / 2 + 6), "演示", fill=RED, font=large, anchor="mm")
    draw.text((SIDE / 2, SIDE - 92), "非真实印章", fill=RED, font=font(44), anchor="mm")
    return _png(image)


def signature_png(name: str) -> bytes:
    """A name as if signed on the phone, marked 演示签名."""
    image = Image.new("RGBA", (480, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.text((240, 84), name, fill=INK, font=font(96), anchor="mm")
    draw.line((70, 150, 410, 138), fill=INK, width=4)
    draw.text((470, 186), "演示签名", fill=INK, font=font(26), anchor="rm")
    return _png(image.rotate(3, resample=Image.Resampling.BICUBIC))


@lru_cache
def photo_jpeg() -> bytes:
    """The photo of a re-check or an act of enforcement; it says of itself that it is none."""
    image = Image.new("RGB", (640, 480), (120, 128, 136))
    draw = ImageDraw.Draw(image)
    draw.text((320, 220), "演示照片", fill="white", font=font(72), anchor="mm")
    draw.text((320, 300), "DEMO PHOTO", fill="white", font=font(36), anchor="mm")
    content = BytesIO()
    image.save(content, "JPEG", quality=70)
    return content.getvalue()


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The papers' bold type at a size in pixels."""
    folder = files("gridsup.documents") / "fonts"
    bold = next(one for one in folder.iterdir() if one.name.startswith("NotoSansSC_700"))
    return ImageFont.truetype(BytesIO(bold.read_bytes()), size)


def _put(image: Image.Image, letter: str, font: ImageFont.FreeTypeFont, degrees: float) -> None:
    """A letter on the rim, ``degrees`` to the right of the top, its foot to the middle."""
    tile = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((40, 40), letter, fill=RED, font=font, anchor="mm")
    turned = tile.rotate(-degrees, resample=Image.Resampling.BICUBIC, expand=True)
    radius, angle = SIDE / 2 - 58, math.radians(degrees)
    x, y = SIDE / 2 + radius * math.sin(angle), SIDE / 2 - radius * math.cos(angle)
    image.alpha_composite(turned, (round(x - turned.width / 2), round(y - turned.height / 2)))
