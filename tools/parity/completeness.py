#!/usr/bin/env python3
"""How many of the words of Word documents a converter brings out, in order: Shardmill beside pandoc, python-docx, markitdown and docling.

Run: completeness.py SHARDMILL FOLDER-OR-FILE… [--only NAME,…] [--list N]   (whatever peers are installed are shown)

The count is independent of Shardmill's reader: a walk over the tree of word/document.xml takes the text of every w:t, except in
  - w:del and w:moveFrom (deleted text) and mc:Fallback (a second form of what mc:Choice holds),
  - paragraphs of contents styles (toc 1 … 9, tables of figures, contents headings),
  - paragraphs of cover styles before the first heading (of the footer style, where framed), and tables before it that hold one.
These are the parts that Shardmill drops by named rules. A word is a run of Latin letters and digits, or one other letter. Words that a
converter does not bring are missing. They are counted without order for every reader, which is kind to all, and in the order of the
document for Shardmill: the lines that `diff --minimal` reports as removed between two lists of words, which takes hours where
much differs. Prints a Markdown table and, last, one JSON object.
"""
import argparse
import collections
import concurrent.futures
import glob
import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from xml.etree import ElementTree as etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
WORD = re.compile(r"[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+|[^\W_]")
COVER = {"za", "zb", "zc", "zd", "zg", "zgsm", "zh", "zk", "zt", "ztd", "zu", "zv"}
BREAKS = {W + n for n in ("tab", "br", "cr", "sym", "footnoteReference", "endnoteReference", "commentReference", "ptab", "object")}


class Styles:
    """What a paragraph style is, by the name of the style or of the nearest one below it that says so."""

    def __init__(self, xml):
        self.kinds, self.default = {}, None
        if xml is None:
            return
        root = etree.fromstring(xml)
        names, below = {}, {}
        for style in root.iter(W + "style"):
            if style.get(W + "type") != "paragraph":
                continue
            key = style.get(W + "styleId")
            name, based, level = style.find(W + "name"), style.find(W + "basedOn"), style.find(f"{W}pPr/{W}outlineLvl")
            names[key] = ((name.get(W + "val") if name is not None else key).lower(), level is not None and level.get(W + "val") != "9")
            below[key] = based.get(W + "val") if based is not None else None
        for key in names:
            at, seen = key, set()
            while at in names and at not in seen:
                seen.add(at)
                kind = self.kind_of(*names[at])
                if kind:
                    self.kinds[key] = kind
                    break
                at = below.get(at)

    @staticmethod
    def kind_of(name, outlined):
        if re.fullmatch(r"toc \d|toc heading|table of figures|tt", name):
            return "contents"
        if name in COVER:
            return "cover"
        if name == "fp":
            return "footer"
        if re.match(r"heading \d", name) or outlined:
            return "heading"
        return None


def words_of_source(path):
    archive = zipfile.ZipFile(path)
    styles = Styles(archive.read("word/styles.xml") if "word/styles.xml" in archive.namelist() else None)
    root = etree.fromstring(archive.read("word/document.xml"))
    out, state = [], {"heading": False}

    def kind(paragraph):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return styles.kinds.get(style.get(W + "val")) if style is not None else None

    def is_cover(paragraph, in_table=False):
        k = kind(paragraph)
        return k == "cover" or k == "footer" and (in_table or paragraph.find(f"{W}pPr/{W}framePr") is not None)

    def walk(node, inner):
        tag = node.tag
        if not isinstance(tag, str) or tag in (W + "del", W + "moveFrom", MC + "Fallback", W + "tabs", W + "rPrChange", W + "pPrChange"):
            return
        if tag == W + "p":
            k = kind(node)
            if k == "contents":
                return
            if not state["heading"] and is_cover(node):
                return
            if k == "heading":
                state["heading"] = True
            out.append(" ")
        elif tag == W + "tbl" and not state["heading"] and any(is_cover(p, True) for p in node.iter(W + "p")):
            return
        elif tag == W + "t":
            out.append(node.text or "")
            return
        elif tag == W + "noBreakHyphen":
            out.append("-")
        elif tag in BREAKS or tag == M + "oMath":
            out.append(" ")
        elif tag == M + "t":
            return
        for child in node:
            walk(child, inner)
        if tag in (W + "p", M + "oMath"):
            out.append(" ")

    sys.setrecursionlimit(100000)
    walk(root, False)
    return words("".join(out))


def words(text):
    return WORD.findall(html.unescape(text).replace("\u00ad", ""))


def missing(reference, found):
    """Words of `reference` that are not in `found`, in whatever order."""
    return list((collections.Counter(reference) - collections.Counter(found)).elements())


def missing_in_order(reference, found, folder):
    """Words of `reference` that are not in `found` in order."""
    a, b = os.path.join(folder, "a"), os.path.join(folder, "b")
    for path, list_ in ((a, reference), (b, found)):
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(list_) + "\n")
    done = subprocess.run(["diff", "--minimal", a, b], capture_output=True, text=True)
    gone = [line[2:] for line in done.stdout.splitlines() if line.startswith("< ")]
    return gone


def by_shardmill(tool, path):
    return subprocess.run([tool, "extract", path, "--format", "text", "--quiet"], capture_output=True, check=True).stdout.decode()


def by_pandoc(path):
    return subprocess.run(["pandoc", "-f", "docx", "-t", "plain", "--wrap=none", path], capture_output=True, check=True).stdout.decode()


def by_python_docx(path):
    import docx
    from docx.table import Table
    out = []
    for block in docx.Document(path).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                out.append("\t".join(cell.text for cell in row.cells))
        else:
            out.append(block.text)
    return "\n".join(out)


def by_markitdown(path):
    from markitdown import MarkItDown
    return MarkItDown().convert(path).text_content


def by_docling(path):
    from pathlib import Path
    from docling.backend.msword_backend import MsWordDocumentBackend
    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.document import InputDocument
    source = InputDocument(path_or_stream=Path(path), format=InputFormat.DOCX, backend=MsWordDocumentBackend)
    return source._backend.convert().export_to_markdown()


READERS = {"shardmill": by_shardmill, "pandoc": by_pandoc, "python-docx": by_python_docx, "markitdown": by_markitdown, "docling": by_docling}
MODULES = {"python-docx": "docx", "markitdown": "markitdown", "docling": "docling"}


def installed(only):
    found = []
    for name in READERS:
        if only and name not in only:
            continue
        if name == "pandoc" and not shutil.which("pandoc") or name in MODULES and importlib.util.find_spec(MODULES[name]) is None:
            print(f"{name}: not installed", file=sys.stderr)
        else:
            found.append(name)
    return found


def compare(job):
    """One file by each reader: the number of words, and for each reader the words missing and its failure."""
    path, names, tool = job
    reference, results = words_of_source(path), {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            failure = None
            try:
                found = words(by_shardmill(tool, path) if name == "shardmill" else READERS[name](path))
                gone = missing_in_order(reference, found, folder) if name == "shardmill" else missing(reference, found)
            except Exception as error:  # a peer's failure is a result: the document is lost to it
                failure, gone = f"{os.path.basename(path)}: {str(error)[:120]}", reference
            results[name] = (gone, failure)
    return path, len(reference), results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shardmill")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", type=int, default=0, help="show the first N missing words of each file")
    options = parser.parse_args()
    files = []
    for given in options.inputs:
        files += sorted(glob.glob(given + "/**/*.docx", recursive=True)) if os.path.isdir(given) else [given]
    names = installed([n for n in options.only.split(",") if n])
    total, lost, short, failed = 0, dict.fromkeys(names, 0), dict.fromkeys(names, 0), {name: [] for name in names}
    # Threads: the work is in the converters and in `diff`, and a pool of processes can hang when it ends.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, count, results in pool.map(compare, [(path, names, options.shardmill) for path in files]):
            total += count
            for name, (gone, failure) in results.items():
                lost[name] += len(gone)
                short[name] += bool(gone)
                failed[name] += [failure] if failure else []
                if gone and options.list:
                    print(f"{name} {os.path.basename(path)}: {len(gone)} of {count}: {' '.join(gone[:options.list])}", file=sys.stderr)
    print("| reader | words missing | share kept | files with a missing word | files it cannot read |")
    print("| --- | --: | --: | --: | --: |")
    for name in names:
        print(f"| {name} | {lost[name]:,} | {100 * (1 - lost[name] / max(total, 1)):.4f}% | {short[name]} | {len(failed[name])} |")
    print(json.dumps(dict(files=len(files), words=total, missing=lost, failed=failed)))


if __name__ == "__main__":
    main()
