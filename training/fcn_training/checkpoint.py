"""Checkpoints: everything a run needs to go on as if it had never stopped, written so that a crash cannot spoil them."""

import os
from pathlib import Path
from typing import Any

import torch

from .errors import TrainingError


def save(path: Path, state: dict[str, Any]) -> None:
    """Writes beside the old checkpoint, flushes to the disk, then renames: the old one or the new one is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with open(temporary, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def load(path: Path, fingerprint: str) -> dict[str, Any]:
    """Raises TrainingError if the file is damaged or belongs to another net or class list."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise TrainingError(f"{path}: there is no such checkpoint; run `train` first.") from None
    except Exception as error:  # torch raises many kinds for a damaged file
        raise TrainingError(f"{path}: the checkpoint cannot be read ({error}); delete it to begin anew.") from None
    if state.get("fingerprint") != fingerprint:
        raise TrainingError(f"{path}: the checkpoint is of another net or class list than the recipe; choose another "
                            "run folder, or delete this one to begin anew.")
    return state
