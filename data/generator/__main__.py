"""Generate the demo workspace: `python -m data.generator --workspace data/demo`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from data.generator.plan import BASE_ORDER_LINES, Plan
from data.generator.wholesaler import generate


def main() -> int:
    """Read the plan from the command line, generate, and print the files and their records."""
    default = Plan()
    parser = argparse.ArgumentParser(prog="python -m data.generator", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--order-lines", type=int, default=BASE_ORDER_LINES)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--as-of", type=date.fromisoformat, default=default.as_of)
    asked = parser.parse_args()
    try:
        plan = Plan(seed=asked.seed, order_lines=asked.order_lines, as_of=asked.as_of)
    except ValueError as error:
        parser.error(str(error))
    files = generate(plan, asked.workspace, lambda step: sys.stderr.write(f"{step}\n"))
    lines = [f"{count:>12,}  {file}" for file, count in files.iter_rows()]
    lines.append(f"{files['record_count'].sum():>12,}  records in {files.height} files")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
