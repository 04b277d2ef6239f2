#!/usr/bin/env python3
"""What Oniguruma inside Hugging Face `tokenizers` matches, for comparison with the engine for split patterns.

    python tools/parity/expressions_random.py COUNT SEED OUT
        OUT: JSON lines {"pattern", "rows": [{"text", "matches"}]}: the matches that are not empty, COUNT texts for each pattern
"""
import json
import random
import sys

from tokenizers import Regex, pre_tokenizers

PATTERNS = r"""
a|ab|abc
(?:a|ab)(?:c|bcd)
a*?b|.+?c
[a-c]{2,3}x?|[^a-c\s]{1,4}
a{2}?
(ab){,2}c
\p{N}{1,3}+
a++b|a*+c|[ab]?+b
(?>a+b?|ab)c
(?=a)\w+|(?!b)\S
(?<=a)b|(?<!a)c|(?<=ab|c)d
(?<!\w)\w|\w(?!\w)
^a|b$|^$
^\s*|\s+$
\Aa|b\z|c\Z
\b\w+\b|\B\W\B
.+
(?m:a.b)
(?i)hello|σας|[k-s]+|\u0130|ǆ
(?i:é|ж|[å])+
a(?i)b|c
(?i-m:A(?-i:b)C)+
(?x: a b # comment
 | c )
(?#comment)[[:alpha:]]+|[[:^space:]]
[[:upper:]][[:lower:]]*|[[:digit:][:punct:]]+|[[:cntrl:][:blank:]]
[[:alnum:]]+|[[:graph:]]|[[:print:]]
[[:word:]]+|[[:xdigit:]]
[\w½]+|[^\w]|[\W\d]
[[:punct:]]+|\p{Punct}|[[:ascii:]]
[a-z&&[^aeiou]]+|[\p{L}&&\p{Han}]+
[^\p{L}\p{N}&&[^_]]+
[]a-]+|[\]\-x]+|[a\-z]+
[\n\r\t\x41\u00e9\x{1F600}]+
\p{Lu}+\p{Ll}*|\p{Lt}|\p{Lm}+|\p{Lo}{1,2}
\p{Greek}+|\p{Cyrillic}+|\p{Hiragana}\p{Katakana}?|\p{Thai}+|\p{Hangul}|\p{Arabic}+
\p{^L}+|\P{Han}
\p{Uppercase_Letter}|\p{Alphabetic}+|\p{White_Space}
\p{M}+|\p{Mn}|\p{Mc}
\p{P}+|\p{S}+|\p{Sc}|\p{Zs}+|\p{Cc}
\p{Nd}+|\p{Nl}|\p{No}+
\d+|\D|\h+|\H
\s+(?!\S)|\s+|\S+
\R|\N+
\w+|\W
[\s\S]{1,3}
(?:\r\n|\r|\n)+
(a|b)*c|(?:ab*)+
(a*)*b|(a+)+c
(?:a?){3}b
((a)|(b))+?c
'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
[一-龥぀-ゟ゠-ヿ]+
(?:^|(?<=\s))\S{1,3}|\d{1,3}(?=(?:\d{3})*(?:\D|$))
 ?\p{L}+| ?\p{N}{1}| ?[^\s\p{L}\p{N}]+|\s+
[^\S\n]+|\n+
(?:[\p{Lu}\p{Lt}]+(?=[\p{Lu}\p{Lt}][\p{Ll}])|[\p{Lu}\p{Lt}]?[\p{Ll}]+|[\p{Lu}\p{Lt}]+)
(?<=\p{Ll})(?=\p{Lu})\p{Lu}|\p{Ll}(?!\p{Ll})
<[^<>]*>|&\w+;|https?://\S+
\{[^{}]*\}|\([^()]*\)|{|a{|a{1|a{,b
\.\.\.|[.!?]+(?=\s|$)
(?:(?:a|b|aa)+,?)+
(?:x|(?:y(?:z|(?:1|2)*)*)*)+
\x{3b1}-?\x{3c9}|[α-ω]+|[Α-Ω]
""".split("\n")
PATTERNS = [p for p in PATTERNS if p]
PATTERNS[PATTERNS.index("(?x: a b # comment")] += "\n" + PATTERNS.pop(PATTERNS.index("(?x: a b # comment") + 1)
POOLS = ["abc", "abcd  ", "ABCabc", "a b\n", "0123456789", "  \t\n\r", "'’.,;!?-_", "[]{}()<>&$+=^`|~", "xyz12", "éèßẞåÅſKſσςΣİıǅǆ", "你好世界中", "ひらカタ",
         "한국각", "αβγΩΣ", "абвГД", "ไทยاللغة", "\u0301\u0308\u093f", "\u00a0\u2003\u3000\u2028\u0085", "😀👍", "²³½Ⅷ٣५〇", "\u0000\u0001\u007f",
         "₀ªº€£×÷", "ʰˀǅᾈ", "{1,2}a{1a{"]


def text(r):
    parts = []
    for _ in range(r.randint(1, 10)):
        k = r.random()
        if k < 0.75:
            pool = r.choice(POOLS)
            parts.append("".join(r.choice(pool) for _ in range(r.randint(1, 6))))
        elif k < 0.85:
            parts.append(r.choice(r.choice(POOLS)) * r.randint(1, 12))
        elif k < 0.93:
            parts.append(r.choice(["straße", "STRASSE", "http://a.b ", "<b>", "camelCase", "don't", "ab,aab", "aaac", "ΣΑΣ σας", "\r\n"]))
        else:
            c = r.choice([r.randrange(0x300), r.randrange(0x3000), r.randrange(0x10000), r.randrange(0x20000)])
            parts.append(chr(c) if not 0xD800 <= c <= 0xDFFF else "?")
    return "".join(parts)


count, seed, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with open(out, "w", encoding="utf-8") as f:
    for number, pattern in enumerate(PATTERNS):
        r = random.Random(seed * 1000 + number)
        splitter = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
        rows = []
        for _ in range(count):
            t = text(r)
            rows.append({"text": t, "matches": [piece for piece, _ in splitter.pre_tokenize_str(t)]})
        f.write(json.dumps({"pattern": pattern, "rows": rows}) + "\n")
