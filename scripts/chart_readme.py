"""Write the chart's README.md: its README.head.md, and a table of the values with what `# --` says of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parent.parent / "deploy" / "helm" / "hiddenhill"
MARK = "# -- "


def main() -> int:
    """Write, or with --check say whether what is written is right; returns the exit code."""
    made = f"{(CHART / 'README.head.md').read_text().rstrip()}\n\n{table((CHART / 'values.yaml').read_text())}"
    file = CHART / "README.md"
    if "--check" not in sys.argv[1:]:
        file.write_text(made)
        return 0
    if file.exists() and file.read_text() == made:
        return 0
    print("The chart's README.md is not what values.yaml says: run `python scripts/chart_readme.py`.", file=sys.stderr)
    return 1


def table(text: str) -> str:
    """The values, and the entries of `stages`, as tables of Markdown."""
    rows = "".join(f"| `{name}` | {default} | {said} |\n" for name, default, said in rows_of(text))
    return (
        f"## Values\n\n| value | default | what it says |\n|---|---|---|\n{rows}\n"
        "The entries of `stages`:\n\n| entry | service | stages | slots | pods | processors, memory at most |\n"
        f"|---|---|---|---|---|---|\n{''.join(entries_of(yaml.safe_load(text)['stages']))}"
    )


def entries_of(stages: dict[str, Any]) -> Iterator[str]:
    """A row for each entry."""
    for name, entry in stages.items():
        pods, limits = f"{entry['minReplicas']}-{entry['maxReplicas']}", entry["resources"]["limits"]
        works_for, size = ", ".join(entry["stages"]), f"{limits['cpu']}, {limits['memory']}"
        yield f"| {name} | {entry['service']} | {works_for} | {entry['slots']} | {pods} | {size} |\n"


def rows_of(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, default and description of each value that is no mere group of others."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    values, lines = yaml.safe_load(text), text.splitlines()

    def below(node: yaml.MappingNode, before: str, of: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        for key, value in node.value:
            name, said = f"{before}{key.value}", comment_above(lines, key.start_mark.line)
            is_group = isinstance(value, yaml.MappingNode) and value.value and not value.flow_style
            if name == "stages":
                first, entry = value.value[0]
                yield from ((row[0], "", row[2]) for row in below(entry, "stages.*.", of["stages"][first.value]))
            elif is_group and not said and key.value != "resources":
                yield from below(value, f"{name}.", of[key.value])
            else:
                default = json.dumps(of[key.value], ensure_ascii=False)
                yield name, f"`{default}`" if default != '""' else "", said

    yield from below(root, "", values)


def comment_above(lines: list[str], number: int) -> str:
    """What the lines above one say behind `# --`; nothing, where they do not begin so."""
    block: list[str] = []
    while number and lines[number - 1].strip().startswith("#"):
        number -= 1
        block.insert(0, lines[number].strip())
    starts = [index for index, line in enumerate(block) if line.startswith(MARK)]
    if not starts:
        return ""
    said = [block[starts[-1]].removeprefix(MARK), *(line.removeprefix("# ") for line in block[starts[-1] + 1 :])]
    return " ".join(said).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
