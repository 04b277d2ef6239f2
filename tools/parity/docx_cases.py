#!/usr/bin/env python3
"""Compares what Shardmill reads from the test documents of pandoc's docx reader with the trees that pandoc expects.

Run: docx_cases.py SHARDMILL FOLDER     (FOLDER holds pandoc/*.docx and pandoc-native/*.native; needs pandoc on PATH)

For each case three things are compared: the words, counted; the headings with their levels; the text of table cells. Prints a
Markdown table of the cases that differ and one JSON object with the counts.
"""
import collections
import html
import json
import os
import re
import subprocess
import sys

WORD = re.compile(r"\w+", re.U)


def words(text):
    return WORD.findall(text.replace("_", " "))


class Tree:
    """Words, headings and cells of a pandoc tree."""

    def __init__(self, blocks):
        self.words, self.headings, self.cells = collections.Counter(), [], []
        self.walk(blocks)

    def text(self, node):
        if isinstance(node, list):
            return "".join(self.text(child) for child in node)
        if not isinstance(node, dict) or "t" not in node:
            return ""
        kind, content = node["t"], node.get("c")
        if kind in ("Str",):
            return content
        if kind in ("Space", "SoftBreak", "LineBreak"):
            return " "
        if kind in ("Code", "CodeBlock", "Math", "RawInline"):
            return content[1]
        if kind == "Image":
            return ""
        if kind == "Note":
            self.walk(content)
            return ""
        if kind == "Quoted":
            return self.text(content[1])
        if kind in ("Link", "Span", "Cite"):
            return self.text(content[1])
        if isinstance(content, list):
            return "".join(self.text(child) for child in content)
        return ""

    def add(self, text):
        self.words.update(words(text))

    def walk(self, node):
        if isinstance(node, list):
            for child in node:
                self.walk(child)
            return
        if not isinstance(node, dict) or "t" not in node:
            return
        kind, content = node["t"], node.get("c")
        if kind in ("Para", "Plain", "CodeBlock"):
            self.add(self.text(node if kind == "CodeBlock" else content))
        elif kind == "Header":
            text = self.text(content[2])
            self.add(text)
            self.headings.append((content[0], " ".join(words(text))))
        elif kind == "Table":
            for row in self.rows(content):
                for cell in row[1]:
                    before = self.words.copy()
                    self.walk(cell[4])
                    if self.words != before:
                        self.cells.append(sum((self.words - before).values()))
        elif kind in ("OrderedList", "Div"):
            self.walk(content[1])
        elif kind == "DefinitionList":
            for term, definitions in content:
                self.add(self.text(term))
                self.walk(definitions)
        elif kind == "LineBlock":
            for line in content:
                self.add(self.text(line))
        elif isinstance(content, list):
            self.walk(content)

    @staticmethod
    def rows(table):
        _, _, _, head, bodies, foot = table
        yield from head[1]
        for body in bodies:
            yield from body[2]
            yield from body[3]
        yield from foot[1]


def ours(line):
    """Words, headings and cells of a document as Shardmill writes it."""
    document = json.loads(line)
    data = document["text"].encode()
    counted, headings, cells = collections.Counter(), [], []
    for kind, start, end, *level in document["spans"]:
        text = data[start:end].decode()
        text = re.sub(r"\[\^\d+\](: )?", "", text)
        if kind == "code":
            text = re.sub(r"^```+\w*\n|\n```+$", "", text)
        if kind == "heading":
            text = text.lstrip("#")
            text = re.sub(r"^ (\d+(\.\d+)*\.?|[IVX]+\.|[A-Z]\.) ", " ", text) if level else text
            headings.append((level[0], " ".join(words(text))))
        if kind == "list_item":
            text = re.sub(r"^\s*(-|\(?[0-9a-zA-Z]{1,5}[.)]) ", "", text)
        if kind == "table":
            if text.startswith("<table"):
                parts = re.findall(r"<t[dh][^>]*>(.*?)(?=</t[dh]>|<table)", text, re.S)
            else:
                parts = [part for row in text.split("\n") for part in re.split(r"(?<!\\)\|", row)]
            parts = [re.sub(r"</?[a-z]+[^>]*>", " ", part) for part in parts if not re.fullmatch(r"\s*-+\s*", part)]
            parts = [words(html.unescape(part)) for part in parts]
            cells += [len(part) for part in parts if part]
            for part in parts:
                counted.update(part)
            continue
        counted.update(words(text))
    return counted, headings, cells


def main():
    program, folder = sys.argv[1:3]
    counts, rows = collections.Counter(), []
    for name in sorted(os.listdir(folder + "/pandoc-native")):
        stem = name.removesuffix(".native")
        reading = next((mode for mode in ("accept", "reject", "all") if stem.endswith("_" + mode)), None)
        path = f"{folder}/pandoc/{stem.removesuffix('_' + reading) if reading else stem}.docx"
        if not os.path.exists(path):
            counts["without a document"] += 1
            continue
        tree = subprocess.run(
            ["pandoc", "-f", "native", "-t", "json", f"{folder}/pandoc-native/{name}"], capture_output=True)
        if tree.returncode:
            counts["tree of another pandoc"] += 1
            continue
        if reading == "all":
            counts["both readings at once"] += 1
            continue
        theirs = Tree(json.loads(tree.stdout)["blocks"])
        run = subprocess.run(
            [program, "extract", path, "--revisions", reading or "accept", "--comments", "--quiet"], capture_output=True)
        lines = run.stdout.decode().splitlines()
        own = ours(lines[0]) if lines else (collections.Counter(), [], [])
        notes = []
        if own[0] != theirs.words:
            missing, more = theirs.words - own[0], own[0] - theirs.words
            notes.append(
                f"{sum(missing.values())} words fewer ({' '.join(list(missing)[:4])}), {sum(more.values())} more ({' '.join(list(more)[:4])})")
        if own[1] != theirs.headings:
            notes.append(f"headings {own[1][:3]}, expected {theirs.headings[:3]}")
        if own[2] != theirs.cells:
            notes.append(f"{len(own[2])} cells with text, expected {len(theirs.cells)}")
        counts["different" if notes else "equal"] += 1
        if notes:
            rows.append(f"| {stem.removeprefix('docx_')} | {'; '.join(notes)} |")
    print("| case | how it differs |\n| --- | --- |\n" + "\n".join(rows))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
