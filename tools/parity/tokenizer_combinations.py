#!/usr/bin/env python3
"""Tokenizers of the supported families with unusual parts, made with Hugging Face `tokenizers` and `sentencepiece`, to compare with.

    python tools/parity/tokenizer_combinations.py TRAINING_TEXT OUT
        OUT/<number>-<name>/tokenizer.json, or tokenizer.model for SentencePiece; small vocabularies, learnt from the text
"""
import os
import random
import sys
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXT, OUT = sys.argv[1:3]
LINES = open(TEXT, encoding="utf-8", newline="").read().split("\n")
random.Random(7).shuffle(LINES)
EXTRA = ["Ünïcödé ﬁne ① ½ Å ﬆ", "数字１２３ カタカナ ｶﾀｶﾅ 한국어", "don't I'LL WE'VE it’s", "a\tb\u00a0c\u3000d\u2003e", "x²+y³=z⁴ № ™ 𝔘𝔫𝔦",
         "<b>HTML</b> [x] {y} #tag @me", "snake_case camelCase HTTPServer2", "1234567890 3.14 1,000", "Ελληνικά ΣΑΣ Русский", "שלום مرحبا हिन्दी ไทย"]
LINES = [line for line in LINES if line][:1200] + EXTRA * 5
S, B, P, D = pre_tokenizers.Sequence, pre_tokenizers.ByteLevel, pre_tokenizers, decoders
N = normalizers
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
DEEPSEEK = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
CL100K = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
raw = lambda **k: B(add_prefix_space=False, use_regex=False, **k)


def split(regex, behavior="isolated", invert=False):
    return P.Split(Regex(regex), behavior, invert)


def fallback():
    return D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])


def precompiled():
    """The character map of a SentencePiece model with the rules of NMT and NFKC."""
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(LINES), model_prefix=folder + "/m", model_type="bpe", vocab_size=1500, character_coverage=0.99, minloglevel=2)
        data = open(folder + "/m.model", "rb").read()
    at = data.index(b"\x0a\x08nmt_nfkc\x12") + 11  # NormalizerSpec: the name, then the map
    size = shift = 0
    while True:
        size |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return N.Precompiled(data[at : at + size])


PRECOMPILED = precompiled()

# name: normalizer, pre-tokenizer, decoder, options of the model, options
COMBINATIONS = {
    "gpt2": (None, B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "gpt2-prefix-space": (None, B(add_prefix_space=True), D.ByteLevel(), {}, {}),
    "byte-level-no-regex": (None, raw(), D.ByteLevel(), {}, {}),
    "llama3": (None, S([split(LLAMA3), raw()]), D.ByteLevel(), {"ignore_merges": True}, {}),
    "llama3-removed-inverted": (None, S([split(LLAMA3, "removed", True), raw()]), D.ByteLevel(), {}, {}),
    "o200k": (None, S([split(O200K), raw()]), D.ByteLevel(), {}, {}),
    "cl100k-in-oniguruma": (None, S([split(CL100K), raw()]), D.ByteLevel(), {}, {}),
    "deepseek": (None, S([split(r"\p{N}{1,3}"), split(r"[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK), raw()]), D.ByteLevel(), {}, {}),
    "digits-contiguous": (None, S([P.Digits(False), B(add_prefix_space=False)]), D.ByteLevel(), {}, {}),
    "digits-individual-prefix": (None, S([P.Digits(True), B(add_prefix_space=True)]), D.ByteLevel(), {}, {}),
    "digits-then-llama3": (None, S([P.Digits(True), split(LLAMA3), raw()]), D.ByteLevel(), {}, {}),
    "nfd-gpt2": (N.NFD(), B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "nfkc-gpt2": (N.NFKC(), B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "nfkd-strip-accents-lower": (N.Sequence([N.NFKD(), N.StripAccents(), N.Lowercase()]), B(add_prefix_space=True), D.ByteLevel(), {}, {}),
    "nmt": (N.Sequence([N.Nmt(), N.NFKC()]), B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "strip-lower": (N.Sequence([N.Strip(), N.Lowercase()]), B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "strip-left": (N.Strip(left=True, right=False), S([P.Whitespace(), raw()]), D.ByteLevel(), {}, {}),
    "replace-regex": (N.Replace(Regex(r"\s+"), " "), B(add_prefix_space=False), D.ByteLevel(), {}, {}),
    "replace-regex-digits": (N.Replace(Regex(r"\d"), "0"), split(r"\w+|[^\w\s]+", "isolated"), None, {}, {}),
    "bert-normalizer": (N.BertNormalizer(), P.BertPreTokenizer(), D.WordPiece(), {"continuing_subword_prefix": "##", "unk_token": "[UNK]"}, {}),
    "bert-normalizer-cased": (N.BertNormalizer(lowercase=False, strip_accents=True), P.BertPreTokenizer(), D.WordPiece(cleanup=False),
                              {"continuing_subword_prefix": "##", "unk_token": "[UNK]", "fuse_unk": True}, {}),
    "byte-level-normalizer": (N.ByteLevel(), split(r"[^\sĠ]+", "isolated"), D.ByteLevel(), {}, {}),
    "byte-level-normalizer-nfc": (N.Sequence([N.NFC(), N.ByteLevel()]), None, D.ByteLevel(), {}, {}),
    "byte-level-then-split": (None, S([raw(), split("Ġ", "merged_with_next")]), D.ByteLevel(), {}, {}),
    "metaspace-always": (None, P.Metaspace("▁", "always"), D.Metaspace("▁", "always"), {"unk_token": "<unk>"}, {}),
    "metaspace-first": (None, P.Metaspace("▁", "first"), D.Metaspace("▁", "first"), {"unk_token": "<unk>", "fuse_unk": True}, {}),
    "metaspace-never": (None, P.Metaspace("▁", "never"), D.Metaspace("▁", "never"), {"unk_token": "<unk>"}, {}),
    "metaspace-no-split": (None, P.Metaspace("▁", "always", split=False), D.Metaspace("▁", "always"), {"byte_fallback": True, "unk_token": "<unk>"}, {}),
    "metaspace-first-fallback": (None, P.Metaspace("▁", "first", split=False), fallback(), {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}, {}),
    "metaspace-digits": (None, S([P.Metaspace("▁", "always"), P.Digits(True)]), D.Metaspace("▁", "always"), {"unk_token": "<unk>"}, {}),
    "split-then-metaspace-first": (None, S([split(r"\d+"), P.Metaspace("▁", "first")]), D.Metaspace("▁", "first"), {"unk_token": "<unk>"}, {}),
    "llama2-like": (N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, fallback(), {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}, {}),
    "llama2-like-half-fallback": (N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, fallback(),
                                  {"byte_fallback": True, "unk_token": "<unk>"}, {"bytes": range(0, 0xE0)}),
    "llama2-like-no-unk": (N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, fallback(), {"byte_fallback": True}, {"bytes": range(0, 0xE0)}),
    "gemma-like": (N.Replace(" ", "▁"), P.Split(" ", "merged_with_previous"), D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse()]),
                   {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}, {}),
    "gemma-like-digits": (N.Replace(" ", "▁"), S([P.Split("▁", "merged_with_next"), P.Digits(True)]),
                          D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse()]), {"byte_fallback": True, "unk_token": "<unk>"}, {}),
    "whitespace": (None, P.Whitespace(), None, {"unk_token": "<unk>"}, {}),
    "whitespace-split": (None, P.WhitespaceSplit(), None, {}, {}),
    "whitespace-suffix": (N.Lowercase(), P.WhitespaceSplit(), D.BPEDecoder("</w>"), {"end_of_word_suffix": "</w>", "unk_token": "<unk>"}, {}),
    "clip-like": (N.Sequence([N.NFC(), N.Replace(Regex(r"\s+"), " "), N.Lowercase()]),
                  S([split(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", "removed", True), raw()]), D.ByteLevel(),
                  {"end_of_word_suffix": "</w>", "unk_token": "<unk>"}, {}),
    "prefix-and-suffix": (None, P.WhitespaceSplit(), D.BPEDecoder("</w>"),
                          {"continuing_subword_prefix": "@@", "end_of_word_suffix": "</w>", "unk_token": "<unk>"}, {}),
    "prefix-byte-fallback": (None, P.WhitespaceSplit(), D.WordPiece("@@", False), {"continuing_subword_prefix": "@@", "byte_fallback": True}, {}),
    "punctuation-isolated": (None, S([P.WhitespaceSplit(), P.Punctuation("isolated")]), None, {}, {}),
    "punctuation-contiguous": (None, S([P.Punctuation("contiguous"), raw()]), D.ByteLevel(), {}, {}),
    "punctuation-with-next": (None, S([P.Punctuation("merged_with_next"), raw()]), D.ByteLevel(), {}, {}),
    "punctuation-with-previous": (None, S([P.Punctuation("merged_with_previous"), raw()]), D.ByteLevel(), {}, {}),
    "punctuation-removed": (None, S([P.Punctuation("removed"), raw()]), D.ByteLevel(), {}, {}),
    "delimiter": (None, S([P.CharDelimiterSplit("e"), raw()]), D.ByteLevel(), {}, {}),
    "split-string": (None, S([P.Split(" ", "merged_with_next"), raw()]), D.ByteLevel(), {}, {}),
    "split-string-inverted": (None, S([P.Split("the", "isolated", True), raw()]), D.ByteLevel(), {}, {}),
    "split-previous": (None, S([split(r"\s|[,.]", "merged_with_previous"), raw()]), D.ByteLevel(), {}, {}),
    "split-contiguous-inverted": (None, S([split(r"\w", "contiguous", True), raw()]), D.ByteLevel(), {}, {}),
    "split-next-inverted": (None, S([split(r"[\p{P}\p{S}]", "merged_with_next", True), raw()]), D.ByteLevel(), {}, {}),
    "regex-lookaround": (None, S([split(r"(?<=\p{Ll})(?=\p{Lu})|(?<!\s)\s(?!\s)|\d(?=(?:\d{3})+(?!\d))"), raw()]), D.ByteLevel(), {}, {}),
    "regex-lazy": (None, S([split(r"\w+?(?=[aeiou]|\W|$)|<.*?>|\"[^\"\n]{0,20}\""), raw()]), D.ByteLevel(), {}, {}),
    "regex-lines": (None, S([split(r"^.*$|\R"), raw()]), D.ByteLevel(), {}, {}),
    "regex-classes": (None, S([split(r"[[:alpha:]&&[^aeiou]]+|[\p{Greek}\p{Cyrillic}]+|[[:^word:]]|\h+"), raw()]), D.ByteLevel(), {}, {}),
    "regex-case": (None, S([split(r"(?i)the|and|é+|[α-ω]+|(?-i:S)+"), raw()]), D.ByteLevel(), {}, {}),
    "regex-words": (None, S([split(r"\b\w{1,4}\b|\B\w\B|\W+"), raw()]), D.ByteLevel(), {}, {}),
    "regex-atomic": (None, S([split(r"(?>[a-m]+|[a-z]+)n?|\p{Han}{1,2}+|\s*+\S?"), raw()]), D.ByteLevel(), {}, {}),
    "ignore-merges-characters": (N.Lowercase(), P.Whitespace(), None, {"ignore_merges": True, "unk_token": "<unk>"}, {}),
    "decoder-sequence": (None, B(add_prefix_space=False), D.Sequence([D.ByteLevel(), D.Replace(Regex(r"\s+"), "_"), D.Strip("_", 2, 1)]), {}, {}),
    "decoder-fuse-strip": (None, P.Metaspace("▁", "always"), D.Sequence([D.Replace("▁", " "), D.Fuse(), D.Strip(" ", 2, 2)]), {"unk_token": "<unk>"}, {}),
    "precompiled": (PRECOMPILED, P.Metaspace("▁", "always"), D.Metaspace("▁", "always"), {"unk_token": "<unk>"}, {}),
    "precompiled-replace": (N.Sequence([PRECOMPILED, N.Replace(Regex(" {2,}"), "▁")]), P.Metaspace("▁", "first"), D.Metaspace("▁", "first"),
                            {"byte_fallback": True, "unk_token": "<unk>"}, {}),
    "roberta": (None, B(add_prefix_space=True), D.ByteLevel(), {}, {"roberta": True}),
    "template": (N.NFC(), B(add_prefix_space=False), D.ByteLevel(), {}, {"template": True}),
    "added-flags": (N.Lowercase(), B(add_prefix_space=False), D.ByteLevel(), {}, {"flags": True}),
    "added-flags-metaspace": (N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, fallback(),
                              {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}, {"flags": True}),
    "added-flags-strip": (N.Strip(), S([P.WhitespaceSplit(), raw()]), D.ByteLevel(), {}, {"flags": True}),
}


def make(normalizer, splitter, decoder, model_options, options):
    specials = ["<unk>", "[UNK]", "<s>", "</s>"]
    names = ["<0x%02X>" % b for b in options.get("bytes", range(256))] if model_options.get("byte_fallback") else []
    t = Tokenizer(models.BPE(**model_options))
    if normalizer:
        t.normalizer = normalizer
    if splitter:
        t.pre_tokenizer = splitter
    if decoder:
        t.decoder = decoder
    affixes = {k: v for k, v in model_options.items() if k in ("continuing_subword_prefix", "end_of_word_suffix")}
    text = str(t.pre_tokenizer) + str(t.normalizer)
    alphabet = B.alphabet() if "ByteLevel" in text and not affixes else []
    trainer = trainers.BpeTrainer(vocab_size=1500 + len(names), special_tokens=specials + names, show_progress=False,
                                  initial_alphabet=alphabet, limit_alphabet=600, max_token_length=16, **affixes)
    t.train_from_iterator(LINES, trainer)
    if names:  # byte tokens belong to the model only, as in converted files
        import json
        data = json.loads(t.to_str())
        data["added_tokens"] = [a for a in data["added_tokens"] if a["content"] not in names]
        t = Tokenizer.from_str(json.dumps(data))
    if options.get("roberta"):
        t.post_processor = processors.RobertaProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")))
    if options.get("template"):
        t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
            single="<s> $A </s> </s>", special_tokens=[("<s>", t.token_to_id("<s>")), ("</s>", t.token_to_id("</s>"))])])
    if options.get("flags"):
        # No two of them become one under a normaliser: `tokenizers` itself then finds now one, now the other.
        t.add_tokens([AddedToken("UE", single_word=True), AddedToken("Lower Case", normalized=True), AddedToken("[x]", lstrip=True),
                      AddedToken("##", rstrip=True), AddedToken(" and", normalized=True), AddedToken("é", normalized=False),
                      AddedToken("中国", single_word=True, normalized=False)])
        t.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=True), AddedToken("<|end|>", normalized=True), AddedToken("<|STOP|>", normalized=True)])
    return t


os.makedirs(OUT, exist_ok=True)
for number, (name, parts) in enumerate(COMBINATIONS.items()):
    folder = f"{OUT}/{number:02}-{name}"
    os.makedirs(folder, exist_ok=True)
    make(*parts).save(folder + "/tokenizer.json")

import sentencepiece  # noqa: E402

MODELS = {
    "identity": {"normalization_rule_name": "identity"},
    "nmt-nfkc": {"normalization_rule_name": "nmt_nfkc"},
    "nfkc-casefold": {"normalization_rule_name": "nfkc_cf"},
    "nmt-nfkc-casefold-extra-spaces": {"normalization_rule_name": "nmt_nfkc_cf", "remove_extra_whitespaces": False},
    "identity-extra-spaces": {"normalization_rule_name": "identity", "remove_extra_whitespaces": False},
    "no-dummy-prefix": {"normalization_rule_name": "identity", "add_dummy_prefix": False, "remove_extra_whitespaces": False},
    "no-dummy-prefix-fallback": {"add_dummy_prefix": False, "byte_fallback": True},
    "fallback": {"byte_fallback": True, "normalization_rule_name": "identity", "remove_extra_whitespaces": False, "split_digits": True},
    "suffix": {"treat_whitespace_as_suffix": True},
    "user-symbols": {"user_defined_symbols": ["<b>", "</b>", "UE", "  ", "ｶﾀ", "\t"], "control_symbols": ["<ctl>", "[x]"], "byte_fallback": True},
    "whitespace-only-pieces": {"allow_whitespace_only_pieces": True, "remove_extra_whitespaces": False, "split_by_whitespace": False},
}
with open(OUT + "/lines.txt", "w", encoding="utf-8") as f:
    f.write("\n".join(LINES))
for number, (name, options) in enumerate(MODELS.items()):
    folder = f"{OUT}/{number + 90:02}-sp-{name}"
    os.makedirs(folder, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        input=OUT + "/lines.txt", model_prefix=folder + "/tokenizer", model_type="bpe", vocab_size=1800, character_coverage=0.995,
        minloglevel=2, **options)
    os.remove(folder + "/tokenizer.vocab")
