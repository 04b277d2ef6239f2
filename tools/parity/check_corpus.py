#!/usr/bin/env python3
"""Reads every block of every split of a built corpus with mosaicml-streaming and puts each document's text together again.

Run: check_corpus.py CORPUS TOKENIZER_JSON     (needs mosaicml-streaming, tokenizers, zstd on PATH)

The ids of a document are gathered from its segments in the order of the blocks, the separators taken off, and decoded with
Hugging Face tokenizers; the text must be the document's, normalised as the tokenizer does. Prints one JSON object.
"""
import glob
import json
import subprocess
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stubs"))
import streaming
from streaming import StreamingDataset
from tokenizers import Tokenizer


def main():
    corpus, tokenizer = sys.argv[1], Tokenizer.from_file(sys.argv[2])
    manifest = json.load(open(f"{corpus}/manifest.json"))
    end = manifest["tokenizer"].get("end")
    policy = manifest["pack"]["separator"]
    documents = []
    for part in manifest["documents"]:
        lines = subprocess.run(["zstd", "-dcq", f"{corpus}/documents/{part['name']}"], capture_output=True, check=True).stdout
        documents += [json.loads(line) for line in lines.decode().splitlines()]
    counts, wrong = {}, []
    for split in ("train", "validation"):
        streaming.base.util.clean_stale_shared_memory()
        if not json.load(open(f"{corpus}/{split}/index.json"))["shards"]:
            counts[split] = 0
            continue
        dataset = StreamingDataset(local=f"{corpus}/{split}", shuffle=False, batch_size=1, validate_hash="xxh64")
        counts[split] = dataset.num_samples
        ids = {}
        for number in range(dataset.num_samples):
            sample = dataset[number]
            start = 0
            for stop, row in zip(sample["segment_ends"], sample["segment_documents"]):
                ids.setdefault(int(row), []).append(sample["tokens"][start:stop])
                start = int(stop)
        for row, document in enumerate(documents):
            if document["tokens"]["split"] != split:
                continue
            tokens = np.concatenate(ids.pop(row, [np.zeros(0, np.uint32)]))
            if policy == "eos":
                if len(tokens) == 0 or tokens[-1] != end:
                    wrong.append([row, "no separator at its end"])
                    continue
                tokens = tokens[:-1]
            if len(tokens) != document["tokens"]["count"]:
                wrong.append([row, f"{len(tokens)} tokens, {document['tokens']['count']} promised"])
                continue
            text = document["text"]
            if tokenizer.normalizer is not None:
                text = tokenizer.normalizer.normalize_str(text)
            if tokenizer.decode([int(t) for t in tokens], skip_special_tokens=False) != text:
                wrong.append([row, "another text"])
        if ids:
            wrong.append([sorted(ids)[:5], "rows without a document of this split"])
    print(json.dumps({"blocks": counts, "documents": len(documents), "wrong": wrong[:20]}))


if __name__ == "__main__":
    main()
