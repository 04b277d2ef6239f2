#!/usr/bin/env python3
"""Compares the LaTeX of every formula in .docx files with pandoc's, token by token.

Run: formulas.py SHARDMILL FOLDER...     (needs pandoc on PATH)

All formulas are put into one document, a paragraph each, which both programs read. Tokens are compared after taking away what only
spaces, groups or names the same thing differently; what remains different is sorted by its reason (docs/wordprocessingml.md). Prints one JSON
object; exit status 1 where a difference has no reason.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
# One symbol, several names.
SAME = {
    "\\le": "\\leq", "\\ge": "\\geq", "\\ne": "\\neq", "\\prime": "'", "\\vert": "|", "\\mid": "|", "\\|": "\\Vert",
    "\\parallel": "\\Vert", "\\bar": "\\overline", "\\epsilon": "\\varepsilon", "\\phi": "\\varphi", "\\ast": "*",
    "\\lbrack": "[", "\\rbrack": "]", "\\lbrace": "\\{", "\\rbrace": "\\}", "\\dots": "\\ldots", "\\to": "\\rightarrow",
    "\\triangle": "\\Delta", "\\smallsetminus": "\\setminus", "\\backslash": "\\setminus", "\\widetilde": "\\tilde",
    "\\widehat": "\\hat", "\\varnothing": "\\emptyset", "–": "-", "−": "-", "\u2010": "-", "∙": "\\bullet", "•": "\\bullet",
    "μ": "\\mu", "µ": "\\mu", "≤": "\\leq", "≥": "\\geq", "∈": "\\in", "…": "\\ldots", "’": "'", "×": "\\times", "⋅": "\\cdot",
    "Δ": "\\Delta", "∆": "\\Delta", "π": "\\pi", "α": "\\alpha", "β": "\\beta", "≠": "\\neq", "→": "\\rightarrow",
}
GONE = set(
    "{ } \\left \\right \\middle \\text \\mathrm \\operatorname \\operatorname* \\mathbf \\boldsymbol \\mathit \\, \\: \\; \\! \\quad "
    "\\qquad \\limits \\nolimits \\textbf \\textit \\mathsf \\mathop ~".split()
) | {"\\ "}
FUNCTIONS = set("max min mod log cos sin exp ln lim arg sup inf deg tan Pr det lg arctan gcd cot".split())
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.S)


def tokens(latex):
    """What a formula says, without how it is laid out."""
    for name, text in (("backslash", "\\backslash "), ("asciicircum", "\\wedge "), ("asciitilde", "\\sim "), ("bar", "|")):
        latex = latex.replace("\\text" + name + "{}", text)
    for name, (begin, end) in {"p": "()", "b": "[]", "B": ("\\{", "\\}"), "v": "||", "V": ("\\Vert ", "\\Vert ")}.items():
        latex = latex.replace("\\begin{%smatrix}" % name, begin + "\\begin{matrix}")
        latex = latex.replace("\\end{%smatrix}" % name, "\\end{matrix}" + end)
    latex = latex.replace("\\begin{cases}", "\\{\\begin{matrix}").replace("\\end{cases}", "\\end{matrix}")
    latex = re.sub(r"\\(begin|end)\{(aligned|array|gathered)\}(\{l\})?", r"\\\1{matrix}", latex)
    latex = re.sub(r"\\\\\s*\\end", r"\\end", latex)
    latex = re.sub(r"\\(left|right)\s*\.", " ", latex)
    latex = re.sub(r"\\mspace\{[^}]*\}", " ", latex)
    latex = re.sub(r"\\(begin|end)\{matrix\}", r" \\\1matrix ", latex)
    while True:
        # A script or base without content.
        shorter = re.sub(r"[_^]\{\s*\}", " ", latex)
        if shorter == latex:
            break
        latex = shorter
    out = []
    for token in TOKEN.findall(latex):
        if token.isspace() or token in GONE or ord(token[0]) in (0x2061, 0x200B, 0x2062):
            continue
        if token[0] == "\\" and token[1:] in FUNCTIONS:
            out += list(token[1:])
        else:
            out.append(SAME.get(token, token))
    return out


def reason(source):
    """Why a formula may read differently, from its source; None where nothing in it says so."""
    if re.search(r'<m:type m:val="(lin|skw)"', source):
        return "linear fraction: written a/b as the author did, pandoc stacks it"
    if 'm:val="noBar"' in source:
        return "fraction without a bar: pandoc draws one"
    if "<w:ins " in source or "<w:del " in source or "<w:moveTo " in source:
        return "tracked change inside: pandoc drops insertions in formulas"
    if "<m:eqArr>" in source and ("&amp;" in source or "<m:aln" in source):
        return "alignment mark: pandoc writes it as an ampersand of the text"
    if "<m:limLow>" in source:
        return "limit under more than a name: the same parts, another order"
    if "<w:br" in source or "<w:noBreakHyphen" in source or "<w:tab" in source or "<w:t>" in source or "<w:t " in source:
        return "ordinary text inside"
    return None


def formulas(folders):
    for folder in folders:
        for path in sorted(glob.glob(folder + "/**/*.docx", recursive=True) + glob.glob(folder + "/**/*.DOCX", recursive=True)):
            try:
                text = zipfile.ZipFile(path).read("word/document.xml").decode()
            except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, OSError):
                continue
            for source in re.findall(r"<m:oMath>.*?</m:oMath>", text, re.S):
                source = re.sub(r"<(/?)(?!/?[wm]:)([a-zA-Z0-9]+):[^>]*>", "", source)
                yield re.sub(r' (?![wm]:|xml:)[a-zA-Z0-9]+:[a-zA-Z]+="[^"]*"', "", source)


def mathematics(node, found):
    if isinstance(node, dict):
        if node.get("t") == "Math":
            found.append(node["c"][1])
        else:
            mathematics(node.get("c"), found)
    elif isinstance(node, list):
        for child in node:
            mathematics(child, found)


def main():
    program, folders = sys.argv[1], sys.argv[2:]
    sources = list(formulas(folders))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "formulas.docx")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("[Content_Types].xml", TYPES)
            package.writestr("_rels/.rels", RELATIONSHIPS)
            package.writestr("word/styles.xml", f"<w:styles {NAMESPACES}/>")
            body = "".join(
                f"<w:p><w:r><w:t>Q{number}: </w:t></w:r>{source}<w:r><w:t> z</w:t></w:r></w:p>"
                for number, source in enumerate(sources)
            )
            package.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        theirs = {}
        for block in json.loads(subprocess.run(["pandoc", "-f", "docx", "-t", "json", path], capture_output=True, check=True).stdout)["blocks"]:
            found = []
            mathematics(block["c"], found)
            theirs[int(block["c"][0]["c"].strip("Q:"))] = "".join(found)
        ours = {}
        text = subprocess.run([program, "extract", path, "--format", "text", "--quiet"], capture_output=True, check=True).stdout.decode()
        for block in text.split("\n\n"):
            match = re.match(r"Q(\d+): ?(.*) z$", block.strip(), re.S)
            if match:
                ours[int(match.group(1))] = re.sub(r"^\$+|\$+$", "", match.group(2).strip())
    equal, reasons, unexplained = 0, collections.Counter(), []
    for number, source in enumerate(sources):
        if tokens(ours.get(number, "")) == tokens(theirs.get(number, "")):
            equal += 1
        elif reason(source):
            reasons[reason(source)] += 1
        else:
            unexplained.append([ours.get(number), theirs.get(number)])
    summary = {"formulas": len(sources), "equal": equal, "different": reasons, "unexplained": len(unexplained)}
    print(json.dumps(summary | {"examples": unexplained[:20]}, ensure_ascii=False, indent=1))
    sys.exit(1 if unexplained or not sources else 0)


if __name__ == "__main__":
    main()
