#!/usr/bin/env python3
"""Writes Sources/Tokenization/Unicode/UnicodeData.swift from what Hugging Face `tokenizers` really does.

    python tools/parity/unicode_tables.py > Sources/Tokenization/Unicode/UnicodeData.swift

Every engine inside `tokenizers` knows another Unicode version (0.23.3: regular expressions 16, digits 17, normalisers 9),
so the tables are read off the library, code point by code point, instead of being taken from one version of the standard.
Python's own `unicodedata` only proposes candidates; each is kept where `tokenizers` agrees.
"""
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def isolated(splitter):
    """The code points that `splitter` takes as a piece of their own."""
    found = set()
    for start in range(0, len(POINTS), 512):
        chunk = POINTS[start : start + 512]
        text = "".join("\x01" + chr(c) for c in chunk) + "\x01"
        for piece, _ in splitter.pre_tokenize_str(text):
            if len(piece) == 1:
                found.add(ord(piece))
    found.discard(1)
    return found


def ranges(points):
    out = []
    for c in sorted(points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return ["%X" % a if a == b else "%X-%X" % (a, b) for a, b in out]


def combining_classes():
    """Runs `FIRST-LAST:CLASS`; a class is kept where NFD reorders as it asks."""
    nfd, runs = normalizers.NFD(), []
    for c in POINTS:
        k = unicodedata.combining(chr(c))
        if k == 0:
            continue
        tests = ["a" + chr(c) + "\u0334", "a\u0345" + chr(c), "a\u0334" + chr(c), "a" + chr(c) + "\u0345"]
        if any(nfd.normalize_str(s) != unicodedata.normalize("NFD", s) for s in tests):
            continue
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == k:
            runs[-1][1] = c
        else:
            runs.append([c, c, k])
    return ["%X:%X" % (a, k) if a == b else "%X-%X:%X" % (a, b, k) for a, b, k in runs]


def decompositions():
    """Words: `=CODE` sets the code point of the next word; a word is its one-step decomposition `A` or `A+B`; a `!` before
    it says that NFC never composes it."""
    nfd, nfc, words, expected = normalizers.NFD(), normalizers.NFC(), [], -1
    for c in POINTS:
        d = unicodedata.decomposition(chr(c))
        if not d or d[0] == "<" or nfd.normalize_str(chr(c)) == chr(c):
            continue
        if c != expected:
            words.append("=%X" % c)
        expected = c + 1
        parts = d.split()
        composes = nfc.normalize_str(chr(c)) == chr(c)
        words.append(("" if composes or len(parts) == 1 else "!") + "+".join("%X" % int(p, 16) for p in parts))
    return words


def literal(name, note, words):
    print(f"    /// {note}")
    print(f'    static let {name}: StaticString = """')
    line = ""
    for word in words:
        if line and len(line) + len(word) > 110:
            print(f"        {line} \\")
            line = ""
        line += (" " if line else "") + word
    print(f"        {line}")
    print('        """\n')


letters = isolated(pre_tokenizers.Split(Regex(r"\p{L}"), "isolated"))
numbers = isolated(pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"))
digits = isolated(pre_tokenizers.Digits(individual_digits=True))
spaces = isolated(pre_tokenizers.Split(Regex(r"\s"), "isolated"))
print("// Written by tools/parity/unicode_tables.py: change that, not this.\n")
print(f"/// Unicode as Hugging Face `tokenizers` {tokenizers.__version__} sees it, in hexadecimal words. Its parts know different")
print("/// versions of Unicode, and ids depend on each.")
print("enum UnicodeData {")
literal("letters", r"`\p{L}` of its regular expressions: code points and ranges.", ranges(letters))
literal("numbers", r"`\p{N}` of its regular expressions.", ranges(numbers))
literal("laterDigits", "What its `Digits` takes as numeric beyond `numbers`.", ranges(digits - numbers))
literal("whiteSpace", r"`\s` of its regular expressions.", ranges(spaces))
literal("combiningClasses", "Canonical combining classes other than 0: range, colon, class.", combining_classes())
literal(
    "decompositions",
    "Canonical decompositions, one step: `=` sets the code point, each word is the next one's; `!`: never composed.",
    decompositions())
print("}")
