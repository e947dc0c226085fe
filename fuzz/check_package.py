#!/usr/bin/env python3
"""Checks a folder of packaged fuzz targets: check_package.py [--configured BUILD] OUT TARGET...

Names, seed corpora (flat zips that are not empty), dictionaries and options by their grammar; every target runs its
seeds somewhere else, with an empty environment, and finds its libraries through $ORIGIN; nothing pulls in OpenSSL.
--configured: in BUILD the compiler's flags are those of the environment, and the engine is linked.
Prints a line a complaint; exit 1 if there is one.
"""
import configparser
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

# What the machine that runs the targets has by itself: the C library.
BASE = re.compile(r"^(linux-vdso|/lib64/ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv|libnsl)\b")
OPENSSL = re.compile(r"lib(ssl|crypto)\.so\.[1-9]")
OPTIONS = {"max_len", "timeout", "rss_limit_mb", "close_fd_mask", "len_control", "only_ascii", "detect_leaks"}

complaints = []


def complain(target, what):
    complaints.append(f"{target}: {what}")


def dictionary_entries(text):
    """libFuzzer's grammar: lines of name="value", \\\\ \\" \\xAB escapes; raises ValueError with the line."""
    entries = 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if not re.fullmatch(r'(\w+(@\d+)?\s*=\s*)?"(?:[^"\\\x00-\x1f]|\\\\|\\"|\\x[0-9A-Fa-f]{2})+"', line):
            raise ValueError(f"line {number} is no entry: {line}")
        entries += 1
    return entries


def check_files(out, target, seeds):
    program = os.path.join(out, target)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", target):
        complain(target, "a target's name has letters, digits, _ and - only")
    if not os.access(program, os.X_OK):
        complain(target, "there is no program")
    try:
        with zipfile.ZipFile(f"{program}_seed_corpus.zip") as corpus:
            if not corpus.namelist():
                complain(target, "the seed corpus is empty")
            for name in corpus.namelist():
                if "/" in name:
                    complain(target, f"the seed corpus is not flat: {name}")
            corpus.extractall(seeds)
    except (OSError, zipfile.BadZipFile) as error:
        complain(target, f"the seed corpus cannot be read: {error}")
    try:
        with open(f"{program}.dict", encoding="ascii") as file:
            if dictionary_entries(file.read()) == 0:
                complain(target, "the dictionary is empty")
    except (OSError, ValueError) as error:
        complain(target, f"the dictionary: {error}")
    options = configparser.ConfigParser()
    try:
        with open(f"{program}.options", encoding="ascii") as file:
            options.read_file(file)
        for key, value in options["libfuzzer"].items():
            if key not in OPTIONS or not value.isdigit():
                complain(target, f"the options: {key} = {value}")
    except (OSError, KeyError, configparser.Error) as error:
        complain(target, f"the options: {error}")


def check_libraries(out, target):
    program = os.path.join(out, target)
    dynamic = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=False).stdout
    if "$ORIGIN/lib" not in dynamic:
        complain(target, "its libraries are not looked for in $ORIGIN/lib")
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    if "libc.so" not in listed:
        complain(target, "ldd says nothing")
    for line in listed.splitlines():
        name, _, path = line.strip().partition(" => ")
        if OPENSSL.search(line):
            complain(target, f"it loads OpenSSL: {line.strip()}")
        elif "not found" in path:
            complain(target, f"{name} is missing")
        elif path and not BASE.match(name) and not path.startswith(os.path.join(os.path.realpath(out), "lib") + "/"):
            complain(target, f"{name} is found in {path.split(' ')[0]}, not beside the target")


def check_run(out, target, seeds):
    with tempfile.TemporaryDirectory() as elsewhere:
        for arguments in (["-runs=0", f"-dict={os.path.join(out, target)}.dict"], ["-runs=0", seeds]):
            ran = subprocess.run([os.path.join(out, target), *arguments], cwd=elsewhere, env={}, timeout=300,
                                 capture_output=True, check=False)
            if ran.returncode != 0:
                end = ran.stderr.decode("utf-8", "replace").splitlines()[-5:]
                complain(target, f"with {arguments[-1]} it ends with {ran.returncode}: {' | '.join(end)}")


def check_configured(build, targets):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = [entry["command"] for entry in json.load(file)]
    foreign = re.compile(r" (-O[0-9gs]|-g[0-9]?|-fsanitize=\S+|-DNDEBUG)(?= )")
    for command in commands:
        if "-DSTARTTLS_LAB_FLAG_OF_THE_ENVIRONMENT" not in command:
            complain("build.sh", f"$CXXFLAGS is not in: {command}")
        if set(foreign.findall(command)) != {"-O1"}:
            complain("build.sh", f"a flag that is not the environment's is in: {command}")
    for target in targets:
        link = subprocess.run(["ninja", "-C", build, "-t", "commands", target], capture_output=True, text=True,
                              check=False).stdout.splitlines()
        if not link or "/engine/of/the/environment.a" not in link[-1]:
            complain(target, "$LIB_FUZZING_ENGINE is not linked")


def main(arguments):
    configured = None
    if arguments[:1] == ["--configured"]:
        configured, arguments = arguments[1], arguments[2:]
    out, targets = os.path.realpath(arguments[0]), arguments[1:]
    if configured:
        check_configured(configured, targets)
    for target in targets:
        with tempfile.TemporaryDirectory() as seeds:
            check_files(out, target, seeds)
            check_libraries(out, target)
            check_run(out, target, seeds)
    stray = [name for name in os.listdir(out)
             if name != "lib" and re.sub(r"(_seed_corpus\.zip|\.dict|\.options)$", "", name) not in targets]
    if stray:
        complain("build.sh", f"nobody asked for {', '.join(sorted(stray))}")
    for complaint in complaints:
        print(complaint)
    print(f"{len(targets)} targets checked, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
