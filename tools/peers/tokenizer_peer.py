"""Times a tokenizer library on a text, as tokenizer-benchmark times ours: CPU seconds of this process, documents of some kilobytes.

  tokenizer_peer.py LIBRARY FOLDER FAMILY TEXT WARM_UP PASSES MEGABYTES

LIBRARY: tokenizers, tiktoken, gigatoken (documents one by one) or gigatoken-whole (all bytes at once). MEGABYTES: how much of the texts
to encode, 0 for all. Prints one JSON object: "load", "passes" of one encoder, the first one cold, "unseen": a pass of a new encoder
that has encoded the other text before.
"""
import base64
import json
import sys
import time

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LETTERS = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {"gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "qwen2.5": LETTERS % "",
            "cl100k": LETTERS % "{1,3}", "llama-3": LETTERS % "{1,3}"}


def documents(path, megabytes):
    found, lines, size, total = [], [], 0, 0
    for line in open(path, encoding="utf-8", newline=""):
        lines.append(line)
        size += len(line.encode())
        if size >= 8 << 10:
            found.append("".join(lines))
            total += size
            lines, size = [], 0
            if megabytes and total >= megabytes * 1e6:
                break
    return found + (["".join(lines)] if lines else [])


def ranks(folder, family):
    name = {"cl100k": "cl100k_base.tiktoken", "llama-3": "tokenizer.model"}.get(family)
    if name:
        return {base64.b64decode(a): int(b) for a, b in (line.split() for line in open(f"{folder}/{name}", "rb") if line.strip())}
    alphabet = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    byte = {chr(b): b for b in alphabet}
    byte.update({chr(256 + n): b for n, b in enumerate(b for b in range(256) if b not in alphabet)})
    vocabulary = json.load(open(f"{folder}/vocab.json", encoding="utf-8"))
    return {bytes(byte[c] for c in token): number for token, number in vocabulary.items() if all(c in byte for c in token) and token != "<|endoftext|>"}


def encoder(library, folder, family):
    if library == "tokenizers":
        from tokenizers import Tokenizer
        loaded = Tokenizer.from_file(f"{folder}/tokenizer.json")
        return lambda texts: [loaded.encode(text, add_special_tokens=False).ids for text in texts]
    if library == "tiktoken":
        import tiktoken
        loaded = tiktoken.Encoding(name=family, pat_str=PATTERNS[family], mergeable_ranks=ranks(folder, family), special_tokens={})
        return lambda texts: [loaded.encode_ordinary(text) for text in texts]
    import gigatoken
    if family == "cl100k":
        loaded = gigatoken.Tokenizer.from_tiktoken(f"{folder}/cl100k_base.tiktoken")
    else:
        loaded = gigatoken.Tokenizer(f"{folder}/tokenizer.json")
    if library == "gigatoken-whole":
        return lambda text: loaded.encode(text)
    return lambda texts: [loaded.encode(text) for text in texts]


def main():
    library, folder, family, text, warm_up, passes, megabytes = sys.argv[1:8]
    texts, other = (documents(path, float(megabytes)) for path in (text, warm_up))
    size = sum(len(t.encode()) for t in texts)
    if library == "gigatoken-whole":
        texts, other = "".join(texts).encode(), "".join(other).encode()

    def timed(work):
        start = time.process_time()
        kept = work()
        return time.process_time() - start, kept

    load, encode = timed(lambda: encoder(library, folder, family))
    seconds = [timed(lambda: encode(texts))[0] for _ in range(int(passes))]
    encode = encoder(library, folder, family)
    encode(other)
    print(json.dumps({"load": [load], "passes": seconds, "unseen": timed(lambda: encode(texts))[0], "bytes": size}))


main()
