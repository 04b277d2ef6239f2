#!/usr/bin/env python3
"""Reads MDS data sets with mosaicml-streaming and prints every sample, one JSON object a line.

Run: read_mds.py FOLDER...     (needs mosaicml-streaming)

Each folder is read twice, by position and by plain iteration, and the two must agree. Hashes are validated. Every line has
the folder, the number of the sample, and each column as a list of numbers. The last line of a folder gives its count.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stubs"))
import streaming
from streaming import StreamingDataset


def plain(value):
    return value.tolist() if hasattr(value, "tolist") else value


def columns(sample):
    return {name: plain(value) for name, value in sorted(sample.items())}


def main():
    for folder in sys.argv[1:]:
        streaming.base.util.clean_stale_shared_memory()
        dataset = StreamingDataset(local=folder, shuffle=False, batch_size=1, validate_hash="xxh64")
        count = dataset.num_samples
        samples = [columns(dataset[number]) for number in range(count)]
        iterated = [columns(sample) for sample in dataset]
        if samples != iterated:
            sys.exit(f"{folder}: {count} samples by position, {len(iterated)} by iteration, and they differ")
        for number, sample in enumerate(samples):
            print(json.dumps({"folder": folder, "number": number, "sample": sample}))
        print(json.dumps({"folder": folder, "count": count}))


if __name__ == "__main__":
    main()
