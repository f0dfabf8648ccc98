"""What happens to a crop: scale, flip, cut-outs, colour. All randomness comes from one numpy Generator (resumable).

Geometry is done photo by photo with Pillow (its BILINEAR averages when it makes smaller); colour on the whole batch.
"""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .data import IGNORE, Photo

PAD_COLOR = (124, 116, 104)
"""RGB 0-255, the mean colour; also the engine's padding."""
SOFT_STRIDE = 4
"""Soft labels have one cell for 4x4 pixels."""


@dataclass
class Crop:
    image: np.ndarray
    """u8 [c, c, 3]"""
    mask: np.ndarray
    """u8 [c, c]"""
    soft: np.ndarray | None
    """u8 [c/4, c/4, classes], 255 = probability 1; 0 in all classes where the teacher says nothing"""


def resize_box(array: np.ndarray, box: tuple[float, float, float, float], size: tuple[int, int], nearest: bool) -> np.ndarray:
    """The part `box` (left, top, right, bottom, in pixels, inside the array) of u8 [h, w] or [h, w, c], as [size] = (w, h)."""
    how = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    if array.ndim == 2 or array.shape[2] == 3:
        return np.asarray(Image.fromarray(array).resize(size, how, box))
    return np.stack([np.asarray(Image.fromarray(array[:, :, i]).resize(size, how, box)) for i in range(array.shape[2])], 2)


def cut(
    photo: Photo,
    soft: np.ndarray | None,
    center: tuple[float, float],
    side: float,
    aspect: float,
    crop: int,
    flip: bool,
) -> Crop:
    """A window of `side` pixels (times `aspect` in width) around `center` (y, x), as a crop of `crop` pixels a side.

    Where the window leaves the photo, the crop has the padding's colour and 255.
    """
    h, w = photo.mask.shape
    height, width = side, side * aspect
    top, left = center[0] - height / 2, center[1] - width / 2
    # Inside the photo where the window fits; centred where it does not.
    top = np.clip(top, 0, h - height) if height <= h else (h - height) / 2
    left = np.clip(left, 0, w - width) if width <= w else (w - width) / 2
    y0, y1, x0, x1 = max(0.0, top), min(float(h), top + height), max(0.0, left), min(float(w), left + width)
    # Target rectangle on the grid of soft cells, so that photo and soft labels stay aligned.
    grid = SOFT_STRIDE
    ty, tx = round((y0 - top) / height * crop / grid) * grid, round((x0 - left) / width * crop / grid) * grid
    th = max(grid, round((y1 - y0) / height * crop / grid) * grid)
    tw = max(grid, round((x1 - x0) / width * crop / grid) * grid)
    th, tw = min(th, crop - ty), min(tw, crop - tx)
    box = (x0, y0, x1, y1)
    image = np.empty((crop, crop, 3), dtype=np.uint8)
    image[:] = PAD_COLOR
    image[ty : ty + th, tx : tx + tw] = resize_box(photo.image, box, (tw, th), nearest=False)
    mask = np.full((crop, crop), IGNORE, dtype=np.uint8)
    mask[ty : ty + th, tx : tx + tw] = resize_box(photo.mask, box, (tw, th), nearest=True)
    cells = None
    if soft is not None:
        cells = np.zeros((crop // grid, crop // grid, soft.shape[2]), dtype=np.uint8)
        # The last cells may reach past the photo's edge: a photo of 383 pixels has 96 cells.
        sh, sw = soft.shape[:2]
        soft_box = (x0 / grid, y0 / grid, min(sw, x1 / grid), min(sh, y1 / grid))
        cells[ty // grid : (ty + th) // grid, tx // grid : (tx + tw) // grid] = resize_box(
            soft, soft_box, (tw // grid, th // grid), nearest=False)
    if flip:
        image, mask = image[:, ::-1], mask[:, ::-1]
        cells = cells[:, ::-1] if cells is not None else None
    return Crop(np.ascontiguousarray(image), np.ascontiguousarray(mask),
                np.ascontiguousarray(cells) if cells is not None else None)


def paste(scene: Crop, cutout: Photo, wanted: np.ndarray, rng: np.random.Generator) -> Crop:
    """Pastes the pixels of `cutout` whose class is `wanted` (bool [classes]) into the scene, at a random size and place.

    The scene's 254 stays right only where the pasted class is not annotated there, so callers paste into fully labelled
    scenes. Where nothing suitable is found the scene comes back as it is.
    """
    lookup = np.zeros(256, dtype=bool)
    lookup[: len(wanted)] = wanted
    inside = lookup[cutout.mask]
    rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    if len(rows) < 8 or len(columns) < 8:
        return scene
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    crop = scene.mask.shape[0]
    ratio = min(2.0, crop * np.exp(rng.uniform(np.log(0.25), np.log(0.95))) / max(y1 - y0, x1 - x0))
    h, w = max(8, int((y1 - y0) * ratio)), max(8, int((x1 - x0) * ratio))
    box = (float(x0), float(y0), float(x1), float(y1))
    colours = resize_box(cutout.image, box, (w, h), nearest=False)
    classes = resize_box(cutout.mask, box, (w, h), nearest=True)
    alpha = resize_box((inside * 255).astype(np.uint8), box, (w, h), nearest=False)
    if rng.random() < 0.5:
        colours, classes, alpha = colours[:, ::-1], classes[:, ::-1], alpha[:, ::-1]
    # Standing on the ground more often than floating: the lower part of the crop is likelier.
    py = int(np.clip(rng.normal(crop * 0.62, crop * 0.2), h * 0.3, crop - h * 0.2) - h / 2)
    px = int(rng.uniform(-w * 0.3, crop - w * 0.7))
    ys, xs = slice(max(0, py), min(crop, py + h)), slice(max(0, px), min(crop, px + w))
    part = np.s_[ys.start - py : ys.stop - py, xs.start - px : xs.stop - px]
    a = alpha[part].astype(np.float32)[:, :, None] / 255
    image, mask = scene.image.copy(), scene.mask.copy()
    image[ys, xs] = (image[ys, xs] * (1 - a) + colours[part] * a).astype(np.uint8)
    hard = (a[:, :, 0] > 0.5) & lookup[classes[part]]
    mask[ys, xs] = np.where(hard, classes[part], mask[ys, xs])
    soft = scene.soft
    if soft is not None:
        pasted = np.zeros((crop, crop), dtype=np.float32)
        pasted[ys, xs] = hard
        cells = pasted.reshape(crop // SOFT_STRIDE, SOFT_STRIDE, crop // SOFT_STRIDE, SOFT_STRIDE).mean(axis=(1, 3))
        counts = np.bincount(classes[part][hard], minlength=soft.shape[2])[: soft.shape[2]]
        if counts.sum() > 0:  # a cut-out has one class in practice; more share by area
            one = counts / counts.sum() * 255
            soft = (soft * (1 - cells[:, :, None]) + one * cells[:, :, None]).astype(np.uint8)
    return Crop(image, mask, soft)


_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
_FROM_YIQ = np.linalg.inv(_TO_YIQ)


def colour_batch(images: Tensor, strength: float, rng: np.random.Generator) -> Tensor:
    """Brightness, contrast, saturation, hue, colour cast, gamma, noise. f32 [n, 3, h, w] in 0-1 to the same, clamped."""
    n = images.shape[0]
    if strength == 0:
        return images
    matrices, shifts, gammas = np.empty((n, 3, 3)), np.empty((n, 3)), np.empty(n)
    for i in range(n):
        gain = np.exp(rng.normal(0, 0.22 * strength))
        contrast = np.exp(rng.normal(0, 0.2 * strength))
        saturation = 0.0 if rng.random() < 0.04 * strength else np.exp(rng.normal(0, 0.3 * strength))
        angle = rng.normal(0, 0.12 * strength)
        c, s = saturation * np.cos(angle), saturation * np.sin(angle)
        turn = _FROM_YIQ @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ _TO_YIQ
        cast = np.diag(np.exp(rng.normal(0, 0.06 * strength, 3)))
        matrices[i] = cast @ turn * gain * contrast
        shifts[i] = 0.45 * (1 - contrast) * gain
        gammas[i] = np.exp(rng.normal(0, 0.18 * strength))
    noise = rng.uniform(0, 0.03 * strength, n)
    seed = int(rng.integers(2**62))
    flat = images.reshape(n, 3, -1)
    flat = torch.from_numpy(matrices).float() @ flat + torch.from_numpy(shifts).float()[:, :, None]
    flat = flat.clamp_(1e-4, 1) ** torch.from_numpy(gammas).float()[:, None, None]
    grain = torch.randn(flat.shape, generator=torch.Generator().manual_seed(seed))
    flat = flat + grain * torch.from_numpy(noise).float()[:, None, None]
    return flat.clamp_(0, 1).reshape(images.shape)
