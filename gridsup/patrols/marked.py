"""The watermarked copy of a photo (水印副本): who, when, where, which household, and its original's hash.

The original is never touched. The copy is drawn anew from it and from the record, so it cannot drift from
either; its comment names the original too.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from gridsup.documents.fonts import FOLDER, SANS
from gridsup.errors import Invalid, Unavailable

LONGEST = 1600
"""Pixels of the copy's longer side; the original keeps them all."""
QUALITY = 85


def marked(original: bytes, sha256: str, lines: Sequence[str]) -> bytes:
    """A JPEG of the photo with ``lines`` on a band at its foot.

    Raises Invalid ``photo-unreadable`` (a kind of picture that cannot be drawn here), Unavailable
    ``documents-fonts-missing``.
    """
    try:
        with Image.open(BytesIO(original)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(
            "photo-unreadable",
            zh="这种照片不能生成水印副本，请查看原图。",
            en="No copy can be drawn of this kind of picture; look at the original.",
        ) from error
    picture.thumbnail((LONGEST, LONGEST))
    width, height = picture.size
    size = max(width // 48, 9)
    try:
        font = ImageFont.truetype(FOLDER / SANS, size)
    except OSError as error:
        raise Unavailable(
            "documents-fonts-missing",
            zh="文书字体尚未安装。请在代码目录执行 make web 后重试。",
            en="The fonts of documents are not installed: run `make web` in the checkout, then try again.",
        ) from error
    step, margin = round(size * 1.5), size
    foot = Image.new("RGB", (width, height + step * len(lines) + margin), "#10232d")
    foot.paste(picture, (0, 0))
    draw = ImageDraw.Draw(foot)
    for number, line in enumerate(lines):
        draw.text((margin, height + margin // 2 + number * step), line, fill="white", font=font)
    file = BytesIO()
    foot.save(file, "JPEG", quality=QUALITY, comment=f"copy of sha256:{sha256}")
    return file.getvalue()
