#!/usr/bin/env python3
"""Holds the verifier's instruction counts to those in counts.txt.

    count.py PROGRAM            fails if an operation needs 2 % more or less than it did
    count.py PROGRAM --update   writes the counts anew, and shows what has changed

PROGRAM is starttls-lab-operations, which the tests build. Only instructions of the program's own code count: what
BoringSSL and libc spend depends on the processor. Exit codes: 0, 1 a count has changed, 3 something is missing,
77 valgrind is not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COUNTS = os.path.join(HERE, "counts.txt")
TOLERANCE = 0.02
HEADER = ("# Instructions of the project's own code for ten times each operation (operations.cc), as callgrind counts\n"
          "# them. Written by bench/instructions/count.py --update; CONTRIBUTING.md says when.\n")


def die(sentence, code):
    print(f"count.py: {sentence}", file=sys.stderr)
    sys.exit(code)


def own_instructions(lines, program):
    """The sum of the costs that callgrind's output books on functions of `program` themselves, not on what they call."""
    total = 0
    own = False
    skip = False  # the line behind calls= is what the callee cost, the callee's callees included
    for line in lines:
        if line.startswith("ob="):
            own = os.path.realpath(line[3:].strip()) == program
        elif line.startswith("calls="):
            skip = True
        elif line[:1].isdigit():  # --compress-pos=no: every position is a number
            if skip:
                skip = False
            elif own:
                total += int(line.split()[1])
    return total


def measure(program):
    """name -> instructions."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--compress-strings=no", "--compress-pos=no",
                   f"--callgrind-out-file={folder}/out", program, os.path.join(HERE, "chains")]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            die(f"{os.path.basename(program)} under callgrind ended with {run.returncode}:\n{run.stderr[-1500:]}", 3)
        counts = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name)) as file:
                text = file.read()
            trigger = re.search(r"^desc: Trigger: Client Request: (\S+)$", text, re.M)
            if trigger:
                counts[trigger[1]] = own_instructions(text.splitlines(), program)
        return counts


def read_counts():
    known = {}
    if os.path.exists(COUNTS):
        with open(COUNTS) as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    name, count = line.split()
                    known[name] = int(count)
    return known


def change(before, now):
    if before is None:
        return "new"
    if now is None:
        return "gone"
    return f"{100 * (now - before) / before:+.1f} %"


def main():
    arguments = sys.argv[1:]
    update = "--update" in arguments
    programs = [a for a in arguments if not a.startswith("-")]
    if len(programs) != 1 or any(a.startswith("-") and a != "--update" for a in arguments):
        die(__doc__.strip(), 2)
    program = os.path.realpath(programs[0])
    if not os.access(program, os.X_OK):
        die(f"{programs[0]} is no program: build the target starttls-lab-operations first", 3)
    if shutil.which("valgrind") is None:
        die("valgrind is not installed (Debian: valgrind)", 77)
    known, now = read_counts(), measure(program)
    if not now:
        die("callgrind wrote no counts", 3)
    changed = []
    for name in sorted(known.keys() | now.keys()):
        before, after = known.get(name), now.get(name)
        far = before is None or after is None or abs(after - before) > TOLERANCE * before
        if far:
            changed.append(name)
        print(f"{name:24} {before or '-':>12} -> {after or '-':>12}  {change(before, after)}{'  <--' if far else ''}")
    if update:
        with open(COUNTS, "w") as file:
            file.write(HEADER + "".join(f"{name} {now[name]}\n" for name in sorted(now)))
        return 0
    if changed:
        print(f"{len(changed)} of {len(now)} have changed by more than {TOLERANCE:.0%}. If that is as it should be: "
              f"bench/instructions/count.py {programs[0]} --update, and say why in the commit.")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
