"""A photo of a screen, such as people send: a website that shows an error."""

import io

from PIL import Image, ImageDraw, ImageFont

_LINES = (
    ("repaircafe-debaarsjes.nl", 22, (90, 90, 90)),
    ("Error establishing a database connection", 30, (20, 20, 20)),
    ("This either means that the username and password", 18, (60, 60, 60)),
    ("in your wp-config.php file are incorrect, or that", 18, (60, 60, 60)),
    ("the database server can't be contacted.", 18, (60, 60, 60)),
)


def error_page() -> bytes:
    picture = Image.new("RGB", (720, 420), (70, 74, 82))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((30, 30, 690, 390), 12, fill=(250, 250, 250))
    draw.rectangle((30, 60, 690, 62), fill=(200, 200, 200))
    top = 80
    for words, size, colour in _LINES:
        draw.text((60, top), words, fill=colour, font=ImageFont.load_default(size))
        top += size + 28
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
