"""Finds repeated spans with a suffix array (pydivsufsort) and compares them with ours.

  spans_peer.py CORPUS LENGTH SPANS

CORPUS is JSON Lines with text. Prints CPU seconds of the suffix array and of its table of common prefixes, whether keep-first by that table
gives the spans in SPANS (first and last byte of all texts, a line each), and how many bytes are part of any repetition. The time of the
numpy that marks spans is not counted: a program in C would need little.
"""
import json
import resource
import sys
import time

import numpy
from pydivsufsort import divsufsort, kasai

path, length, spans = sys.argv[1], int(sys.argv[2]), sys.argv[3]
texts = [json.loads(line)["text"].encode() for line in open(path, encoding="utf-8")]
text = numpy.frombuffer(b"".join(texts), dtype=numpy.uint8).copy()
start = time.process_time()
suffixes = divsufsort(text)
sorting = time.process_time() - start
common = kasai(text, suffixes)
seconds = time.process_time() - start
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

ends = numpy.cumsum([len(t) for t in texts])
inside = numpy.zeros(len(text), bool)
first = 0
for end in ends:
    if end - first >= length:
        inside[first:end - length + 1] = True
    first = end
# Suffixes that share `length` bytes with the one before are of its group.
groups = numpy.zeros(len(text), numpy.int64)
groups[1:] = numpy.cumsum(common[:-1] < length)
suffixes = suffixes.astype(numpy.int64)
kept = inside[suffixes]
places, groups = suffixes[kept], groups[kept]
earliest = numpy.full(int(groups.max()) + 1 if len(groups) else 1, len(text), numpy.int64)
numpy.minimum.at(earliest, groups, places)


def union(windows):
    """The stretches that windows cover, none of them in two texts."""
    steps = numpy.zeros(len(text) + 1, numpy.int64)
    numpy.add.at(steps, windows, 1)
    numpy.add.at(steps, windows + length, -1)
    covered = numpy.concatenate([[0], (numpy.cumsum(steps[:-1]) > 0).astype(numpy.int8), [0]])
    edges = numpy.diff(covered)
    found = []
    for low, high in zip(numpy.where(edges == 1)[0], numpy.where(edges == -1)[0]):
        for cut in ends[numpy.searchsorted(ends, low, "right"):numpy.searchsorted(ends, high, "left")]:
            found.append((int(low), int(cut)))
            low = cut
        found.append((int(low), int(high)))
    return found


found = union(places[earliest[groups] != places])
everywhere = union(places[numpy.bincount(groups)[groups] > 1]) if len(groups) else []
ours = [tuple(map(int, line.split())) for line in open(spans)]
print(json.dumps(dict(cpu_s=seconds, sorting_s=sorting, rss_mb=rss, bytes=len(text), spans=len(found), equal=found == ours,
                      repeated=sum(high - low for low, high in found), struck=sum(high - low for low, high in everywhere))))
