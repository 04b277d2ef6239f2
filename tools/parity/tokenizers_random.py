#!/usr/bin/env python3
"""What the peer libraries make of random and mutated strings, for comparison.

    python tools/parity/tokenizers_random.py encode TOKENIZER COUNT SEED OUT
        TOKENIZER: tokenizer.json (`tokenizers`), tiktoken ranks with encoding.json beside (`tiktoken`), or a SentencePiece model
        OUT: JSON lines {"text", "ids", "ids_special", "decoded"}, as the vectors of the tests
    python tools/parity/tokenizers_random.py encode-all FOLDER COUNT SEED
        the same for every tokenizer in the folders of FOLDER, each into rows.jsonl beside it
    python tools/parity/tokenizers_random.py train TEXT VOCABULARY_SIZE MINIMUM_FREQUENCY MAXIMUM_LENGTH OUT
        OUT: merges.txt of BpeTrainer with GPT-2's pattern on the whole text (MAXIMUM_LENGTH 0: none)
"""
import json
import random
import sys

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

POOLS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFXYZ", "0123456789", " ", "  \t", "\n\r", "'’", "stmdrevl'STMDREVL",
    ".,;:!?-_=+*/\\|()[]{}<>#@$%^&~`\"", "éèüßñçÅøſKſ", "你好世界中文網絡", "ひらがなカタカナ", "한국어각힣", "\u1100\u1161\u11a8\u1112\u1175",
    "اللغة", "शब्द", "ไทย", "αβγΩΣ", "абвгд", "\u0301\u0308\u0323\u0327\u0345\u0334\u3099", "\u00a0\u2003\u3000\u2028\u0085\u200b\u200d\ufe0f\ufeff",
    "😀👍🏽🇺🇸", "²³½Ⅷ٣५〇", "\u0000\u0001\u001f\u007f", "\u0958\u0f43\u2126\u212b\uf900\U0002f800\u1e9b\u0344",
]
WORDS = (
    "the of and to in is that UE AMF SMF shall session PDU network slice request response 5G NR RRC message don't it's "
    "I'M we'LL they've 23.501 v17.4.0 http://a.b/c?d=e x==y a_b CamelCase naïve Zürich 中国移动 标准 網絡 <b> </b> \u0041\u030a").split()


def random_text(r, tokens):
    parts = []
    for _ in range(r.randint(1, 14)):
        k = r.random()
        if k < 0.35:
            pool = r.choice(POOLS)
            parts.append("".join(r.choice(pool) for _ in range(r.randint(1, 6))))
        elif k < 0.45:
            parts.append(r.choice(r.choice(POOLS)) * r.randint(1, 90))
        elif k < 0.8:
            parts.append(r.choice(["", " ", " ", "  ", "\n", "\n\n"]) + r.choice(WORDS))
        elif k < 0.93:
            c = r.choice([r.randrange(0x300), r.randrange(0x3000), r.randrange(0x10000), r.randrange(0x110000)])
            parts.append(chr(c) if not 0xD800 <= c <= 0xDFFF else "?")
        elif tokens:
            parts.append(r.choice(tokens)[: r.choice([99, 99, 99, 3])])
    return "".join(parts)


def mutated(r, text):
    text = list(text)
    for _ in range(r.randint(1, 3)):
        i = r.randrange(len(text) + 1)
        k = r.random()
        if k < 0.4 and text:
            del text[max(0, i - 1)]
        elif k < 0.8:
            text.insert(i, r.choice(r.choice(POOLS)))
        else:
            text[i:i] = text[i : i + r.randint(1, 5)]
    return "".join(text)


def peer(path):
    """Added tokens, and a function from a text to its row."""
    if path.endswith(".json"):
        t = Tokenizer.from_file(path)
        t.no_truncation(), t.no_padding()
        tokens = [a["content"] for a in json.load(open(path, encoding="utf-8"))["added_tokens"]][:40]

        def row(text):
            ids = t.encode(text, add_special_tokens=False).ids
            row = {"text": text, "ids": ids, "decoded": t.decode(ids, skip_special_tokens=False)}
            special = t.encode(text, add_special_tokens=True).ids
            if special != ids:
                row["ids_special"] = special
            skip = t.decode(ids, skip_special_tokens=True)
            if skip != row["decoded"]:
                row["decoded_skip"] = skip
            return row

        return tokens, row
    if open(path, "rb").read(2) in (b"\n\x0e", b"\n\n", b"\n\x0f", b"\n\x10", b"\n\x12", b"\n\x13"):
        import sentencepiece

        model = sentencepiece.SentencePieceProcessor(model_file=path)
        tokens = ["<s>", "</s>", "<unk>", "<0x0A>", "▁", "▁▁"]
        tokens += [model.id_to_piece(i) for i in range(min(300, model.get_piece_size())) if not model.is_byte(i)][:40]

        def row(text):
            ids = model.encode(text)
            return {"text": text, "ids": ids, "decoded": model.decode(ids)}

        return tokens, row
    import base64
    import os

    import tiktoken

    encoding = json.load(open(os.path.join(os.path.dirname(path), "encoding.json"), encoding="utf-8"))
    ranks = {base64.b64decode(line.split()[0]): int(line.split()[1]) for line in open(path, "rb") if line.strip()}
    t = tiktoken.Encoding("file", pat_str=encoding["pattern"], mergeable_ranks=ranks, special_tokens=encoding["special_tokens"])

    def row(text):
        ids = t.encode_ordinary(text)
        return {"text": text, "ids": ids, "decoded": t.decode(ids), "ids_special": t.encode(text, allowed_special="all")}

    return list(encoding["special_tokens"])[:40], row


def encode(path, count, seed, out):
    tokens, row = peer(path)
    r, last = random.Random(seed), "seed"
    with open(out, "w", encoding="utf-8", newline="\n") as f:
        for _ in range(count):
            last = text = mutated(r, last) if r.random() < 0.3 else random_text(r, tokens)
            try:
                f.write(json.dumps(row(text)) + "\n")
            except BaseException as e:  # a panic in Rust: overlapping added tokens that strip; no row then
                if type(e).__name__ != "PanicException":
                    raise
                last = "seed"


def encode_all(folder, count, seed):
    import os

    for name in sorted(os.listdir(folder)):
        for file in ("tokenizer.json", "tokenizer.model"):
            path = os.path.join(folder, name, file)
            if os.path.exists(path):
                encode(path, count, seed, os.path.join(folder, name, "rows.jsonl"))


def train(text, size, frequency, length, out):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    options = {"max_token_length": length} if length else {}
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=frequency, special_tokens=["<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **options)
    t.train_from_iterator([open(text, encoding="utf-8", newline="").read()], trainer)
    with open(out, "w", encoding="utf-8", newline="\n") as f:
        f.write("#version: 0.2\n")
        for merge in json.loads(t.to_str())["model"]["merges"]:
            f.write((merge if isinstance(merge, str) else " ".join(merge)) + "\n")


if sys.argv[1] == "encode":
    encode(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
elif sys.argv[1] == "encode-all":
    encode_all(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    train(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
