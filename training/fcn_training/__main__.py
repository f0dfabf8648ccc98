"""The command line: python -m fcn_training COMMAND RECIPE --run FOLDER. See README.md."""

import argparse
import sys
from pathlib import Path

import torch

from . import recipe as recipes
from .errors import TrainingError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fcn_training", description="Trains, evaluates and exports FCN Lab's nets.")
    parser.add_argument("--threads", type=int, default=None, help="processor threads to use (default: PyTorch's choice)")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text)
        sub.add_argument("recipe", type=Path, help="a file of recipes/")
        sub.add_argument("--run", type=Path, required=True, help="the run's folder: checkpoints and curves")
        sub.add_argument("--device", default="cpu", help="cpu (default), cuda, ...")
        return sub

    sub = command("train", "train, or go on with a training that was stopped")
    sub.add_argument("--soft-labels", type=Path, help="what `soft-labels` wrote, for a recipe with a teacher")
    sub.add_argument("--precision", choices=("auto", "f32", "bf16"), default="auto")
    sub = command("evaluate", "measure a checkpoint (or exported weights) on a split")
    sub.add_argument("--split", default="test", choices=("train", "val", "test"))
    sub.add_argument("--weights", type=Path, help="exported weights instead of the run's best checkpoint")
    sub.add_argument("--flip", action="store_true", help="average with the mirrored photo")
    sub.add_argument("--sources", nargs="+", default=[], help="only photos of these")
    sub.add_argument("--each", type=int, default=1000, help="with --sources: at most so many of each")
    sub.add_argument("--precision", choices=("f32", "bf16"), default="f32", help="bf16 is quicker where train uses it")
    sub.add_argument("--scales", type=float, nargs="+", default=[1.0], help="average over these sizes")
    sub = command("calibrate", "fit the temperature that export divides the scores by")
    sub = command("adopt", "make the trial's weights (trial.py) a run's best checkpoint")
    sub.add_argument("--weights", type=Path, required=True)
    sub = command("soft-labels", "let a trained teacher label the training photos")
    sub.add_argument("--out", type=Path, required=True, help="the file to write, .safetensors")
    sub.add_argument("--sources", nargs="+", default=[], help="only photos of these; the others have no soft labels")
    sub = command("overlay", "paint the masks of photos, to look at")
    sub.add_argument("photos", type=Path, nargs="+")
    sub.add_argument("--out", type=Path, required=True, help="the PNG to write")
    sub = command("export", "write a model folder: model.json and weights.safetensors")
    sub.add_argument("--out", type=Path, required=True)
    sub.add_argument("--each", type=int, help="measure only so many photos of each source: for a look, not to ship")

    sub = command("agree", "compare the engine's masks with PyTorch's, with exported weights")
    sub.add_argument("--model", type=Path, required=True, help="the exported folder")
    sub.add_argument("--program", type=Path, required=True, help="target/release/examples/segment_rgba, built; see agree.py")
    sub.add_argument("--split", default="val", choices=("train", "val", "test"))
    sub.add_argument("--head", default="fcn8s", choices=("fcn32s", "fcn16s", "fcn8s"))

    sub = commands.add_parser("card", help="bring the texts and pictures of an exported folder up to the recipe's")
    sub.add_argument("recipe", type=Path, help="a file of recipes/")
    sub.add_argument("--model", type=Path, required=True, help="the exported folder")

    sub = commands.add_parser("runs", help="lay the curves of two runs beside each other, for the page's figure")
    sub.add_argument("--run", nargs=3, action="append", required=True, metavar=("NAME", "KOREAN", "FOLDER"),
                     help="a run: its name, its Korean name, its folder; twice")
    sub.add_argument("--out", type=Path, required=True, help="the file to write, .json")
    sub.add_argument("--until", type=int, metavar="STEP", help="leave out what was validated later")

    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        run_command(options)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def run_command(options: argparse.Namespace) -> None:
    if options.command == "runs":
        from . import runs

        print(runs.write([(en, ko, Path(folder)) for en, ko, folder in options.run], options.out, options.until))
        return
    recipe = recipes.load(options.recipe)
    if recipe.net.architecture == recipes.CLASSIFIER:
        from . import classify_commands

        classify_commands.run(recipe, options)
        return
    if options.command == "train":
        from .train import Trainer

        autocast = {"auto": None, "f32": False, "bf16": True}[options.precision]
        Trainer(recipe, options.run, options.device, autocast, options.soft_labels, lambda text: print(text, flush=True)).fit()
        return
    from . import commands

    getattr(commands, options.command.replace("-", "_"))(recipe, options)


if __name__ == "__main__":
    sys.exit(main())
