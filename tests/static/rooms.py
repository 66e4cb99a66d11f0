#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What tests/static/rooms.sh asks of a tree: rooms.py TREE QUESTION, a line for each answer."""
import os
import re
import sys

LINES_MAX = 400
FOLDER_SUBJECTS_MAX = 15
UNIKERNEL = os.path.join("tools", "guest", "unikernel")


def sources(*tops, ends=(".c", ".h")):
    """The files below @tops whose names end so, .c and .h, as paths from the tree."""
    for top in tops:
        for folder, _, files in os.walk(top):
            yield from (os.path.join(folder, f) for f in sorted(files)
                        if f.endswith(ends))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def code(path):
    """Without comments."""
    return re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)


def included(path):
    """The files of the tree that @path includes."""
    for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', code(path), re.M):
        found = os.path.normpath(os.path.join(os.path.dirname(path), name))
        if os.path.exists(found):
            yield found


def subject(path):
    """foo.c and foo.h are one subject."""
    return path[:-2]


def top(path):
    """kmod, bpf, tools, or the unikernel."""
    return UNIKERNEL if path.startswith(UNIKERNEL + os.sep) else path.split(os.sep)[0]


def uses():
    """
    Subject → the subjects it uses: by an include, or by a call of what is defined there (the
    module, the BPF programs, the tool and the unikernel are programs of their own, whose names may
    be alike).
    """
    defined, words, graph = {}, {}, {}
    for path in sources("kmod", "bpf", "tools"):
        graph.setdefault(subject(path), set()).update(subject(i) for i in included(path))
        if path.endswith(".h"):
            continue
        text = re.sub(r'"(\\.|[^"\\\n])*"|\b(struct|enum|union)\s+\w+', " ", code(path))
        words[subject(path)] = set(re.findall(r"\w+", text))
        for name in re.findall(r"^(?!static)\w[\w \t*]*?(\w+)\([^;{}]*\)\s*\{", text, re.M):
            defined.setdefault((top(path), name), set()).add(subject(path))
    for (_, name), homes in defined.items():
        for user in words:
            if len(homes) == 1 and name in words[user] and top(user) == top(min(homes)):
                graph[user] |= homes
    for at in graph:
        graph[at].discard(at)
    return graph


def family(subject_, subjects):
    """foo_bar and selftest/foo are parts of foo, where there is one."""
    folder, name = os.path.split(subject_)
    if os.path.basename(folder) == "selftest":
        folder = os.path.dirname(folder)
    parts = name.split("_")
    for n in range(1, len(parts) + 1):
        whole = os.path.join(folder, "_".join(parts[:n]))
        if whole in subjects:
            return whole
    return subject_


def circles():
    """Subjects that use each other, directly or through others; parts of one subject may."""
    parts, graph = uses(), {}
    for part, used in parts.items():
        whole = family(part, parts)
        graph.setdefault(whole, set()).update(family(u, parts) for u in used)
        graph[whole].discard(whole)

    def reached(start):
        known, left = set(), [start]
        while left:
            new = graph.get(left.pop(), set()) - known
            known |= new
            left += new
        return known

    after = {s: reached(s) for s in graph}
    told = set()
    for s in sorted(graph):
        circle = sorted(o for o in after[s] if s in after.get(o, ()))
        if circle and s not in told:
            told.update(circle)
            yield " <-> ".join(circle)


def neighbours():
    """Includes from one driver or observer into another."""
    for inside, mark in (("tools/guest", "driver.c"), ("tools/source", "source.c")):
        rooms = [os.path.join(inside, d) for d in sorted(os.listdir(inside))
                 if os.path.exists(os.path.join(inside, d, mark))]
        for room in rooms:
            for path in sources(room):
                for other in included(path):
                    if os.path.dirname(other) in rooms and os.path.dirname(other) != room:
                        yield f"{path} includes {other}"


def long():
    """Files longer than LINES_MAX, with their lines."""
    for path in sources("kmod", "bpf", "tools", "scripts", "tests", "docs",
                        ends=(".c", ".h", ".sh", ".py", ".md")):
        lines = read(path).count("\n")
        if lines > LINES_MAX:
            yield f"{path} {lines}"


def crowded():
    """Folders of tools with more than FOLDER_SUBJECTS_MAX subjects, with their number."""
    inside = {}
    for path in sources("tools"):
        inside.setdefault(os.path.dirname(path), set()).add(subject(path))
    for folder, subjects in sorted(inside.items()):
        if len(subjects) > FOLDER_SUBJECTS_MAX:
            yield f"{folder} {len(subjects)}"


def namesakes():
    """Structs that are defined in two files."""
    where = {}
    for path in sources("kmod", "bpf", "tools"):
        for name in re.findall(r"\bstruct\s+(\w+)\s*\{", code(path)):
            where.setdefault(name, set()).add(path)
    for name, paths in sorted(where.items()):
        if len(paths) > 1:
            yield f"struct {name}: {' '.join(sorted(paths))}"


def main():
    os.chdir(sys.argv[1])
    for line in globals()[sys.argv[2]]():
        print(line)


main()
