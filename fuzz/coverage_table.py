#!/usr/bin/env python3
"""Holds what the fuzz targets reach to the table "Coverage" of fuzz/README.md. Called by fuzz/coverage:

  coverage_table.py --targets PREFIX          the targets of the table whose files all begin with PREFIX
  coverage_table.py --llvm FOLDER TARGET...   FOLDER/TARGET.json is a summary by llvm-cov export
  coverage_table.py --gcov BUILD FOLDER TARGET...   FOLDER/TARGET holds the counters of programs of BUILD

Exit: 0, 1 if a target reaches less than it must, or the table and the targets differ.
"""
import json
import os
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(FOLDER)


def read_table():
    """target -> (files, least percent), from rows "| `target` | file, file | 90 |" below the heading Coverage."""
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        section = file.read().partition("\n## Coverage\n")[2].partition("\n## ")[0]
    table = {}
    for target, files, least in re.findall(r"^\| `(\w+)` \| ([^|]+) \| (\d+) \|$", section, re.MULTILINE):
        table[target] = ([name.strip() for name in files.split(",")], int(least))
    return table


def by_llvm(folder, target):
    """file -> (lines reached, lines)."""
    with open(os.path.join(folder, f"{target}.json"), encoding="utf-8") as file:
        files = json.load(file)["data"][0]["files"]
    return {os.path.relpath(one["filename"], ROOT): (one["summary"]["lines"]["covered"], one["summary"]["lines"]["count"])
            for one in files}


def holds(notes, files):
    """Whether the object that gcov's notes are of was compiled from one of the files. The notes lie beside the source that
    CMake wrote if it put several files together."""
    try:
        with open(notes[:-5], encoding="utf-8") as together:
            text = together.read()
    except FileNotFoundError:
        text = notes[:-5]
    return any(f"/{os.path.basename(name)}" in text for name in files)


def by_gcov(build, folder, target, files):
    """The same from gcov's counters, of the objects that hold those files. A line counts as reached if it is in any of the
    places it was compiled to."""
    reached = {}
    counters = os.path.join(folder, target)
    for where, _, names in os.walk(counters):
        for name in names:
            if not name.endswith(".gcda"):
                continue
            notes = os.path.join("/", os.path.relpath(where, counters), name[:-5] + ".gcno")
            if not holds(notes, files):
                continue
            os.symlink(notes, os.path.join(where, name[:-5] + ".gcno"))
            told = subprocess.run(["gcov", "--json-format", "--stdout", name], cwd=where, capture_output=True, check=True)
            for document in told.stdout.splitlines():
                for one in json.loads(document)["files"]:
                    path = os.path.relpath(os.path.join(build, one["file"]), ROOT)
                    lines = reached.setdefault(path, {})
                    for line in one["lines"]:
                        number = line["line_number"]
                        lines[number] = lines.get(number, False) or line["count"] > 0
    return {path: (sum(lines.values()), len(lines)) for path, lines in reached.items()}


def main(arguments):
    table = read_table()
    if arguments[0] == "--targets":
        for target, (files, _) in table.items():
            if all(name.startswith(arguments[1]) for name in files):
                print(target)
        return 0
    if arguments[0] == "--llvm":
        targets = arguments[2:]
        measured = {target: by_llvm(arguments[1], target) for target in targets}
    else:
        targets = arguments[3:]
        build = os.path.abspath(arguments[1])
        measured = {target: by_gcov(build, arguments[2], target, table[target][0] if target in table else [])
                    for target in targets}
    bad = 0
    if not targets:
        print("the table names no target")
        bad = 1
    for target in targets:
        if target not in table:
            print(f"{target}: fuzz/README.md has no row for it in its table of coverage")
            bad += 1
            continue
        files, least = table[target]
        missing = [name for name in files if name not in measured[target]]
        if missing:
            print(f"{target}: {', '.join(missing)}: not among the files that were counted")
            bad += 1
            continue
        reached = sum(measured[target][name][0] for name in files)
        lines = sum(measured[target][name][1] for name in files)
        percent = 100 * reached / lines
        verdict = "" if percent >= least else f"  LESS THAN {least} %"
        bad += 1 if verdict else 0
        print(f"{target:20} {percent:5.1f} % of {lines:4} lines, at least {least} %{verdict}")
    print(f"{len(targets)} targets, {bad} below their minimum")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
