#!/usr/bin/env python3
"""The project's rules that a compiler cannot check.

usage: tools/lint/lint.py [ROOT]

Prints one line for each finding, "path:line: rule: what is wrong", and exits with 1 if there is
any. A rule is a function below, marked @rule; tools/lint/lint_test.py shows each of them a sample
that breaks it.
"""

import glob
import os
import re
import sys
from collections import namedtuple

Finding = namedtuple("Finding", "path line rule message")

SKIPPED_FOLDERS = {"build", ".git", ".cache", "__pycache__", "data", "node_modules"}
TEXT_SUFFIXES = (".h", ".cc", ".proto", ".py", ".cmake", ".md", ".yaml", ".yml", ".xml", ".json",
                 ".properties", "CMakeLists.txt")
CODE_SUFFIXES = (".h", ".cc", ".proto", ".py", ".cmake", "CMakeLists.txt")
# The rules name what they forbid, and their samples break them.
OWN_FOLDER = "tools/lint/"

# A library includes itself and what stands before it.
LAYERS = ["base", "money", "journal", "stream", "rpc", "runtime", "testing"]
# Where the rules of the trade live: no operating system, no transport, no storage.
PURE = re.compile(r"services/\w+/(domain|projections|reactors)/")
PURE_OR_EXECUTOR = re.compile(PURE.pattern + r"|libs/runtime/executor")

RULES = {}


def rule(function):
    RULES[function.__name__] = function
    return function


class Tree:
    """The checked files: path relative to the root -> text."""

    def __init__(self, root):
        self.root = root
        self.files = {}
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith(TEXT_SUFFIXES) or is_script(path):
                    with open(path, encoding="utf-8") as file:
                        self.files[os.path.relpath(path, root)] = file.read()

    def matching(self, *suffixes):
        return ((p, t) for p, t in self.files.items() if p.endswith(suffixes))

    def cpp(self):
        """C++ files, with comments and the insides of strings blanked."""
        return ((p, code_only(t)) for p, t in self.matching(".h", ".cc"))


def is_script(path):
    if "." in os.path.basename(path) or os.path.islink(path):
        return False
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(?P<tag>\w*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|"""
                    r"""(?<!\w)'(?:\\.|[^'\\\n])*'""", re.S)


def code_only(text):
    def blank(match):
        token = match.group()
        lines = "\n" * token.count("\n")
        return lines if token.startswith("/") else token[0] + lines + token[-1]
    # Includes keep their path.
    return re.sub(TOKENS, lambda m: m.group() if is_include(text, m.start()) else blank(m), text)


def is_include(text, position):
    return text[text.rfind("\n", 0, position) + 1:position].startswith("#include")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def search(path, text, pattern, message):
    """A (path, line, message) for each place where the pattern matches."""
    for match in re.finditer(pattern, text):
        yield path, line_of(text, match.start()), message.format(*match.groups(), match.group())


# --- includes ----------------------------------------------------------------------------------

INCLUDE = re.compile(r'^#include [<"]([^>"]+)[>"]', re.M)


def includes(tree):
    for path, text in tree.cpp():
        for match in INCLUDE.finditer(text):
            yield path, line_of(text, match.start()), match.group(1)


@rule
def include_layers(tree):
    """libs stand on the libs before them; services on libs; nothing on a neighbour's code."""
    for path, line, included in includes(tree):
        here, there = path.split("/"), included.split("/")
        is_test = re.search(r"_test[._]|/test_", path)
        if here[0] == "libs" and there[0] in ("services", "gateway", "tools", "tests"):
            yield path, line, f"a library must not know {included}"
        elif here[0] == "libs" and there[0] == "libs" and here[1] in LAYERS and not is_test:
            if there[1] in LAYERS and LAYERS.index(there[1]) > LAYERS.index(here[1]):
                yield path, line, f"libs/{here[1]} stands below {included}"
        elif here[0] == "services" and there[0] in ("gateway", "tools", "tests"):
            yield path, line, f"a service must not know {included}"
        elif here[0] in ("services", "gateway") and there[0] == "services":
            if here[:2] != there[:2]:
                yield path, line, f"another service's code; only its protos are public: {included}"


@rule
def pure_includes(tree):
    """The rules of the trade know no storage, transport, threads, time or randomness."""
    # libs/rpc/errors.h makes a Status with a reason, and knows nothing of gRPC.
    banned = re.compile(r"rocksdb/|librdkafka/|grpc|.*\.grpc\.pb\.h$|absl/synchronization/|"
                        r"libs/rpc/(?!errors\.h)|"
                        r"(thread|chrono|random|mutex|condition_variable|future|ctime|time\.h|"
                        r"unistd\.h)$")
    inward = {"domain": ("api", "projections", "reactors"), "projections": ("api", "reactors"),
              "reactors": ("api",)}
    for path, line, included in includes(tree):
        match = PURE.match(path)
        if not match:
            continue
        if banned.match(included) and not path.endswith("_test.cc"):
            yield path, line, f"{match.group(1)} must not include {included}"
        there = included.split("/")
        if there[0] == "services" and len(there) > 3 and there[2] in inward[match.group(1)]:
            yield path, line, f"dependencies point inward: {match.group(1)} -> {included}"


@rule
def operating_system(tree):
    """Time, randomness and threads come from outside, so that a seed reproduces everything."""
    banned = (r"\w+_clock::now|\babsl::Now\b|\b(?:std::j?thread|absl::BitGen)\b|"
              r"\bstd::this_thread\b|\bs?rand\s*\(|\brandom_device\b|\bmt19937\w*|\bgetenv\s*\(|"
              r"\b\w*[sS]leep(?:For|_for|_until)?\s*\(|\b(?:time|gettimeofday|clock_gettime)\s*\(|"
              r"\b(?:Clock|Entropy)::System\b")
    for path, text in tree.cpp():
        if PURE_OR_EXECUTOR.match(path) and not path.endswith("_test.cc"):
            yield from search(path, text, banned, "asks the operating system: {0}")


# --- C++ ---------------------------------------------------------------------------------------

@rule
def pragma_once(tree):
    for path, text in tree.matching(".h"):
        if not re.search(r"^#pragma once$", text, re.M):
            yield path, 1, "a header needs #pragma once"


@rule
def enum_default(tree):
    """Without a default a new case is a compile error."""
    for path, text in tree.cpp():
        if not PURE.match(path):
            continue
        for match in re.finditer(r"\bdefault\s*:", text):
            labels = re.findall(r"\bcase\s+([^:\n]+(?:::[^:\n]+)*)\s*:", text[:match.start()])
            if labels and not re.match(r"['\d-]", labels[-1]):
                yield path, line_of(text, match.start()), "a switch over an enum has no default"


@rule
def swallowed_status(tree):
    """An error may be dropped only beside a comment that says why."""
    for path, text in tree.cpp():
        if path.endswith("_test.cc"):
            continue
        lines = tree.files[path].split("\n")
        for match in re.finditer(r"\.IgnoreError\(\)|"
                                 r"(?:\(void\)|static_cast<void>\()\s*[\w:.>-]+\(", text):
            line = line_of(text, match.start())
            if "//" not in lines[line - 1] and not lines[line - 2].lstrip().startswith("//"):
                yield path, line, "drops an error; say why in a comment beside it"


@rule
def tests_sleep_or_skip(tree):
    for path, text in tree.cpp():
        if path.endswith("_test.cc"):
            yield from search(path, text, r"\b\w*[sS]leep(?:For|_for|_until)?\s*\(",
                              "a test waits for a condition, never for time to pass: {0}")
            yield from search(path, text, r"\bDISABLED_\w+|\bGTEST_SKIP\b", "a test is run: {0}")


@rule
def registered(tree):
    """A file that no CMakeLists.txt names is never compiled, and its tests never run."""
    for path, _ in tree.matching(".cc", ".proto"):
        folder, found = os.path.dirname(path), False
        while not found:
            listing = tree.files.get(os.path.join(folder, "CMakeLists.txt"), "")
            name = re.escape(os.path.relpath(path, folder or "."))
            found = re.search(rf"(?<![\w/]){name}(?![\w.])", listing)
            if not folder:
                break
            folder = os.path.dirname(folder)
        if not found:
            yield path, 1, "no CMakeLists.txt names this file"


# --- contracts ---------------------------------------------------------------------------------

def protos(tree):
    return ((p, code_only(t)) for p, t in tree.matching(".proto"))


@rule
def rpc_access(tree):
    """A method without an access option is refused everywhere."""
    for path, text in protos(tree):
        # A third party's contracts keep their own text.
        if not path.startswith("protos/pitlane/"):
            continue
        for match in re.finditer(r"\brpc\s+(\w+)\s*\([^)]*\)\s*returns\s*\([^)]*\)\s*"
                                 r"(;|\{(?:[^{}]|\{[^{}]*\})*\})", text):
            if not re.search(r"option\s*\(\s*[\w.]*\baccess\s*\)", match.group(2)):
                yield path, line_of(text, match.start()), f"{match.group(1)} has no access option"


IRREGULAR = {"Sent", "Paid", "Made", "Put", "Set", "Left", "Lost", "Found", "Taken", "Given", "Won",
             "Drawn", "Begun", "Became", "Went", "Fell", "Ran", "Met", "Held", "Sold", "Bought",
             "Written", "Gone", "Split", "Read", "Kept", "Withdrawn", "Known", "Unknown",
             "Came"}


@rule
def event_names(tree):
    """An event is a fact of the past."""
    for path, text in protos(tree):
        for oneof in re.finditer(r"\boneof\s+event\s*\{([^}]*)\}", text):
            for field in re.finditer(r"([\w.]+)\s+\w+\s*=\s*\d+", oneof.group(1)):
                name = field.group(1).split(".")[-1]
                words = re.findall(r"[A-Z][a-z0-9]*", name)
                if not any(w.endswith("ed") or w in IRREGULAR for w in words):
                    line = line_of(text, oneof.start(1) + field.start())
                    yield path, line, f"{name} is not a fact of the past"


@rule
def error_reasons(tree):
    """Every reason for which a service refuses appears in a test."""
    for path, text in protos(tree):
        service = "services/" + path.split("/")[2] + "/" if path.count("/") > 2 else ""
        if not any(p.startswith(service) for p in tree.files):
            service = ""
        tests = "\n".join(t for p, t in tree.matching("_test.cc") if p.startswith(service))
        for enum in re.finditer(r"\benum\s+\w*ErrorReason\s*\{([^}]*)\}", text):
            for value in re.finditer(r"([A-Z][A-Z0-9_]+)\s*=\s*[1-9]\d*", enum.group(1)):
                short = re.sub(r"^(?:[A-Z]+_)*?ERROR_REASON_", "", value.group(1))
                if not re.search(rf"(?:\b|_){short}\b", tests):
                    line = line_of(text, enum.start(1) + value.start())
                    yield path, line, f"no test refuses with {value.group(1)}"


# --- text --------------------------------------------------------------------------------------

def texts(tree):
    return ((p, t) for p, t in tree.files.items() if not p.startswith(OWN_FOLDER))


@rule
def columns(tree):
    for path, text in tree.files.items():
        if path.endswith(CODE_SUFFIXES) or "." not in os.path.basename(path):
            for number, line in enumerate(text.split("\n"), 1):
                if len(line) > 100 and "http" not in line:
                    yield path, number, f"{len(line)} columns; 100 is the limit"


@rule
def left_over(tree):
    for path, text in texts(tree):
        yield from search(path, text, r"\b(?:TODO|FIXME|HACK)\b", "left over: {0}")


@rule
def machine_paths(tree):
    for path, text in texts(tree):
        yield from search(path, text, r"(?<![\w.*~}$-])/(?:work|root|home/\w+)/",
                          "a path of one machine: {0}")


# --- documentation -----------------------------------------------------------------------------

TOP = r"(?:libs|services|gateway|protos|tools|tests|docs|k8s|\.ci)/"
LAYOUT = r"(?:domain|projections|reactors|api)/"


def braces(path):
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [full for part in match.group(1).split(",")
            for full in braces(path[:match.start()] + part + path[match.end():])]


@rule
def documented_paths(tree):
    """`path`, `path:Name` and [text](path) in the documentation point at what exists."""
    for path, text in tree.matching(".md"):
        here = os.path.dirname(path)
        for match in re.finditer(r"`([^`\n<>…]+)`|\]\(([^)#:\s]+)\)", text):
            quoted, link = match.groups()
            line = line_of(text, match.start())
            if link:
                if not os.path.exists(os.path.join(tree.root, here, link)):
                    yield path, line, f"the link {link} leads nowhere"
                continue
            place = re.match(rf"({TOP}|{LAYOUT})[\w./{{}},*-]*", quoted)
            if not place or " " in quoted:
                continue
            base = here if re.match(LAYOUT, quoted) else ""
            for full in braces(place.group()):
                found = glob.glob(os.path.join(tree.root, base, full))
                if not found:
                    yield path, line, f"{full} does not exist"
            name = re.match(r":~?(\w+)(?:\(\))?$", quoted[place.end():])
            where = os.path.join(base, place.group())
            if name and where in tree.files:
                if not re.search(rf"\b{name.group(1)}\b", tree.files[where]):
                    yield path, line, f"{where} has no {name.group(1)}"


def names_of_tests(tree):
    """Every "Suite.Test" there is."""
    tests = set()
    for _, text in tree.matching("_test.cc"):
        tests.update(f"{a}.{b}" for a, b in
                     re.findall(r"\b(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+)", text))
    return tests


@rule
def documented_tests(tree):
    """`Suite.Test` in a table of the root README is a test that exists."""
    tests = names_of_tests(tree)
    text = tree.files.get("README.md", "")
    for match in re.finditer(r"^\|.*$", text, re.M):
        for name in re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", match.group()):
            if name not in tests:
                yield "README.md", line_of(text, match.start()), f"there is no test {name}"


# The program that plays the sale: Step("open", "ticket", …) and Follows("reserve", "inventory", …).
SALE = "tools/pitlane/sale.cc"
SALE_STEP = re.compile(r'\b(?:Step|Follows)\(\s*"(\w+)",\s*"(\w+)"')


def sale_steps(tree):
    """(step, the source from this step to the next) for each step of the sale."""
    text = tree.files.get(SALE, "")
    steps = list(SALE_STEP.finditer(text))
    ends = [step.start() for step in steps[1:]] + [len(text)]
    return [(step.group(1), text[step.start():end]) for step, end in zip(steps, ends)]


def snake_case(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def life_of_a_sale_cells(tree, cells, source):
    """What is wrong with one row: step, functions, events, tests."""
    functions, events, tests = (re.findall(r"`([^`]+)`", cell) for cell in cells[1:])
    if not (functions and events and tests):
        yield "a step names a function, an event and a test"
    for function in functions:
        path, _, name = function.partition(":")
        code = code_only(tree.files.get(path, ""))
        if not re.fullmatch(r"\w+", name):
            yield f"{function} is not path:Name"
        elif not re.search(rf"\b{name}\b", code):
            yield f"{path} has no code named {name}"
    for event in events:
        area, _, name = event.partition(".")
        contract = code_only(tree.files.get(f"protos/pitlane/{area}/v1/events.proto", ""))
        if not re.search(rf"\bmessage {name}\b", contract):
            yield f"{event} is not an event (area.Event)"
        elif not re.search(rf"\b{name}\b|\bhas_{snake_case(name)}\b", source):
            yield f"{SALE} does not wait for {event} in this step"
    for test in sorted(set(tests) - names_of_tests(tree)):
        yield f"there is no test {test}"


@rule
def life_of_a_sale(tree):
    """*Life of a sale* in the root README has the steps that the program plays, in their order, and
    each row's functions, events and tests exist."""
    text = tree.files.get("README.md", "")
    section = re.search(r"^## Life of a sale\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    steps = sale_steps(tree)
    if not steps:
        return
    if not section:
        yield "README.md", 1, "has no section 'Life of a sale'"
        return
    rows = list(re.finditer(r"^\| *`(\w+)` *\|.*$", section.group(1), re.M))
    found, wanted = [row.group(1) for row in rows], [name for name, _ in steps]
    if found != wanted:
        yield ("README.md", line_of(text, section.start()),
               f"the sale's steps are {', '.join(wanted)}; the table has {', '.join(found)}")
        return
    for row, (_, source) in zip(rows, steps):
        line = line_of(text, section.start(1) + row.start())
        cells = row.group().strip("|").split("|")
        if len(cells) != 4:
            yield "README.md", line, f"{len(cells)} columns; step, function, event and test are 4"
            continue
        for message in life_of_a_sale_cells(tree, cells, source):
            yield "README.md", line, message


def check(root):
    tree = Tree(root)
    return [Finding(path, line, name, message)
            for name, function in RULES.items()
            for path, line, message in sorted(set(function(tree)))]


def main(arguments):
    root = arguments[0] if arguments else os.path.join(os.path.dirname(__file__), "..", "..")
    found = check(root)
    for finding in found:
        print(f"{finding.path}:{finding.line}: {finding.rule}: {finding.message}")
    print(f"{len(found)} findings of {len(RULES)} rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
