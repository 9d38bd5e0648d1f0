"""Pictures for the demo's findings, drawn and not taken: a shop front (门头) and the place inside (现场).

Each says across itself that it is 演示; the same seed draws the same picture. Small (480 × 360, some 20 kB),
for a demo loads some thousand of them.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

from geo_data.demo.papers import font

WIDTH, HEIGHT = 480, 360
SIGNS = ("#b3261e", "#1f5f8b", "#2e6b3a", "#7a4a12", "#5b3a8e", "#20313b")
WALLS = ("#cfc7ba", "#d9d2c5", "#b9c0c4", "#d6c3ae", "#c4cdbf")
GOODS = ("#c94f3d", "#e0a526", "#4f8f5b", "#3f73a8", "#8a5fa8", "#d9d9d9", "#b97a4a")
GLASS, FRAME, PAVEMENT = "#9db7c4", "#4a5358", "#8d9092"
MARK = "演示照片 · 非实景"


def front(name: str, seed: int) -> bytes:
    """A shop front whose sign bears ``name``: JPEG."""
    draw_from = Random(seed)
    image = Image.new("RGB", (WIDTH, HEIGHT), draw_from.choice(WALLS))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, WIDTH, HEIGHT), fill=PAVEMENT)
    draw.line((0, 330, WIDTH, 330), fill="#7d8082", width=2)
    draw.rectangle((24, 46, 456, 118), fill=draw_from.choice(SIGNS), outline="#2a2f33", width=3)
    draw.text((WIDTH / 2, 82), name, fill="#fff7d6", font=_fitting(name, 400, 44), anchor="mm")
    stripes = (draw_from.choice(SIGNS), "#f2f0ea")
    for n, x in enumerate(range(36, 444, 34)):
        draw.polygon([(x, 118), (x + 34, 118), (x + 30, 148), (x + 4, 148)], fill=stripes[n % 2])
    door = draw_from.choice((60, 190, 320))
    for x in (60, 190, 320):
        low = 300 if x == door else 262
        draw.rectangle((x, 160, x + 100, low), fill=GLASS, outline=FRAME, width=5)
        draw.line((x + 50, 160, x + 50, low), fill=FRAME, width=3)
        draw.line((x + 12, 236, x + 34, 172), fill="#c3d5de", width=4)
    _goods(draw, draw_from, 262, 300, [x for x in (60, 190, 320) if x != door], 100)
    return _marked(image)


def scene(name: str, seed: int) -> bytes:
    """The room behind the front, shelves and a counter with a plate that bears ``name``: JPEG."""
    draw_from = Random(seed + 1)
    image = Image.new("RGB", (WIDTH, HEIGHT), "#e9e4da")
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, HEIGHT), (WIDTH, HEIGHT), (WIDTH, 300), (0, 300)], fill="#a99f90")
    for y in (66, 124, 182):
        draw.rectangle((40, y + 42, 440, y + 50), fill="#8a6a46")
        _goods(draw, draw_from, y, y + 42, [44, 174, 304], 126)
    draw.rectangle(
        (90, 238, 390, 330), fill=draw_from.choice(("#8a6a46", "#6f7c84", "#b39b79")), outline=FRAME, width=3
    )
    draw.rectangle((90, 228, 390, 242), fill="#d7d2c8", outline=FRAME)
    draw.rectangle((150, 262, 330, 304), fill="#f7f4ec")
    draw.text((240, 283), name, fill="#26323a", font=_fitting(name, 168, 24), anchor="mm")
    for x in (130, 350):
        draw.line((x, 0, x, 26), fill=FRAME, width=2)
        draw.ellipse((x - 16, 22, x + 16, 46), fill="#fff3c4", outline="#d8c98e")
    return _marked(image)


def _goods(
    draw: ImageDraw.ImageDraw, draw_from: Random, top: int, foot: int, bays: list[int], width: int
) -> None:
    """Boxes of several colours, side by side in each bay."""
    for left in bays:
        x = left + 2
        while x < left + width - 12:
            wide = draw_from.randint(10, 22)
            high = draw_from.randint((foot - top) // 2, foot - top - 3)
            draw.rectangle((x, foot - high, min(x + wide, left + width), foot), fill=draw_from.choice(GOODS))
            x += wide + 2


def _marked(image: Image.Image) -> bytes:
    """演示 across the picture and at its foot."""
    image.paste(Image.new("RGB", image.size, "#ffffff"), mask=_across())
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HEIGHT - 30, WIDTH, HEIGHT), fill="#20272b")
    draw.text((WIDTH / 2, HEIGHT - 15), MARK, fill="#ffd98a", font=_font(18), anchor="mm")
    content = BytesIO()
    image.save(content, "JPEG", quality=62)
    return content.getvalue()


@cache
def _across() -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    ImageDraw.Draw(mask).text((WIDTH / 2, HEIGHT / 2), "演 示", fill=110, font=_font(130), anchor="mm")
    return mask.rotate(18, resample=Image.Resampling.BICUBIC)


def _fitting(text: str, room: int, most: int) -> ImageFont.FreeTypeFont:
    """The largest type of at most ``most`` pixels in which a line fits."""
    wide = sum(1.0 if ord(letter) > 0x2E80 else 0.6 for letter in text) or 1.0
    return _font(max(12, min(most, int(room / wide))))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return font(size)
