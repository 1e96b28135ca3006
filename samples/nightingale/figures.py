"""The two figures, drawn from the table as PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")
from facts import CAUSES, NAMES, periods, rate, read_table
from fonts import static_font
from matplotlib import font_manager
from matplotlib import pyplot as plt
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE = "#23202B", "#5B5560", "#E8E4DC"
COLOURS = {"zymotic": "#B4412F", "wounds": "#23202B", "other": "#CC9468"}
_INITIALS = "JFMAMJJASOND"


def draw() -> dict[str, bytes]:
    """Each figure's PNG by its name."""
    for weight in (400, 600):
        font_manager.fontManager.addfont(str(static_font("inter", weight)))
    plt.rcParams.update({"font.family": "Inter", "font.size": 13.5, "text.color": INK, "axes.labelcolor": SOFT})
    plt.rcParams.update({"xtick.color": SOFT, "ytick.color": SOFT, "axes.edgecolor": SOFT})
    return {"monthly": _png(_monthly()), "periods": _png(_periods())}


def _monthly() -> Figure:
    table = read_table()
    figure, axes = plt.subplots(figsize=(7.6, 5.2), layout="constrained")
    places = range(len(table))
    floor = [0.0] * len(table)
    for cause in CAUSES:
        heights = [rate([month], cause) for month in table]
        axes.bar(places, heights, 0.8, bottom=floor, color=COLOURS[cause], label=NAMES[cause])
        floor = [low + height for low, height in zip(floor, heights, strict=True)]
    axes.set_xticks(places, [_INITIALS[int(month.month[5:]) - 1] for month in table])
    for first, last, year in ((0, 8, "1854"), (9, 20, "1855"), (21, 23, "1856")):
        axes.annotate(year, ((first + last) / 2, 0), (0, -33), textcoords="offset points", ha="center", color=SOFT)
    commission = next(place for place, month in enumerate(table) if month.month == "1855-03")
    axes.axvline(commission, ymax=0.86, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(commission + 0.2, 1050, "Sanitary Commission\narrives, March 1855", ha="left", va="center")
    axes.set_ylim(0, 1250)
    axes.legend(frameon=False, loc="upper left", handlelength=1, handleheight=1)
    _finish(axes)
    return figure


def _periods() -> Figure:
    spans = periods(read_table())
    figure, axes = plt.subplots(figsize=(7.6, 5.2), layout="constrained")
    for place, cause in enumerate(CAUSES):
        for side, year, strength in ((-0.2, "year1", 1.0), (0.2, "year2", 0.55)):
            height = rate(spans[year], cause)
            axes.bar(place + side, height, 0.37, color=COLOURS[cause], alpha=strength)
            label = f"{height:.1f}"
            axes.text(place + side, height + 5, label, ha="center", fontweight=600, fontsize=16)
            name = "first\nyear" if side < 0 else "second\nyear"
            below = {"xytext": (0, -6), "textcoords": "offset points", "ha": "center", "va": "top"}
            axes.annotate(name, (place + side, 0), color=SOFT, **below)
    axes.set_xticks(range(len(CAUSES)), [f"\n\n{NAMES[cause]}" for cause in CAUSES], fontsize=14.5, color=INK)
    axes.set_ylim(0, 440)
    _finish(axes)
    return figure


def _finish(axes: Axes) -> None:
    axes.set_ylabel("Deaths per 1000 men and year")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(axis="y", color=LINE)
    axes.set_axisbelow(True)


def _png(figure: Figure) -> bytes:
    raw = io.BytesIO()
    figure.savefig(raw, dpi=190, facecolor="white")
    plt.close(figure)
    small = io.BytesIO()
    Image.open(raw).convert("RGB").quantize(48).save(small, "PNG", optimize=True)
    return small.getvalue()
