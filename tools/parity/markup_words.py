#!/usr/bin/env python3
"""Whether words are joined or parted in what Shardmill makes of HTML, JATS, TEI and RFC XML.

Run: markup_words.py SHARDMILL FOLDER-OR-FILE… [--list N]

The ledger of the markup dialects balances visible characters; white space is laid out anew, so a space too few or too many does not show
there. This count is independent of Shardmill's reader: Python's own parsers (expat, html.parser) give the text between tags. Between the
text on both sides of a tag there may or must be a space, and that is what is compared, place by place:
  - white space in the source text must stay white space (unless it stands at a printed line end of TEI, where words are put together),
  - where no tag stands between two letters in the source, no white space may come between them,
  - where only inline tags stand between them (emphasis, spans, links), none may come either; a raised or lowered stretch may get a mark.
Characters are aligned by `difflib` over the words around, so what rules take out or put in is passed over. Prints a line a folder: files, words
compared, joined, parted.
"""
import argparse
import glob
import os
import re
import subprocess
import tempfile
from html.parser import HTMLParser
from xml.parsers import expat

INLINE = set(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong tt u var "
    "bold italic sc monospace overline underline styled-content named-content hi emph foreign ext-link xref uri email "
    "spanx bcp14 eref relref o:p st1:place st1:city st1:country-region".split())
DROPPED = {
    "html": {"script", "style", "noscript", "template", "nav", "select", "textarea", "button", "datalist", "svg", "title", "math"},
    "jats": {"journal-meta", "contrib-group", "aff", "author-notes", "pub-date", "history", "permissions", "article-categories",
             "article-id", "counts", "related-article", "self-uri", "custom-meta-group", "funding-group", "math", "tex-math"},
    "tei": {"encodingDesc", "publicationStmt", "sourceDesc", "revisionDesc", "langUsage", "respStmt", "sic", "orig", "abbr", "formula", "math"},
    "rfc": {"author", "area", "workgroup", "keyword", "seriesInfo", "format", "link", "toc", "boilerplate", "iref", "svg", "cref", "date"},
}
VOID = set("area base br col embed hr img input link meta source track wbr".split())
WORD = re.compile(r"[^\W_]+")
BREAK = "\x00"


class Page(HTMLParser):
    def __init__(self, out):
        super().__init__(convert_charrefs=True)
        self.out, self.depth, self.dropping = out, [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in INLINE:
            self.out.append(BREAK)
        if self.dropping or tag in DROPPED["html"]:
            if tag not in VOID:
                self.dropping += 1

    def handle_startendtag(self, tag, attrs):
        if tag not in INLINE:
            self.out.append(BREAK)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self.out.append(BREAK)
        if self.dropping and tag not in VOID:
            self.dropping -= 1

    def handle_data(self, data):
        if not self.dropping:
            self.out.append(data)


def source_of(raw, kind):
    out = []
    if kind == "html":
        page = Page(out)
        page.feed(raw.decode("utf-8", "replace"))
        page.close()
        return "".join(out)
    parser, depth = expat.ParserCreate(), [0]
    parser.UseForeignDTD(True)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def start(name, attrs):
        name = name.split(":")[-1]
        if name not in INLINE:
            out.append(BREAK)
        if depth[0] or name in DROPPED[kind]:
            depth[0] += 1

    def end(name):
        if name.split(":")[-1] not in INLINE:
            out.append(BREAK)
        if depth[0]:
            depth[0] -= 1

    def text(data):
        if not depth[0]:
            out.append(data)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.SkippedEntityHandler = lambda name, is_parameter: out.append(" ")
    parser.Parse(raw, True)
    return "".join(out)


def words(text, tags):
    return [w for w in WORD.findall(text.replace(BREAK, " ") if tags else text)]


def compare(source, ours):
    """Words of the source that stand in ours only joined to their neighbour, and words of ours that are one in the source."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, list_of_words in (("a", source), ("b", ours)):
            paths.append(os.path.join(folder, name))
            with open(paths[-1], "w") as file:
                file.write("\n".join(list_of_words) + "\n")
        lines = subprocess.run(["diff", "-d", "--unchanged-line-format=", "--old-line-format=-%L", "--new-line-format=+%L",
                                *paths], capture_output=True, text=True).stdout.split("\n")
    joined, parted, run = [], [], []

    def settle():
        old = [l[1:] for l in run if l[0] == "-"]
        new = [l[1:] for l in run if l[0] == "+"]
        for one, other, found in ((new, old, joined), (old, new, parted)):
            for word in one:
                spans = ((i, j) for i in range(len(other)) for j in range(i + 2, min(i + 6, len(other)) + 1))
                span = next((s for s in spans if "".join(other[s[0]:s[1]]) == word), None)
                if span:
                    found.append(" ".join(other[span[0]:span[1]]))
                    del other[span[0]:span[1]]
        run.clear()

    for line in lines:
        if line[:1] in "+-" and line:
            run.append(line)
        if len(run) > 400:
            settle()
    settle()
    return joined, parted


def kind_of(path):
    for name, kind in (("html", "html"), ("jats", "jats"), ("tei", "tei"), ("rfc", "rfc")):
        if name in os.path.dirname(path):
            return kind
    return "html"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("paths", nargs="+")
    arguments.add_argument("--list", type=int, default=0)
    options = arguments.parse_args()
    for path in options.paths:
        files = sorted(f for f in glob.glob(path + "/**/*", recursive=True) if re.search(r"\.(x?html?|n?xml)(\.zst)?$", f)) if os.path.isdir(path) else [path]
        total = count = 0
        all_joined, all_parted = [], []
        for file in files:
            raw = subprocess.run(["zstd", "-dcq", file], capture_output=True).stdout if file.endswith(".zst") else open(file, "rb").read()
            run = subprocess.run([options.tool, "extract", "--format", "text", file], capture_output=True)
            if run.returncode != 0:
                continue
            try:
                source = words(source_of(raw, kind_of(file)), True)
            except expat.ExpatError as error:
                print(f"{file}: {error}")
                continue
            ours = words(re.sub(r"<br>|\\\|", " ", run.stdout.decode("utf-8")), False)
            joined, parted = compare(source, ours)
            count, total = count + 1, total + len(source)
            all_joined += joined
            all_parted += parted
        print(f"{path}: {count} files, {total} words, {len(all_joined)} joined, {len(all_parted)} parted")
        for name, found in (("joined", all_joined), ("parted", all_parted)):
            for item in found[: options.list]:
                print(f"  {name}: {item}")


if __name__ == "__main__":
    main()
