#!/usr/bin/env python3
"""Reads what Shardmill exports and prints it, one JSON object a file, for a test that compares it with what was exported.

Run: read_exports.py megatron PREFIX | npy FOLDER | jsonl FILE      (numpy; jsonl needs datasets)

The reader of Megatron's pair is written from the layout of its indexed dataset: magic, version, number type, counts, lengths, pointers and
document indices; it checks that they fit together.
"""
import json
import os
import struct
import sys

import numpy

TYPES = {1: numpy.uint8, 2: numpy.int8, 3: numpy.int16, 4: numpy.int32, 5: numpy.int64, 6: numpy.float64, 7: numpy.float32, 8: numpy.uint16}


def megatron(prefix):
    with open(prefix + ".idx", "rb") as file:
        assert file.read(9) == b"MMIDIDX\x00\x00", "magic"
        (version,) = struct.unpack("<Q", file.read(8))
        (code,) = struct.unpack("<B", file.read(1))
        sequences, indices = struct.unpack("<QQ", file.read(16))
        offset = file.tell()
        rest = file.read()
    assert version == 1, version
    lengths = numpy.frombuffer(rest, numpy.int32, sequences)
    pointers = numpy.frombuffer(rest, numpy.int64, sequences, lengths.nbytes)
    documents = numpy.frombuffer(rest, numpy.int64, indices, lengths.nbytes + pointers.nbytes)
    assert offset == 34 and len(rest) == lengths.nbytes + pointers.nbytes + documents.nbytes, len(rest)
    assert documents[0] == 0 and documents[-1] == sequences
    data = numpy.memmap(prefix + ".bin", dtype=numpy.uint8, mode="r") if sequences else numpy.zeros(0, numpy.uint8)
    kind = numpy.dtype(TYPES[code])
    found = [numpy.frombuffer(data, kind, lengths[i], pointers[i]).tolist() for i in range(sequences)]
    assert sum(len(f) for f in found) * kind.itemsize == len(data)
    return dict(type=kind.name, sequences=found, documents=documents.tolist())


def npy(folder):
    names = ["tokens", "segment_starts", "segment_ends", "segment_documents"]
    if os.path.exists(f"{folder}/loss_spans.npy"):
        names += ["loss_starts", "loss_spans"]
    arrays = {n: numpy.load(f"{folder}/{n}.npy", mmap_mode="r") for n in names}
    return {n: dict(type=a.dtype.name, shape=list(a.shape), values=a.tolist()) for n, a in arrays.items()}


def jsonl(path):
    from datasets import load_dataset
    rows = load_dataset("json", data_files=path, split="train", cache_dir=path + ".cache")
    return dict(columns=sorted(rows.column_names), rows=[dict(row) for row in rows])


if __name__ == "__main__":
    print(json.dumps(dict(megatron=megatron, npy=npy, jsonl=jsonl)[sys.argv[1]](sys.argv[2])))
