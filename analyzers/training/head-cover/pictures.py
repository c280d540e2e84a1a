"""Training pictures of heads: read, grouped by likeness, and cut and worsened as a kitchen's camera would show them."""

import io
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

BARE, COVERED, UNSEEN = 0, 1, 2
CLASSES = ("bare", "covered", "unseen")
FOLDERS = {"without_mask": BARE, "with_mask": COVERED}
SIDE_PX = 64
LIKENESS_PX = 20


class Head:
    """One picture, what it shows, and where the face is (0..1 of the picture)."""

    def __init__(self, name, picture, label, face):
        self.name, self.picture, self.label, self.face = name, picture, label, face
        self.group = name


def read_heads(folder, faces_file):
    faces = json.loads(Path(faces_file).read_text()) if faces_file else {}
    heads = []
    for name, label in FOLDERS.items():
        for file in sorted((Path(folder) / name).iterdir()):
            key = f"{name}/{file.name}"
            heads.append(Head(key, Image.open(file).convert("RGB"), label, faces.get(key)))
    return heads


def face_rectangle(head):
    width, height = head.picture.size
    if head.face is None:
        return 0.1 * width, 0.05 * height, 0.9 * width, 0.95 * height
    x, y, w, h = head.face
    return x * width, y * height, (x + w) * width, (y + h) * height


# --- likeness: the same picture, turned, mirrored or cropped otherwise, has to stay on one side of the split


def likeness(head, angle=0.0, mirrored=False):
    left, top, right, bottom = face_rectangle(head)
    picture = head.picture
    if angle:
        picture = picture.rotate(angle, Image.BILINEAR, center=((left + right) / 2, (top + bottom) / 2))
    face = picture.crop((round(left), round(top), max(round(right), round(left) + 2), max(round(bottom), round(top) + 2)))
    grey = np.asarray(face.convert("L").resize((LIKENESS_PX, LIKENESS_PX), Image.BOX), np.float32)
    if mirrored:
        grey = grey[:, ::-1]
    flat = grey.ravel() - grey.mean()
    return flat / (np.linalg.norm(flat) + 1e-6)


def variants(head):
    """Likenesses of a picture under turns and in the mirror."""
    angles = (-24, -16, -8, 0, 8, 16, 24)
    return [likeness(head, angle, mirrored) for angle in angles for mirrored in (False, True)]


def group_by_likeness(heads, least):
    """Gives pictures whose faces correlate by `least` or more the same group."""
    plain = np.stack([likeness(head) for head in heads])
    parent = list(range(len(heads)))

    def root(index):
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, head in enumerate(heads):
        best = (np.stack(variants(head)) @ plain.T).max(axis=0)
        for other in np.flatnonzero(best >= least):
            parent[root(index)] = root(int(other))
    for index, head in enumerate(heads):
        head.group = root(index)


def drop_known(heads, measured, least):
    """Without the pictures that look like one of those that are kept for measuring."""
    plain = np.stack([likeness(head) for head in heads])
    known = np.zeros(len(heads), bool)
    for head in measured:
        known |= (np.stack(variants(head)) @ plain.T).max(axis=0) >= least
    return [head for head, is_known in zip(heads, known) if not is_known], int(known.sum())


# --- heads as a camera shows them


def background(rng, size, heads):
    """Something to stand behind a head."""
    kind = rng.random()
    if kind < 0.35:
        colour = np.clip(rng.normal(rng.uniform(60, 220), 20, 3), 0, 255)
        ramp = np.linspace(rng.uniform(0.7, 1.1), rng.uniform(0.7, 1.1), size)[:, None, None]
        pixels = colour[None, None, :] * np.repeat(ramp, size, axis=1) + rng.normal(0, 4, (size, size, 3))
        if rng.random() < 0.5:  # tiles or shelves
            step = int(rng.integers(6, 24))
            pixels[::step] *= 0.8
            pixels[:, ::step] *= 0.8
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    other = heads[rng.integers(len(heads))].picture
    width, height = other.size
    side = max(8, int(min(width, height) * rng.uniform(0.2, 0.6)))
    corner = (0 if rng.random() < 0.5 else width - side, 0 if rng.random() < 0.5 else height - side)
    piece = other.crop((corner[0], corner[1], corner[0] + side, corner[1] + side)).resize((size, size), Image.BILINEAR)
    return piece.filter(ImageFilter.GaussianBlur(rng.uniform(0, 4)))


def cut(rng, head, rectangle, heads):
    """A rectangle of a picture; what lies outside of the picture is filled with something else."""
    left, top, right, bottom = rectangle
    width, height = head.picture.size
    side = 96
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return head.picture.resize((side, side), Image.BILINEAR, box=rectangle)
    canvas = background(rng, side, heads)
    x_scale, y_scale = side / (right - left), side / (bottom - top)
    inner = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
    size = (max(1, round((inner[2] - inner[0]) * x_scale)), max(1, round((inner[3] - inner[1]) * y_scale)))
    piece = head.picture.resize(size, Image.BILINEAR, box=inner)
    place = (round((inner[0] - left) * x_scale), round((inner[1] - top) * y_scale))
    if rng.random() < 0.6:  # an oval without the picture's own edges
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, size[0] - 1, size[1] * rng.uniform(1.0, 1.3)), fill=255)
        canvas.paste(piece, place, mask.filter(ImageFilter.GaussianBlur(1.5)))
    else:
        canvas.paste(piece, place)
    return canvas


def head_region(rng, head, heads, hard=True):
    """A square around the face, tighter or looser, as the upper end of a person's box gives it."""
    width, height = head.picture.size
    if rng.random() < (0.25 if hard else 0.0):  # the picture as it is, nearly
        margin = rng.uniform(0, 0.08, 4) * np.array([width, height, width, height])
        return cut(rng, head, (margin[0], margin[1], width - margin[2], height - margin[3]), heads)
    left, top, right, bottom = face_rectangle(head)
    face = max(right - left, bottom - top)
    side = face * np.exp(rng.uniform(np.log(0.95), np.log(2.5)))
    aspect = np.exp(rng.normal(0, 0.08))
    free = max(0.0, (side - face) / 2) + 0.1 * face
    x = (left + right) / 2 + rng.uniform(-0.75, 0.75) * free
    y = (top + bottom) / 2 + rng.uniform(-0.75, 0.75) * free
    half_x, half_y = side * aspect / 2, side / aspect / 2
    return cut(rng, head, (x - half_x, y - half_y, x + half_x, y + half_y), heads)


def elsewhere(rng, head, heads):
    """A part of a picture without mouth and nose in it."""
    width, height = head.picture.size
    left, top, right, bottom = face_rectangle(head)
    for _ in range(12):
        side = min(width, height) * rng.uniform(0.18, 0.7)
        x, y = rng.uniform(0, width - side), rng.uniform(0, height - side)
        # Of the face the part below the eyes decides.
        overlap_x = min(x + side, right) - max(x, left)
        overlap_y = min(y + side, bottom) - max(y, top + 0.35 * (bottom - top))
        if overlap_x <= 0.12 * (right - left) or overlap_y <= 0.05 * (bottom - top):
            return cut(rng, head, (x, y, x + side, y + side), heads)
    return background(rng, 96, heads)


def hair_texture(rng, size):
    colours = ((20, 18, 18), (35, 25, 22), (70, 48, 32), (120, 85, 50), (185, 150, 100), (140, 140, 140), (215, 212, 205))
    colour = np.array(colours[rng.choice(len(colours), p=(0.32, 0.24, 0.16, 0.1, 0.07, 0.07, 0.04))], np.float32)
    strands = rng.normal(0, 1, (max(2, size // int(rng.integers(6, 30))), size)).astype(np.float32)
    streaks = np.asarray(Image.fromarray(strands).resize((size, size), Image.BILINEAR))
    y, x = np.mgrid[0:size, 0:size] / size
    shine = np.exp(-((x - rng.uniform(0.2, 0.8)) ** 2 + (y - rng.uniform(0.1, 0.5)) ** 2) / 0.08)
    light = 1 + rng.uniform(0.05, 0.35) * streaks + rng.uniform(0, 0.8) * shine
    return Image.fromarray(np.clip(colour * light[..., None] + rng.normal(0, 3, (size, size, 3)), 0, 255).astype(np.uint8))


def back_of_head(rng, heads, hat=None):
    """
    A head seen from behind, drawn: hair, neck, ears, shoulders, and a cap or none (`hat`; left open, sometimes).
    @returns (picture, rectangle around the head)
    """
    size = 96
    canvas = background(rng, size, heads)
    draw = ImageDraw.Draw(canvas)
    skin = tuple(int(v) for v in np.clip(np.array((205, 160, 130)) * rng.uniform(0.35, 1.15) + rng.normal(0, 8, 3), 0, 255))
    cloth = (240, 240, 238) if rng.random() < 0.4 else tuple(int(v) for v in rng.integers(10, 230, 3))
    middle = size * rng.uniform(0.4, 0.6)
    width = size * rng.uniform(0.38, 0.8)
    top = size * rng.uniform(-0.05, 0.25)
    height = width * rng.uniform(1.05, 1.4)
    bottom = top + height
    draw.ellipse((middle - width * 1.1, bottom - height * 0.02, middle + width * 1.1, bottom + size), fill=cloth)
    draw.rectangle((middle - width * 0.26, bottom - height * 0.25, middle + width * 0.26, bottom + height * 0.1), fill=skin)
    if rng.random() < 0.6:
        ear = height * 0.1
        for sign in (-1, 1):
            x, y = middle + sign * width * 0.48, top + height * 0.55
            draw.ellipse((x - ear * 0.6, y - ear, x + ear * 0.6, y + ear), fill=skin)
    mask = Image.new("L", (size, size), 0)
    oval = ImageDraw.Draw(mask)
    oval.ellipse((middle - width / 2, top, middle + width / 2, bottom), fill=255)
    if rng.random() < 0.35:  # long hair
        oval.rectangle((middle - width * 0.48, top + height / 2, middle + width * 0.48, bottom + height * rng.uniform(0, 0.7)), fill=255)
    if rng.random() < 0.06:  # bald
        hair = Image.new("RGB", (size, size), skin)
    else:
        hair = hair_texture(rng, size)
    canvas.paste(hair, (0, 0), mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2))))
    if rng.random() < 0.45 if hat is None else hat:  # chef's hat, cap or net
        cap = (245, 245, 243) if rng.random() < 0.7 else tuple(int(v) for v in rng.integers(10, 240, 3))
        reach = top + height * rng.uniform(0.25, 0.45)
        draw.rectangle((middle - width * 0.52, top + height * 0.1, middle + width * 0.52, reach), fill=cap)
        draw.ellipse((middle - width * 0.58, top - height * rng.uniform(0.05, 0.5), middle + width * 0.58, top + height * 0.3), fill=cap)
    if rng.random() < 0.25:  # the strings of a mask behind the ears or around the head
        y = top + height * rng.uniform(0.5, 0.8)
        draw.line((middle - width / 2, y, middle + width / 2, y - height * rng.uniform(0, 0.1)), fill=(235, 235, 235), width=2)
    return canvas, (middle - width / 2, top, middle + width / 2, bottom)


def rendered_heads(clip):
    """Heads of the mannequins of a rendered kitchen: they have no mouth, so nothing can be told of them."""
    clip = Path(clip)
    truth = json.loads(clip.with_suffix(".truth.json").read_text())
    width, height = truth["widthPx"], truth["heightPx"]
    raw = subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-i", str(clip), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        check=True, capture_output=True,
    ).stdout
    heads = []
    for frame in truth["frames"][::6]:
        start = frame["index"] * width * height * 3
        picture = Image.frombytes("RGB", (width, height), raw[start : start + width * height * 3])
        for thing in frame["objects"]:
            if thing["type"] != "person" or thing["cutRatio"] > 0.1:
                continue
            box = thing["box"]
            side = max(box["width"] * width * 0.6, box["height"] * height * 0.25)
            x, y = (box["x"] + box["width"] / 2) * width, box["y"] * height + side / 2
            rectangle = [round(v) for v in (x - side * 0.8, y - side * 0.7, x + side * 0.8, y + side * 0.9)]
            heads.append(Head("rendered", picture.crop(rectangle), UNSEEN, (0.2, 0.1, 0.6, 0.7)))
    return heads


def worsen(rng, picture, side_px, keep="mouth"):
    """Light, blur, noise, occlusion, size and compression of a sub-stream. `keep`: what no plain shape may hide."""
    for enhance, spread in ((ImageEnhance.Brightness, 0.3), (ImageEnhance.Contrast, 0.3), (ImageEnhance.Color, 0.5)):
        if rng.random() < 0.6:
            picture = enhance(picture).enhance(float(np.exp(rng.normal(0, spread))))
    if rng.random() < 0.5:
        picture = picture.rotate(rng.uniform(-14, 14), Image.BILINEAR, fillcolor=tuple(int(v) for v in rng.integers(0, 255, 3)))
    if rng.random() < 0.3:
        size = picture.size[0]
        w, h = size * rng.uniform(0.08, 0.35), size * rng.uniform(0.08, 0.35)
        x, y = rng.uniform(0, size - w), rng.uniform(0, size - h)
        # A plain shape over a bare mouth is a mask to anybody's eye, over bare hair a cap: it would teach the wrong thing.
        across, down = (x + w / 2) / size, (y + h / 2) / size
        if keep == "mouth" and 0.25 < across < 0.75 and down > 0.45:
            x, y = x * 0.3, y * 0.3
        if keep == "crown" and down < 0.6:
            y = size * 0.6 + y * 0.4
        draw = ImageDraw.Draw(picture)
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + w, y + h), fill=tuple(int(v) for v in rng.integers(0, 255, 3)))
    picture = picture.resize((side_px, side_px), Image.BOX if side_px < 96 else Image.BILINEAR)
    if rng.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.1)))
    pixels = np.asarray(picture, np.float32)
    if rng.random() < 0.5:
        pixels = pixels * np.exp(rng.normal(0, 0.08, 3)) + rng.normal(0, rng.uniform(0, 8), pixels.shape)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if rng.random() < 0.7:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=int(rng.integers(20, 92)), subsampling=2)
        picture = Image.open(stream).convert("RGB")
    return picture


def to_input(picture):
    """uint8 [3, SIDE_PX, SIDE_PX], RGB"""
    return np.asarray(picture.resize((SIDE_PX, SIDE_PX), Image.BILINEAR), np.uint8).transpose(2, 0, 1)


def drawn_from(heads):
    """What an epoch draws from."""
    return heads


def training_sample(rng, head, heads, rendered):
    """@returns (input, label)"""
    if rng.random() < 0.27:
        kind = rng.random()
        if kind < 0.45:
            picture, _ = back_of_head(rng, heads)
        elif kind < 0.6 and rendered:
            picture = head_region(rng, rendered[rng.integers(len(rendered))], heads)
        else:
            picture = elsewhere(rng, head, heads)
        label = UNSEEN
    else:
        picture, label = head_region(rng, head, heads), head.label
    if rng.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    side_px = int(round(np.exp(rng.uniform(np.log(16), np.log(96)))))
    return to_input(worsen(rng, picture, side_px)), label


def plain_sample(rng, head, heads, side_px=64):
    """For measuring: a head region of a known size, nothing else done to it."""
    picture = head_region(rng, head, heads, hard=False)
    return to_input(picture.resize((side_px, side_px), Image.BOX))
