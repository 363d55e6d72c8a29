"""Runs the benchmarks and writes what came of them: the table of README.md and a picture of each growth curve.

python tests/benchmarks/report.py           # takes some minutes
python tests/benchmarks/report.py --smoke   # shows only that it works; writes to a temporary folder
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

HERE = Path(__file__).parent
GROUPS = ("calls", "listings", "engine", "lifecycle", "server", "REST", "exploration", "start-up", "memory")
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
WIDTH, HEIGHT, MARGIN = 640, 320, 64
COLOURS = ("#2563eb", "#d97706", "#059669")


def main() -> None:
    """Run everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="small sizes, results to a temporary folder")
    smoke = parser.parse_args().smoke
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) if smoke else HERE
        benchmarks = run(Path(temporary) / "results.json", smoke=smoke)
        for benchmark in benchmarks:
            curve = benchmark["extra_info"].get("curve")
            if curve:
                (target / curve["file"]).write_text(draw(curve), encoding="utf-8")
        readme = (HERE / "README.md").read_text(encoding="utf-8")
        head, _, rest = readme.partition(BEGIN)
        tail = rest.partition(END)[2]
        (target / "README.md").write_text(f"{head}{BEGIN}\n{table(benchmarks)}\n{END}{tail}", encoding="utf-8")


def run(file: Path, *, smoke: bool) -> list[dict[str, Any]]:
    """Run the benchmarks in a process of their own, and give what pytest-benchmark tells of each."""
    command = [sys.executable, "-m", "pytest", str(HERE), "-q", "-p", "no:cacheprovider", f"--benchmark-json={file}"]
    subprocess.run([*command, *(["--smoke"] if smoke else [])], check=True, cwd=HERE.parent.parent)
    benchmarks: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
    return sorted(benchmarks, key=lambda benchmark: GROUPS.index(benchmark["group"]))


def table(benchmarks: list[dict[str, Any]]) -> str:
    """Write the results as a table in Markdown."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("grpcio", "protobuf", "simpy"))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    lines = [
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {machine()}, {python}, {libraries}.",
        "",
        "| group | measured | of what | goal |",
        "|---|---|---|---|",
    ]
    for benchmark in benchmarks:
        told = benchmark["extra_info"]
        if "ratio" in told:
            both = [told[key] for key in ("ours_seconds", "reference_seconds") if key in told]
            times = f" ({' and '.join(map(duration, both))})" if both else ""
            lines.append(f"| {benchmark['group']} | {number(told['ratio'])} | {told['what']}{times} | {told['goal']} |")
    curves = [benchmark["extra_info"]["curve"] for benchmark in benchmarks if "curve" in benchmark["extra_info"]]
    lines += ["", *(f"![{curve['title']}]({curve['file']})" for curve in curves)]
    return "\n".join(lines)


def machine() -> str:
    """Tell on what it was measured."""
    cpus = Path("/proc/cpuinfo")
    found = [line for line in cpus.read_text().splitlines() if "model name" in line] if cpus.exists() else []
    name = found[0].partition(":")[2].strip() if found else platform.processor() or platform.machine()
    return f"{len(found) or '?'} cores, {name}"


def number(value: float) -> str:
    """Write a number with three digits that tell."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """Write a duration in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e6)} µs"


def draw(curve: dict[str, Any]) -> str:
    """Draw a growth curve, both axes logarithmic."""
    values = [value for series in curve["series"].values() for value in series]
    low, high = (
        10 ** rounded(math.log10(value))
        for rounded, value in zip((math.floor, math.ceil), (min(values), max(values)), strict=True)
    )
    xs = curve["xs"]
    x_of = _scale(xs[0], xs[-1], MARGIN, WIDTH - MARGIN)
    y_of = _scale(low, max(high, low * 10), HEIGHT - MARGIN, MARGIN)
    parts = [_element("text", curve["title"], x=MARGIN, y=26, font_size=16, font_weight="bold")]
    parts += [_text(f"{x:,}", x_of(x), HEIGHT - MARGIN + 20, "middle") for x in xs]
    parts.append(_text(curve["x"], WIDTH / 2, HEIGHT - 16, "middle"))
    parts.append(_text(curve["y"], MARGIN, MARGIN - 14, "start"))
    for power in range(round(math.log10(low)), round(math.log10(max(high, low * 10))) + 1):
        y = round(y_of(10**power), 1)
        parts.append(_element("line", x1=MARGIN, x2=WIDTH - MARGIN, y1=y, y2=y, stroke="#d4d4d8"))
        parts.append(_text(f"{10**power:,g}", MARGIN - 8, y + 4, "end"))
    for place, (name, series) in enumerate(curve["series"].items()):
        parts += _line(name, [(x_of(x), y_of(y)) for x, y in zip(xs, series, strict=True)], series, place)
    background = _element("rect", width=WIDTH, height=HEIGHT, fill="white")
    svg = _element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        font_family="system-ui, sans-serif",
        font_size=12,
    )
    svg.extend([background, *parts])
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode")


def _line(name: str, points: list[tuple[float, float]], values: list[float], place: int) -> list[ET.Element]:
    colour = COLOURS[place % len(COLOURS)]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    parts = [_element("path", d=path, fill="none", stroke=colour, stroke_width=2)]
    for (x, y), value in zip(points, values, strict=True):
        parts.append(_element("circle", cx=round(x, 1), cy=round(y, 1), r=3, fill=colour))
        parts.append(_text(number(value), x, y - 8 if place == 0 else y + 18, "middle", fill=colour))
    parts.append(_text(name.replace("_", " "), WIDTH - MARGIN, HEIGHT - 16 + 16 * (place - 1), "end", fill=colour))
    return parts


def _text(text: str, x: float, y: float, anchor: str, **attributes: str) -> ET.Element:
    return _element("text", text, x=round(x, 1), y=round(y, 1), text_anchor=anchor, **attributes)


def _element(name: str, text: str | None = None, /, **attributes: str | float) -> ET.Element:
    element = ET.Element(name, {key.replace("_", "-"): str(value) for key, value in attributes.items()})
    element.text = text
    return element


def _scale(first: float, last: float, begin: float, end: float) -> Any:
    span = math.log10(last / first) or 1.0
    return lambda value: begin + (end - begin) * math.log10(value / first) / span


if __name__ == "__main__":
    main()
