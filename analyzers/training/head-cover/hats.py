"""Heads with and without something on them: labelled by eye, or with hats drawn on bare ones."""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import pictures
from pictures import BARE, COVERED, UNSEEN

SIDE_PX = 96
DRAWN_PX = 2 * SIDE_PX
CLOTHS = ((246, 246, 244), (235, 238, 242), (248, 246, 238), (225, 228, 230), (25, 25, 28), (20, 35, 75), (150, 25, 30), (60, 110, 70), (120, 180, 220), (225, 200, 90))
NETS = ((250, 250, 250), (160, 205, 235), (150, 215, 180), (240, 190, 205), (40, 40, 42))


def read_heads(folder, faces_file, labels_file):
    """
    Pictures whose upper end of the head is to be seen. The labels name those that are covered and those that are
    unclear; in the others the hair, or the bare scalp, is to be seen.
    """
    labels = json.loads(Path(labels_file).read_text())
    covered, unclear = set(labels["covered"]), set(labels["unclear"])
    heads = [head for head in pictures.read_heads(folder, faces_file) if head.name not in unclear]
    for head in heads:
        head.label = COVERED if head.name in covered else BARE
    return heads


class View:
    """A square cut out of a picture, and where the face is in it (pixels of the square)."""

    def __init__(self, picture, face, above):
        self.picture, self.face, self.above = picture, face, above


def view_of(rng, head, heads, tight):
    """A square around a head. `above`: the picture ends below the square's upper edge by more than a little."""
    width, height = head.picture.size
    left, top, right, bottom = pictures.face_rectangle(head)
    face = max(right - left, bottom - top)
    if tight:
        margin = rng.uniform(0, 0.06, 4) * np.array([width, height, width, height])
        box = (margin[0], 0, width - margin[2], height - margin[3])
    else:
        side = face * np.exp(rng.uniform(np.log(1.25), np.log(2.4)))
        x = (left + right) / 2 + rng.uniform(-0.6, 0.6) * (side - face) / 2
        # The head is in the upper part of the square more often than not.
        upper = top - face * rng.uniform(0.25, 0.25 + 0.8 * (side / face - 1.2))
        half = side * np.exp(rng.normal(0, 0.06)) / 2
        box = (x - half, upper, x + half, upper + side)
    picture = pictures.cut(rng, head, box, heads)
    x_scale, y_scale = SIDE_PX / (box[2] - box[0]), SIDE_PX / (box[3] - box[1])
    at = ((left - box[0]) * x_scale, (top - box[1]) * y_scale, (right - box[0]) * x_scale, (bottom - box[1]) * y_scale)
    return View(picture, at, -box[1] > 0.03 * face)


# --- what is put on heads


def folds(rng, size, strength):
    """Light and dark streaks, mostly upright, around 1."""
    across = int(rng.integers(4, 18))
    coarse = rng.normal(0, 1, (int(rng.integers(1, 5)), across)).astype(np.float32)
    streaks = np.asarray(Image.fromarray(coarse).resize((size, size), Image.BICUBIC))
    y, x = np.mgrid[0:size, 0:size] / size
    slope = rng.uniform(-0.35, 0.35) * (x - 0.5) + rng.uniform(-0.25, 0.1) * (y - 0.5)
    return 1 + strength * streaks + slope


def cloth(rng, size, colours):
    colour = np.clip(np.array(colours[rng.integers(len(colours))] if rng.random() < 0.8 else rng.integers(10, 245, 3)), 12, 250)
    pixels = colour[None, None, :] * folds(rng, size, rng.uniform(0.02, 0.16))[..., None]
    if rng.random() < 0.15:  # a print
        step = int(rng.integers(5, 18))
        other = rng.integers(10, 245, 3)
        y, x = np.mgrid[0:size, 0:size]
        kind = rng.random()
        mask = (x // step + y // step) % 2 == 0 if kind < 0.4 else (x // step) % 2 == 0 if kind < 0.7 else rng.random((size, size)) < 0.06
        pixels[mask] = 0.35 * pixels[mask] + 0.65 * other
    return Image.fromarray(np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8))


def dome(draw, middle, half, edge, rise, fill=255):
    draw.pieslice((middle - half, edge - rise, middle + half, edge + rise), 180, 360, fill=fill)


def toque(rng, draw, middle, half, edge, face):
    band = face * rng.uniform(0.15, 0.4)
    draw.rectangle((middle - half, edge - band, middle + half, edge), fill=255)
    rise, puff = face * rng.uniform(0.2, 0.75), half * rng.uniform(1.0, 1.35)
    for _ in range(int(rng.integers(3, 7))):
        x = middle + rng.uniform(-0.5, 0.5) * puff
        r = puff * rng.uniform(0.5, 0.75)
        draw.ellipse((x - r, edge - band - rise, x + r, edge - band + r * 0.5), fill=255)
    draw.rectangle((middle - half * 0.95, edge - band - rise * 0.5, middle + half * 0.95, edge - band), fill=255)


def round_cap(rng, draw, middle, half, edge, face):
    height = face * rng.uniform(0.25, 0.55)
    crown = half * rng.uniform(0.8, 1.02)
    draw.polygon(((middle - half, edge), (middle - crown, edge - height), (middle + crown, edge - height), (middle + half, edge)), fill=255)
    draw.ellipse((middle - crown, edge - height * 1.25, middle + crown, edge - height * 0.75), fill=255)


def net(rng, draw, middle, half, edge, face):
    rise = face * rng.uniform(0.38, 0.75)
    dome(draw, middle, half * rng.uniform(1.0, 1.2), edge, rise)
    draw.ellipse((middle - half * 1.05, edge - face * 0.12, middle + half * 1.05, edge + face * rng.uniform(0.0, 0.1)), fill=255)
    count = int(rng.integers(7, 16))
    for k in range(count + 1):  # the gathered edge
        x = middle + half * (2 * k / count - 1) * 1.02
        r = face * rng.uniform(0.03, 0.08)
        draw.ellipse((x - r, edge - r, x + r, edge + r), fill=255)


def peaked_cap(rng, draw, middle, half, edge, face):
    dome(draw, middle, half, edge, face * rng.uniform(0.35, 0.6))
    side = rng.uniform(-1, 1)
    reach, thick = half * rng.uniform(0.9, 1.25), face * rng.uniform(0.04, 0.16)
    x = middle + side * half * 0.45
    draw.ellipse((x - reach, edge - thick, x + reach, edge + thick), fill=int(rng.integers(190, 255)))


def scarf(rng, draw, middle, half, edge, face):
    dome(draw, middle, half * 1.02, edge + face * 0.02, face * rng.uniform(0.3, 0.48))
    draw.polygon(((middle - half, edge), (middle + half, edge - face * rng.uniform(0, 0.1)), (middle + half, edge - face * 0.2), (middle - half, edge - face * 0.2)), fill=255)
    if rng.random() < 0.5:
        for sign in (-1, 1):
            x = middle + sign * half
            draw.polygon(((x - half * 0.12, edge - face * 0.2), (x + half * 0.12, edge - face * 0.2), (x + half * 0.2 * sign, edge + face * rng.uniform(0.2, 0.9))), fill=255)


def boat(rng, draw, middle, half, edge, face):
    height = face * rng.uniform(0.3, 0.5)
    tip = middle + half * rng.uniform(-0.4, 0.4)
    draw.polygon(((middle - half, edge), (middle - half * 0.85, edge - height * 0.8), (tip, edge - height), (middle + half * 0.85, edge - height * 0.8), (middle + half, edge)), fill=255)


HATS = ((toque, 0.22), (round_cap, 0.22), (net, 0.26), (peaked_cap, 0.16), (scarf, 0.09), (boat, 0.05))


def put_on(rng, picture, face):
    """A hat over the upper end of a head, drawn twice as large. `face`: pixels of the square."""
    left, top, right, bottom = (2 * v for v in face)
    height, width = bottom - top, right - left
    middle = (left + right) / 2 + rng.uniform(-0.06, 0.06) * width
    half = width * rng.uniform(0.56, 0.72)
    edge = top + height * rng.uniform(-0.1, 0.16)
    shape = HATS[rng.choice(len(HATS), p=[share for _, share in HATS])][0]
    mask = Image.new("L", (DRAWN_PX, DRAWN_PX), 0)
    shape(rng, ImageDraw.Draw(mask), middle, half, edge, height)
    angle = rng.normal(0, 7)
    mask = mask.rotate(angle, Image.BILINEAR, center=(middle, edge)).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.6)))
    layer = cloth(rng, DRAWN_PX, NETS if shape is net else CLOTHS)
    if shape is net:
        mask = mask.point(lambda v, k=rng.uniform(0.6, 1.0): int(v * k))
    canvas = picture.resize((DRAWN_PX, DRAWN_PX), Image.BILINEAR)
    # The edge throws a little shade on what is below it.
    shade = Image.new("L", (DRAWN_PX, DRAWN_PX), 0)
    shade.paste(mask, (0, max(1, int(height * 0.04))))
    canvas.paste(Image.new("RGB", canvas.size, (10, 8, 8)), (0, 0), shade.filter(ImageFilter.GaussianBlur(3)).point(lambda v: int(v * 0.35)))
    canvas.paste(layer, (0, 0), mask)
    if rng.random() < 0.3 and shape in (toque, round_cap, peaked_cap, scarf):  # a band or a badge
        draw, colour = ImageDraw.Draw(canvas), tuple(int(v) for v in rng.integers(0, 255, 3))
        y = edge - height * 0.1
        if rng.random() < 0.5:
            draw.line((middle - half * 0.9, y, middle + half * 0.9, y), fill=colour, width=max(1, int(height * 0.05)))
        else:
            r = height * rng.uniform(0.03, 0.09)
            draw.ellipse((middle - r, y - r * 1.6, middle + r, y + r * 0.4), fill=colour)
    return canvas.resize((SIDE_PX, SIDE_PX), Image.BOX)


def hair_above(rng, picture, face):
    """Hair where a bare head's own picture ended too low."""
    left, top, right, bottom = face
    height, width = bottom - top, right - left
    middle, half = (left + right) / 2, width * rng.uniform(0.55, 0.68)
    mask = Image.new("L", (SIDE_PX, SIDE_PX), 0)
    draw = ImageDraw.Draw(mask)
    crown, ears = top - height * rng.uniform(0.2, 0.38), top + height * rng.uniform(0.2, 0.45)
    draw.ellipse((middle - half, crown, middle + half, 2 * ears - crown), fill=255)
    draw.rectangle((0, ears, SIDE_PX, SIDE_PX), fill=0)
    # The face and its forehead stay free: the hairline is an arc.
    draw.ellipse((left + width * 0.04, top + height * rng.uniform(-0.08, 0.06), right - width * 0.04, bottom + height * 0.2), fill=0)
    picture.paste(pictures.hair_texture(rng, SIDE_PX), (0, 0), mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.8, 2.5))))
    return picture


def on_the_hair(rng, picture, face):
    """What is on heads and covers nothing: bands, glasses, lamps and shelves behind."""
    left, top, right, bottom = face
    height = bottom - top
    colour = tuple(int(v) for v in rng.integers(0, 255, 3))
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.5:
        y = top - height * rng.uniform(0.02, 0.2)
        draw.arc((left, y, right, y + height * 0.5), 190, 350, fill=colour, width=int(max(1, height * rng.uniform(0.02, 0.07))))
    else:
        y = max(0, top - height * rng.uniform(0.42, 0.7))
        draw.rectangle((0, 0, SIDE_PX, y), fill=colour)
    return picture


def without_crown(rng, head, heads):
    """A part of a picture without the upper end of a head in it: beside it, below it, or nothing at all."""
    width, height = head.picture.size
    left, top, right, bottom = pictures.face_rectangle(head)
    face = max(right - left, bottom - top)
    for _ in range(8 if rng.random() < 0.65 else 0):
        side = face * rng.uniform(0.6, 2.2)
        x, y = (rng.uniform(-0.2 * side, max(0, length - 0.8 * side)) for length in (width, height))
        overlap_x = min(x + side, right) - max(x, left)
        overlap_y = min(y + side, top + 0.45 * face) - max(y, top - 0.45 * face)
        if overlap_x <= 0.15 * face or overlap_y <= 0.1 * face:
            return pictures.cut(rng, head, (x, y, x + side, y + side), heads)
    return pictures.background(rng, SIDE_PX, heads)


def drawn_from(heads):
    """What an epoch draws from: few real hats are known, so each is looked at three times."""
    return [head for head in heads for _ in range(3 if head.label == COVERED else 1)]


def training_sample(rng, head, heads, _rendered):
    """@returns (input, label)"""
    kind = rng.random()
    if kind < 0.1:
        picture, label = without_crown(rng, head, heads), UNSEEN
    elif kind < 0.24:
        picture, oval = pictures.back_of_head(rng, heads, hat=False)
        label = BARE
        if rng.random() < 0.5:
            left, top, right, bottom = oval
            lower = top + (bottom - top) * rng.uniform(0.2, 0.45)
            picture, label = put_on(rng, picture, (left + 2, lower, right - 2, lower + (bottom - top) * 0.7)), COVERED
    else:
        view = view_of(rng, head, heads, tight=head.label == COVERED and rng.random() < 0.5 or rng.random() < 0.25)
        picture, label = view.picture, head.label
        if label == BARE:
            if view.above:
                picture = hair_above(rng, picture, view.face)
            if rng.random() < 0.3:
                picture, label = put_on(rng, picture, view.face), COVERED
            elif rng.random() < 0.12:
                picture = on_the_hair(rng, picture, view.face)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    side_px = int(round(np.exp(rng.uniform(np.log(14), np.log(96)))))
    return pictures.to_input(pictures.worsen(rng, picture, side_px, keep="crown")), label


def plain_sample(rng, head, heads, side_px=64):
    """For measuring: a real head of a known size, nothing drawn, nothing else done to it."""
    view = view_of(rng, head, heads, tight=True)
    return pictures.to_input(view.picture.resize((side_px, side_px), Image.BOX))
