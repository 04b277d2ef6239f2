#!/usr/bin/env python3
"""Writes small MDS data sets with mosaicml-streaming, for a reader and a writer that must agree with it.

Run: write_mds.py FOLDER     (needs mosaicml-streaming, numpy)

One folder a case: blocks as Shardmill writes them (raw and zstd), and token columns as other tools write them.
"""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stubs"))
from streaming import MDSWriter

HASHES = ["sha256", "xxh64"]


def block(number):
    return {
        "tokens": np.arange(number, number + 16, dtype=np.uint16),
        "segment_ends": np.array([number + 1, 16], np.uint32),
        "segment_documents": np.array([7, number], np.uint32),
    }


BLOCKS = {"tokens": "ndarray:uint16:16", "segment_ends": "ndarray:uint32", "segment_documents": "ndarray:uint32"}
CASES = {
    "blocks-raw": (BLOCKS, [block(n) for n in range(10)], None),
    "blocks-zstd": (BLOCKS, [block(n) for n in range(10)], "zstd:7"),
    "bytes": ({"tokens": "bytes"}, [{"tokens": np.arange(n, n + 6).astype(np.int64).tobytes()} for n in range(5)], "zstd"),
    "int32": ({"tokens": "ndarray:int32:6"}, [{"tokens": np.arange(n, n + 6, dtype=np.int32)} for n in range(5)], None),
    "untyped": (
        {"tokens": "ndarray", "id": "str"},
        [{"tokens": np.arange(n, n + 6, dtype=np.uint16).reshape(2, 3), "id": "x" * n} for n in range(5)],
        "zstd:1",
    ),
}


def main():
    for name, (columns, samples, compression) in CASES.items():
        folder = os.path.join(sys.argv[1], name)
        with MDSWriter(columns=columns, out=folder, compression=compression, hashes=HASHES) as writer:
            for sample in samples:
                writer.write(sample)


if __name__ == "__main__":
    main()
