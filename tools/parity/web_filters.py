"""What datatrove's web filters count and decide, for WebFilterParityTests.

web_filters.py FILE: JSON Lines with id and text in; out one JSON object a line: the words (spaCy's blank English splitter through
datatrove), every count the filters divide, and each filter's verdict (true, or the reason).
web_filters.py --exceptions: the forms that splitter knows, as {form: [words]}.
web_filters.py --versions: one line, to see that everything is there.
"""
import json
import sys
from collections import Counter

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.filters import gopher_repetition_filter as repetition
from datatrove.pipeline.filters.c4_filters import CITATION_REGEX, END_PUNCTUATION, POLICY_SUBSTRINGS
from datatrove.pipeline.filters.gopher_quality_filter import STOP_WORDS
from datatrove.utils.text import PUNCTUATION_SET, TERMINAL_PUNCTUATION, split_into_sentences, split_into_words


def counts(text):
    words = split_into_words(text)
    plain = [w for w in words if any(c not in PUNCTUATION_SET for c in w)]
    rows = text.splitlines()
    out = {"characters": len(text), "words": len(words), "newlines": text.count("\n")}
    out["gopher"] = {
        "plain_words": len(plain),
        "plain_word_characters": sum(map(len, plain)),
        "letter_words": sum(any(c.isalpha() for c in w) for w in words),
        "stop_words": len(set(STOP_WORDS) & set(words)),
        "hashes": text.count("#"),
        "ellipses": text.count("...") + text.count("…"),
        "lines": len(rows),
        "bullet_lines": sum(s.lstrip().startswith(("•", "-")) for s in rows),
        "ellipsis_lines": sum(s.rstrip().endswith(("...", "…")) for s in rows),
    }
    rules = GopherRepetitionFilter()
    lines = rules._line_splitter.split(text)
    paragraphs = rules.paragraph_exp.split(text.strip())
    out["repetition"] = r = {"lines": len(lines), "paragraphs": len(paragraphs)}
    r["repeated_lines"], r["repeated_line_characters"] = repetition.find_duplicates(lines)
    r["repeated_paragraphs"], r["repeated_paragraph_characters"] = repetition.find_duplicates(paragraphs)
    top = [repetition.get_n_grams(words, n) for n in (2, 3, 4)]
    r["top_ngram_characters"] = [repetition.find_top_duplicate(g) if g else 0 for g in top]
    r["repeated_ngram_characters"] = [repetition.find_all_duplicate(words, n) for n in range(5, 11)]
    lines = [s for s in text.split("\n") if s.strip() != ""]
    out["fineweb"] = {
        "lines": len(lines),
        "terminal_lines": sum(s.endswith(tuple(TERMINAL_PUNCTUATION)) for s in lines),
        "short_lines": sum(len(s) <= 30 for s in lines),
        "repeated_line_characters": repetition.find_duplicates(lines)[1],
    }
    out["c4"] = c4(rows)
    return words, out


def c4(rows):
    """Lines by what C4 asks of them: [kind, lines, sentences, first curly, first lorem], kind as docs/formats.md says."""
    kinds = {}
    for number, line in enumerate(rows, 1):
        line = line.strip()
        words = line.split()
        kind = min(len(words), 7) << 4 | any(len(w) > 1000 for w in words)
        line = CITATION_REGEX.sub("", line)
        low = line.lower()
        kind |= 2 * (not line.endswith(END_PUNCTUATION) or line.endswith("..."))
        kind |= 4 * ("javascript" in low) | 8 * any(p in low for p in POLICY_SUBSTRINGS)
        at = kinds.setdefault(kind, [kind, 0, 0, 0, 0])
        at[1] += 1
        at[2] += len(split_into_sentences(line))
        if "{" in line and not at[3]:
            at[3] = number
        if "lorem ipsum" in low and not at[4]:
            at[4] = number
    return [kinds[k] for k in sorted(kinds)]


def verdict(rules, text):
    kept = rules.filter(Document(text=text, id="1"))
    return True if kept is True else kept[1]


def main():
    if sys.argv[1] == "--versions":
        print("datatrove", Counter and "present")
        return
    if sys.argv[1] == "--exceptions":
        import spacy
        from spacy.symbols import ORTH

        rules = spacy.blank("en").tokenizer.rules
        print(json.dumps({k: [p.get(ORTH, p.get("ORTH")) for p in v] for k, v in rules.items() if k.strip()}))
        return
    filters = {
        "gopher_quality": GopherQualityFilter(),
        "gopher_repetition": GopherRepetitionFilter(),
        "c4": C4QualityFilter(),
        "c4_lines": C4QualityFilter(filter_no_terminal_punct=False),
        "fineweb": FineWebQualityFilter(),
    }
    for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
        record = json.loads(line)
        text = record["text"]
        words, out = counts(text)
        if "--no-words" not in sys.argv:
            out["text"] = "\n".join(words)
        out["verdicts"] = {name: verdict(rules, text) for name, rules in filters.items()}
        out["id"] = record["id"]
        print(json.dumps(out, ensure_ascii=True))


main()
