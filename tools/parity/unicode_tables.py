#!/usr/bin/env python3
"""Writes Sources/Tokenization/Unicode/UnicodeData.swift from what Hugging Face `tokenizers` really does.

    python tools/parity/unicode_tables.py > Sources/Tokenization/Unicode/UnicodeData.swift
    python tools/parity/unicode_tables.py properties > Sources/Tokenization/Unicode/UnicodePropertyData.swift

Every engine inside `tokenizers` knows another Unicode version (0.23.3: regular expressions 16, digits 17, normalisers 9),
so the tables are read off the library, code point by code point, instead of being taken from one version of the standard.
Python's own `unicodedata` only proposes candidates; each is kept where `tokenizers` agrees.
"""
import sys
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


CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co".split()
SCRIPTS = (
    "Adlam:Adlm Ahom:Ahom Anatolian_Hieroglyphs:Hluw Arabic:Arab Armenian:Armn Avestan:Avst Balinese:Bali Bamum:Bamu "
    "Bassa_Vah:Bass Batak:Batk Bengali:Beng Bhaiksuki:Bhks Bopomofo:Bopo Brahmi:Brah Braille:Brai Buginese:Bugi Buhid:Buhd "
    "Canadian_Aboriginal:Cans Carian:Cari Caucasian_Albanian:Aghb Chakma:Cakm Cham:Cham Cherokee:Cher Chorasmian:Chrs "
    "Common:Zyyy Coptic:Copt Cuneiform:Xsux Cypriot:Cprt Cypro_Minoan:Cpmn Cyrillic:Cyrl Deseret:Dsrt Devanagari:Deva "
    "Dives_Akuru:Diak Dogra:Dogr Duployan:Dupl Egyptian_Hieroglyphs:Egyp Elbasan:Elba Elymaic:Elym Ethiopic:Ethi Garay:Gara "
    "Georgian:Geor Glagolitic:Glag Gothic:Goth Grantha:Gran Greek:Grek Gujarati:Gujr Gunjala_Gondi:Gong Gurmukhi:Guru "
    "Gurung_Khema:Gukh Han:Hani Hangul:Hang Hanifi_Rohingya:Rohg Hanunoo:Hano Hatran:Hatr Hebrew:Hebr Hiragana:Hira "
    "Imperial_Aramaic:Armi Inherited:Zinh Inscriptional_Pahlavi:Phli Inscriptional_Parthian:Prti Javanese:Java Kaithi:Kthi "
    "Kannada:Knda Katakana:Kana Kawi:Kawi Kayah_Li:Kali Kharoshthi:Khar Khitan_Small_Script:Kits Khmer:Khmr Khojki:Khoj "
    "Khudawadi:Sind Kirat_Rai:Krai Lao:Laoo Latin:Latn Lepcha:Lepc Limbu:Limb Linear_A:Lina Linear_B:Linb Lisu:Lisu Lycian:Lyci "
    "Lydian:Lydi Mahajani:Mahj Makasar:Maka Malayalam:Mlym Mandaic:Mand Manichaean:Mani Marchen:Marc Masaram_Gondi:Gonm "
    "Medefaidrin:Medf Meetei_Mayek:Mtei Mende_Kikakui:Mend Meroitic_Cursive:Merc Meroitic_Hieroglyphs:Mero Miao:Plrd Modi:Modi "
    "Mongolian:Mong Mro:Mroo Multani:Mult Myanmar:Mymr Nabataean:Nbat Nag_Mundari:Nagm Nandinagari:Nand New_Tai_Lue:Talu "
    "Newa:Newa Nko:Nkoo Nushu:Nshu Nyiakeng_Puachue_Hmong:Hmnp Ogham:Ogam Ol_Chiki:Olck Ol_Onal:Onao Old_Hungarian:Hung "
    "Old_Italic:Ital Old_North_Arabian:Narb Old_Permic:Perm Old_Persian:Xpeo Old_Sogdian:Sogo Old_South_Arabian:Sarb "
    "Old_Turkic:Orkh Old_Uyghur:Ougr Oriya:Orya Osage:Osge Osmanya:Osma Pahawh_Hmong:Hmng Palmyrene:Palm Pau_Cin_Hau:Pauc "
    "Phags_Pa:Phag Phoenician:Phnx Psalter_Pahlavi:Phlp Rejang:Rjng Runic:Runr Samaritan:Samr Saurashtra:Saur Sharada:Shrd "
    "Shavian:Shaw Siddham:Sidd SignWriting:Sgnw Sinhala:Sinh Sogdian:Sogd Sora_Sompeng:Sora Soyombo:Soyo Sundanese:Sund "
    "Sunuwar:Sunu Syloti_Nagri:Sylo Syriac:Syrc Tagalog:Tglg Tagbanwa:Tagb Tai_Le:Tale Tai_Tham:Lana Tai_Viet:Tavt Takri:Takr "
    "Tamil:Taml Tangsa:Tnsa Tangut:Tang Telugu:Telu Thaana:Thaa Thai:Thai Tibetan:Tibt Tifinagh:Tfng Tirhuta:Tirh Todhri:Todr "
    "Toto:Toto Tulu_Tigalari:Tutg Ugaritic:Ugar Vai:Vaii Vithkuqi:Vith Wancho:Wcho Warang_Citi:Wara Yezidi:Yezi Yi:Yiii "
    "Zanabazar_Square:Zanb").split()
ALL = "".join(map(chr, POINTS))


def matching(pattern):
    """The code points that a regular expression matches alone."""
    mark = "\x02"
    done = normalizers.Replace(Regex(pattern), mark).normalize_str(ALL)
    found = {c for c, d in zip(POINTS, done) if d == mark}
    return found if Regex and normalizers.Replace(Regex(pattern), mark).normalize_str("\x03\x02").count(mark) > 1 else found - {2}


def removed(normalizer):
    """The code points that a normaliser removes."""
    mark = "\u3042"  # which no normaliser touches, nor makes of anything else
    points = [c for c in POINTS if chr(c) != mark]
    parts = normalizer.normalize_str("".join(mark + chr(c) for c in points)).split(mark)[1:]
    assert len(parts) == len(points)
    return {c for c, part in zip(points, parts) if part == ""}


def mapped(normalizer, points):
    """What a normaliser makes of each code point where it is another; the code point stands between letters."""
    parts = normalizer.normalize_str("\n".join(chr(c) for c in points)).split("\n")
    assert len(parts) == len(points)
    return [(c, part) for c, part in zip(points, parts) if part != chr(c)]


def mapping_words(pairs):
    words, expected = [], -1
    for c, part in pairs:
        if c != expected:
            words.append("=%X" % c)
        expected = c + 1
        words.append("+".join("%X" % ord(x) for x in part))
    return words


def rust_words():
    """`\\w` of Rust's regular expressions."""
    found, splitter = set(), pre_tokenizers.Whitespace()
    for start in range(0, len(POINTS), 4096):
        chunk = POINTS[start : start + 4096]
        text = " ".join("a" + chr(c) for c in chunk)
        for piece, (first, last) in splitter.pre_tokenize_str(text):
            if last - first == 2 and piece[0] == "a":
                found.add(ord(piece[1]))
    return found


def fold_classes():
    cased = [c for c in POINTS if chr(c).lower() != chr(c) or chr(c).upper() != chr(c) or chr(c).casefold() != chr(c)]
    cased = sorted(set(cased) | set(ord(x) for c in cased for x in chr(c).lower() + chr(c).upper() + chr(c).casefold()))
    text, seen, words = "\n".join(map(chr, cased)), set(), []
    for c in cased:
        if c in seen:
            continue
        done = normalizers.Replace(Regex("(?i:\\x{%X})" % c), "\x02").normalize_str(text).split("\n")
        same = [d for d, part in zip(cased, done) if part == "\x02"]
        seen.update(same)
        if len(same) > 1:
            words.append("+".join("%X" % d for d in same))
    return words


def write_properties():
    print("// Written by tools/parity/unicode_tables.py: change that, not this.\n")
    print(f"/// More of Unicode as Hugging Face `tokenizers` {tokenizers.__version__} sees it, in hexadecimal words.")
    print("enum UnicodePropertyData {")
    runs = []
    for number, name in enumerate(CATEGORIES):
        if name != "Cs":
            runs += [(word, number) for word in ranges(matching(r"\p{%s}" % name))]
    runs.sort(key=lambda run: int(run[0].split("-")[0], 16))
    literal("categories", "General categories: range, colon, place in " + " ".join(CATEGORIES[:5]) + " …; others: Cn.",
            ["%s:%X" % run for run in runs])
    runs = []
    for number, names in enumerate(SCRIPTS):
        runs += [(word, number) for word in ranges(matching(r"\p{%s}" % names.split(":")[0]))]
    runs.sort(key=lambda run: int(run[0].split("-")[0], 16))
    literal("scripts", "Scripts: range, colon, place in `scriptNames`.", ["%s:%X" % run for run in runs])
    literal("scriptNames", "Names of scripts: long, colon, short.", SCRIPTS)
    literal("categoryNames", "Names of categories.", CATEGORIES)
    literal("alphabetic", r"`\p{Alphabetic}`.", ranges(matching(r"\p{Alphabetic}")))
    literal("uppercase", r"`\p{Uppercase}`.", ranges(matching(r"\p{Uppercase}")))
    literal("lowercase", r"`\p{Lowercase}`.", ranges(matching(r"\p{Lowercase}")))
    literal("words", r"`\w` of Oniguruma.", ranges(matching(r"\w")))
    literal("wordsOfRust", r"`\w` of Rust's regular expressions.", ranges(rust_words()))
    literal("folds", "Characters that are the same without case.", fold_classes())
    literal("punctuation", "What `Punctuation` takes for it.", ranges(isolated(pre_tokenizers.Punctuation())))
    literal("accents", "What `StripAccents` removes.", ranges(removed(normalizers.StripAccents())))
    bert = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    literal("controls", "What `BertNormalizer` removes.", ranges(removed(bert)))
    points = [c for c in POINTS if c != 10]
    bert = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    literal("accentsOfBert", "What `BertNormalizer` takes for accents.", ranges(removed(bert)))
    literal("lowercased", "What `Lowercase` makes of characters: `=` sets the first, each word is the next one's.",
            mapping_words(mapped(normalizers.Lowercase(), points)))
    canonical = dict(mapped(normalizers.NFD(), points))
    compatible = [(c, part) for c, part in mapped(normalizers.NFKD(), points) if canonical.get(c, chr(c)) != part]
    literal("compatibility", "Whole compatibility decompositions where they are not the canonical ones, written as above.",
            mapping_words(compatible))
    print("}")


if sys.argv[1:] == ["properties"]:
    write_properties()
    sys.exit()

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
