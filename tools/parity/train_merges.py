#!/usr/bin/env python3
"""Mixed real text, and the merges that Hugging Face's BpeTrainer learns from it.

  train_merges.py text DATA MEGABYTES OUT.jsonl
      JSON Lines of documents from the texts below DATA (English, Chinese, many languages, standards, web pages, source code of documents):
      what is there, then the same documents again with their words shifted, until so many megabytes are written. Always the same bytes.
  train_merges.py train TEXTS.jsonl OUT.json SIZE [--pattern gpt2|qwen2|metaspace] [--min-frequency N] [--max-token-length N]
                        [--limit-alphabet N] [--lines]
      {"merges": [[left, right], ...], "cpu_s": seconds}; metaspace begins with <unk>, <s>, </s> and the tokens of 256 bytes.
  train_merges.py folder FOLDER TEXTS.jsonl IDS.jsonl
      The ids that `tokenizers` has for the texts, loaded from FOLDER/tokenizer.json, to compare with those of `shardmill tokenizer encode`;
      exit status 1 where they differ or decoding them does not give the normalised text back.
"""
import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import time

SOURCES = ["text-en", "zh-classical", "multilingual", "tokenizers/train-reference", "html", "jats", "markdown", "telecom-md", "etsi-md", "rfc-text", "asn1",
           "mediawiki", "instruct", "rfc-xml", "tei"]
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def texts(folder):
    """Every text below the folder in pieces of at most some 20,000 characters, in the order of the paths."""
    for source in SOURCES:
        paths = sorted(os.path.join(at, name) for at, _, names in os.walk(os.path.join(folder, source)) for name in names)
        for path in paths:
            if path.endswith(".zst"):
                data = subprocess.run(["zstd", "-dcq", path], capture_output=True).stdout
            elif path.endswith(".gz"):
                data = gzip.open(path).read()
            else:
                data = open(path, "rb").read()
            if b"\0" in data[:4096]:
                continue
            text = data.decode("utf-8", "ignore")
            for start in range(0, len(text), 20_000):
                yield text[start:start + 20_000]


def write_text(arguments):
    rng = random.Random(20261121)
    limit = int(float(arguments.megabytes) * 1e6)
    all_texts = list(texts(arguments.data))
    rng.shuffle(all_texts)
    written = turn = 0
    with open(arguments.output, "w", encoding="utf-8") as out:
        while written < limit:
            for text in all_texts:
                if turn:
                    # The same words in another order, and one word in eight a new one: real text has new words in every megabyte.
                    words = text.split(" ")
                    shift = rng.randrange(len(words))
                    words = words[shift:] + words[:shift]
                    for place in range(0, len(words) - 1, 8):
                        words[place] = words[place][: len(words[place]) // 2 + 1] + words[place + 1][len(words[place + 1]) // 2:]
                    text = " ".join(words)
                written += len(text.encode())
                out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
                if written >= limit:
                    break
            turn += 1
    print(json.dumps({"bytes": written, "turns": turn}))


def train(arguments):
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
    documents = [json.loads(line)["text"] for line in open(arguments.texts, encoding="utf-8")]
    options = dict(vocab_size=arguments.size, min_frequency=arguments.min_frequency, show_progress=False)
    if arguments.max_token_length:
        options["max_token_length"] = arguments.max_token_length
    if arguments.limit_alphabet:
        options["limit_alphabet"] = arguments.limit_alphabet
    tokenizer = Tokenizer(models.BPE())
    if arguments.pattern == "metaspace":
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        options["special_tokens"] = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    else:
        options.update(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|endoftext|>"])
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        if arguments.pattern == "qwen2":
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(QWEN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    if arguments.lines:
        documents = [line for text in documents for line in text.splitlines(keepends=True)]
    start = time.process_time()
    tokenizer.train_from_iterator(documents, trainers.BpeTrainer(**options))
    seconds = time.process_time() - start
    model = json.loads(tokenizer.to_str())["model"]
    json.dump({"merges": [m.split(" ") if isinstance(m, str) else m for m in model["merges"]], "size": len(model["vocab"]), "cpu_s": seconds},
              open(arguments.output, "w", encoding="utf-8"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu_s": seconds, "rss_mb": peak, "merges": len(model["merges"])}))


def folder(arguments):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(os.path.join(arguments.folder, "tokenizer.json"))
    different = 0
    with open(arguments.texts, encoding="utf-8") as texts_in, open(arguments.ids, encoding="utf-8") as ids_in:
        for number, (text, ids) in enumerate(zip(texts_in, ids_in, strict=True), 1):
            text, ids = json.loads(text)["text"], json.loads(ids)["ids"]
            wanted = tokenizer.encode(text, add_special_tokens=False).ids
            if wanted != ids:
                different += 1
                print(f"text {number}: other ids", file=sys.stderr)
    print(json.dumps({"texts": number, "different": different}))
    sys.exit(1 if different else 0)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("text")
    one.add_argument("data"), one.add_argument("megabytes"), one.add_argument("output")
    two = commands.add_parser("train")
    two.add_argument("texts"), two.add_argument("output"), two.add_argument("size", type=int)
    two.add_argument("--pattern", default="gpt2"), two.add_argument("--min-frequency", type=int, default=0)
    two.add_argument("--max-token-length", type=int), two.add_argument("--limit-alphabet", type=int), two.add_argument("--lines", action="store_true")
    three = commands.add_parser("folder")
    three.add_argument("folder"), three.add_argument("texts"), three.add_argument("ids")
    arguments = parser.parse_args()
    {"text": write_text, "train": train, "folder": folder}[arguments.command](arguments)


if __name__ == "__main__":
    main()
