"""Packs documents with TRL's strategies and says what became of them.

  packing_peer.py COUNTS LENGTH [BATCH]

COUNTS holds numbers of tokens, a line each. Every token gets a number of its own, so that what is missing or cut can be read from the result.
BATCH is the number of documents that TRL packs at once (default 1000, its own; 0: all). A fragment is a stretch of one document in one
block; a document is cut where it has more than one, or where tokens of it are missing. Seconds are CPU seconds of the packing functions, without
making the table.
"""
import json
import resource
import sys
import time

import numpy
import pyarrow
from trl import data_utils

counts = numpy.array([int(line) for line in open(sys.argv[1])], dtype=numpy.int64)
length = int(sys.argv[2])
batch = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
batch = batch or len(counts)
ends = numpy.cumsum(counts)


def tables():
    for first in range(0, len(counts), batch):
        part = counts[first:first + batch]
        offsets = numpy.concatenate([[0], numpy.cumsum(part)])
        base = int(ends[first] - counts[first])
        values = pyarrow.array(numpy.arange(base, base + int(offsets[-1]), dtype=numpy.int64))
        yield pyarrow.table({"input_ids": pyarrow.LargeListArray.from_arrays(pyarrow.array(offsets), values)})


def measure(pack):
    seconds = 0.0
    blocks = padding = fragments = tokens = 0
    pieces = numpy.zeros(len(counts), numpy.int64)
    seen = numpy.zeros(int(ends[-1]), bool)
    for table in tables():
        start = time.process_time()
        packed = pack(table)
        seconds += time.process_time() - start
        column = packed["input_ids"].combine_chunks()
        offsets = column.offsets.to_numpy()
        values = column.values.to_numpy()[offsets[0]:offsets[-1]]
        sizes = numpy.diff(offsets)
        blocks += len(sizes)
        padding += int((length - sizes).sum())
        tokens += len(values)
        assert not seen[values].any(), "a token stands twice"
        seen[values] = True
        # A fragment begins where a block does, where a document does, and where the numbers jump.
        begins = numpy.ones(len(values), bool)
        owner = numpy.searchsorted(ends, values, "right")
        begins[1:] = (numpy.diff(values) != 1) | (numpy.diff(owner) != 0)
        begins[(offsets[:-1] - offsets[0])[sizes > 0]] = True
        fragments += int(begins.sum())
        pieces += numpy.bincount(owner[begins], minlength=len(counts))
    missing = numpy.add.reduceat(~seen, (ends - counts)[counts > 0])
    cut = (pieces[counts > 0] > 1) | (missing > 0)
    return dict(blocks=blocks, padding=padding, fragments=fragments, truncated_tokens=int(ends[-1]) - tokens,
                documents_cut=int(cut.sum()), cpu_s=seconds)


print(json.dumps(dict(
    bfd=measure(lambda table: data_utils._pack_bfd(table, length, "truncate")),
    bfd_split=measure(lambda table: data_utils._pack_bfd(table, length, "split")),
    wrapped=measure(lambda table: data_utils._pack_wrapped(table, length)),
    rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
