"""Reads a run's TensorBoard files back, as JSON or as a picture. Needs tensorboard, and matplotlib for pictures.

python -m swe_manager_training.curves RUN_DIR [--picture FILE --panels TAG=TITLE ...]
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

Curve = list[tuple[int, float]]
"""Step and value, in order of the steps."""


def read_curves(run: Path) -> dict[str, Curve]:
    """Every scalar under a folder. A step logged twice, as after a resume, keeps its last value."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    curves: dict[str, dict[int, float]] = {}
    files = sorted(run.rglob("events.out.tfevents.*"), key=lambda path: path.stat().st_mtime)
    for file in files:
        events = EventAccumulator(str(file), size_guidance={"scalars": 0})
        events.Reload()
        for tag in events.Tags()["scalars"]:
            curves.setdefault(tag, {}).update((event.step, event.value) for event in events.Scalars(tag))
    return {tag: sorted(points.items()) for tag, points in sorted(curves.items())}


def draw(curves: Mapping[str, Curve], tags: Mapping[str, str], file: Path) -> None:
    """One panel for each tag, titled, as SVG or PNG by the file's ending."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(tags), figsize=(3.6 * len(tags), 2.8), squeeze=False)
    for panel, (tag, title) in zip(panels[0], tags.items(), strict=True):
        points = curves[tag]
        panel.plot([step for step, _ in points], [value for _, value in points], color="#0969da", linewidth=1.4)
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("step", fontsize=9)
        panel.tick_params(labelsize=8)
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file)
    pyplot.close(figure)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="swe-manager-curves", description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--picture", type=Path, help="SVG or PNG file to draw instead of printing JSON")
    parser.add_argument("--panels", nargs="+", default=[], metavar="TAG=TITLE", help="what to draw")
    flags = parser.parse_args(argv)
    curves = read_curves(flags.run)
    if flags.picture is None:
        json.dump(curves, sys.stdout)
        return 0
    draw(curves, dict(panel.rsplit("=", 1) for panel in flags.panels), flags.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
