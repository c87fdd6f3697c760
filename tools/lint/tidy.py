#!/usr/bin/env python3
"""Runs clang-tidy on what changed, or with --all on everything.

usage: tools/lint/tidy.py [--build build/release] [--all] [FILE...]

"Changed" is what differs from where this branch left the main branch, committed or not; a changed
header stands for the .cc of the same name and its test. Exits with 1 when clang-tidy finds
something.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
FOLDERS = ("libs/", "services/", "gateway/", "tools/", "tests/")


def git(*arguments):
    # The checkout may belong to another user than the one who runs this, as in a container.
    run = subprocess.run(["git", "-c", f"safe.directory={ROOT}", *arguments], cwd=ROOT, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout.split("\n") if run.returncode == 0 else []


def changed():
    """Paths that differ from the merge base with the main branch; from HEAD when that is here."""
    head = git("rev-parse", "HEAD")[:1]
    base = head
    for branch in ("origin/HEAD", "origin/main", "origin/master", "main", "master"):
        found = git("merge-base", "HEAD", branch)[:1]
        if found:
            base = found
            break
    # On the main branch itself, the last commit is the change.
    if base == head and not git("diff", "--name-only", "HEAD")[:-1]:
        base = git("rev-parse", "HEAD~1")[:1] or head
    return git("diff", "--name-only", *base) + git("ls-files", "--others", "--exclude-standard")


def compile_commands(build):
    """The database as clang wants it: without what only GCC or ccache knows, headers unpacked."""
    with open(os.path.join(ROOT, build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    folder = os.path.join(ROOT, build, "tidy")
    os.makedirs(folder, exist_ok=True)
    kept = {}
    for entry in entries:
        path = os.path.relpath(os.path.realpath(entry["file"]), ROOT)
        if not path.startswith(FOLDERS):
            continue
        words = shlex.split(entry["command"])
        while os.path.basename(words[0]) not in ("c++", "g++", "clang++"):
            words.pop(0)
        for index, word in enumerate(words):
            if word.endswith("/cmake_pch.hxx"):
                # A copy: beside the original lies GCC's compiled form, which clang would try.
                words[index] = os.path.join(folder, "precompiled.h")
                shutil.copyfile(word, words[index])
        words = [w for w in words if w not in ("-Winvalid-pch", "-Werror")]
        entry["command"] = shlex.join(words + ["-Wno-unknown-warning-option"])
        kept[path] = entry
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(list(kept.values()), file)
    return folder, sorted(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--all", action="store_true", help="every file, not only what changed")
    parser.add_argument("files", nargs="*", help="just these")
    options = parser.parse_args()

    folder, known = compile_commands(options.build)
    if options.all:
        chosen = known
    else:
        stems = {os.path.splitext(p)[0] for p in options.files or changed() if p}
        chosen = [p for p in known if stems & {p[:-3], p[:-3].removesuffix("_test")}]

    def tidy(path):
        run = subprocess.run(["clang-tidy", "--quiet", "-p", folder, path], cwd=ROOT, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return path, run.returncode, run.stdout, run.stderr

    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (path, code, out, err) in enumerate(pool.map(tidy, chosen), 1):
            print(f"[{number}/{len(chosen)}] {path}", file=sys.stderr, flush=True)
            if code != 0:
                failed += 1
                print(out.strip() or err.strip(), flush=True)
    print(f"clang-tidy: {failed} of {len(chosen)} files have findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
