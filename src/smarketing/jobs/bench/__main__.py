"""``python -m smarketing.jobs.bench --leads 1000000 [--leads 10000000]``: the ratio tables, on the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from smarketing.jobs.bench.judging import fill_cells, judge
from smarketing.jobs.bench.run import bench
from smarketing.jobs.bench.server import postgres
from smarketing.jobs.bench.steps import STEPS, Size


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m smarketing.jobs.bench", description=__doc__)
    parser.add_argument("--leads", type=int, action="append", help="how many leads; may be given several times")
    parser.add_argument("--folder", type=Path, help="where to keep the generated files")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    leads = given.leads or [1_000_000]
    if given.step is None:
        bench(leads, given.folder)
        return
    step = {**STEPS, "cells": fill_cells, "judge": judge, "postgres": postgres}[given.step]
    sys.stdout.write(step(Size(given.folder, leads[0])).to_json() + "\n")


if __name__ == "__main__":
    main()
