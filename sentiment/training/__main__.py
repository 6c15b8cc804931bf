"""The command line of training: prepare, train, export, evaluate. See README.md beside this file."""

import argparse
import logging
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Parse the arguments and run one step."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    arguments = _parser().parse_args()
    if arguments.step == "prepare":
        from sentiment.training.preparation import prepare_work

        prepare_work(
            data=arguments.data,
            written=arguments.written,
            encoder=arguments.encoder,
            work=arguments.work,
            layers=arguments.layers,
            pieces=arguments.pieces,
            words=arguments.words,
        )
    elif arguments.step == "train":
        from sentiment.training.stages import run_stage

        run_stage(
            arguments.stage,
            data=arguments.data,
            written=arguments.written,
            work=arguments.work,
            subset=arguments.subset,
            shift=arguments.shift,
        )
    elif arguments.step == "export":
        from sentiment.training.export import export_model

        export_model(
            work=arguments.work,
            also=arguments.also,
            data=arguments.data,
            written=arguments.written,
            target=arguments.target,
        )
    else:
        from sentiment.training.figures import print_figures

        print_figures(model=arguments.target, data=arguments.data, written=arguments.written, work=arguments.work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sentiment.training", description=__doc__)
    parser.add_argument("step", choices=("prepare", "train", "export", "evaluate"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public sets")
    parser.add_argument("--written", type=Path, default=HERE / "data", help="folder of mentions-*.jsonl")
    parser.add_argument("--work", type=Path, default=Path("scratch/training"), help="folder for checkpoints")
    parser.add_argument("--encoder", type=Path, default=Path("scratch/encoder"), help="multilingual-e5-small's folder")
    parser.add_argument("--target", type=Path, default=HERE / "model", help="the model's folder, for export, evaluate")
    parser.add_argument("--layers", type=int, default=12, help="how many of the encoder's layers to keep")
    parser.add_argument("--pieces", type=int, default=48_000, help="how many pieces of the vocabulary to keep")
    parser.add_argument("--words", type=Path, help="folder with *.dic files of languages that have little text")
    parser.add_argument("--subset", type=int, help="take only so many rows in each stage, for a model in minutes")
    parser.add_argument("--shift", type=int, default=0, help="added to every seed, for a second run")
    parser.add_argument("--also", type=Path, action="append", default=[], help="another run's work folder, for export")
    parser.add_argument("--stage", choices=("public", "brand", "finish"), default="public")
    return parser


if __name__ == "__main__":
    main()
