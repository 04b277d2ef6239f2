"""Makes tokens for the case `shards` of tools/bench and times the peers that read and write them, in CPU seconds of this process.

  shards_peer.py tokens TOKENIZER CORPUS OUT MEGATOKENS   token ids of JSON Lines with text: OUT (uint16) and OUT.lengths (int64)
  shards_peer.py streaming FOLDER COPY                    mosaicml-streaming reads a copy of FOLDER in order
  shards_peer.py streaming-shuffled FOLDER COPY           the same with shuffle=True
  shards_peer.py streaming-write TOKENS COPY LEVEL        MDSWriter, blocks of 2048
  shards_peer.py litdata TOKENS FOLDER                    litdata reads its own uncompressed tokens, memory-mapped

Each prints one JSON object. Of a reader the time begins where the data set is opened; what it decompresses beside the shards counts.
"""
import glob
import json
import os
import resource
import shutil
import sys
import time

LENGTH = 2048


def cpu():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def report(start, blocks, **facts):
    print(json.dumps(dict(cpu_s=cpu() - start, rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, blocks=blocks, **facts)))


def tokens(tokenizer, corpus, out, megatokens):
    import numpy
    from tokenizers import Tokenizer
    encoder = Tokenizer.from_file(f"{tokenizer}/tokenizer.json")
    lengths, wanted = [], int(float(megatokens) * 1e6)
    with open(out, "wb") as file:
        for line in open(corpus, encoding="utf-8"):
            ids = encoder.encode(json.loads(line)["text"], add_special_tokens=False).ids + [0]
            numpy.array(ids, numpy.uint16).tofile(file)
            lengths.append(len(ids))
            wanted -= len(ids)
            if wanted <= 0:
                break
    numpy.array(lengths, numpy.int64).tofile(out + ".lengths")
    print(json.dumps(dict(tokens=sum(lengths), documents=len(lengths))))


def streaming_read(folder, copy, shuffle):
    import streaming
    from streaming import StreamingDataset
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, ignore=lambda _, names: [n for n in names if n.endswith(".mds")])
    streaming.base.util.clean_stale_shared_memory()
    count = total = 0
    start = cpu()
    for sample in StreamingDataset(local=copy, shuffle=shuffle, shuffle_seed=1, batch_size=8):
        count += 1
        total += int(sample["tokens"][0])
    report(start, count)


def streaming_write(path, copy, level):
    import numpy
    from streaming import MDSWriter
    ids = numpy.fromfile(path, numpy.uint16)
    blocks = ids[:len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH)
    shutil.rmtree(copy, ignore_errors=True)
    start = cpu()
    with MDSWriter(columns={"tokens": f"ndarray:uint16:{LENGTH}"}, out=copy, compression=f"zstd:{level}", hashes=["sha256", "xxh64"]) as writer:
        for block in blocks:
            writer.write({"tokens": block})
    size = sum(os.path.getsize(f) for f in glob.glob(copy + "/*.zstd"))
    report(start, len(blocks), bytes_per_token=size / blocks.size)


def uncompressed(path):
    import numpy
    import torch
    ids = numpy.fromfile(path, numpy.uint16)
    for block in ids[:len(ids) // LENGTH * LENGTH].reshape(-1, LENGTH):
        yield torch.from_numpy(block.astype(numpy.int32))


def litdata_read(path, folder):
    import litdata
    if not os.path.exists(folder):
        litdata.optimize(fn=uncompressed, inputs=[path], output_dir=folder, chunk_bytes="64MB", num_workers=1,
                         item_loader=litdata.TokensLoader(block_size=LENGTH), start_method="fork")
    count = total = 0
    start = cpu()
    for block in litdata.StreamingDataset(folder, item_loader=litdata.TokensLoader(block_size=LENGTH)):
        count += 1
        total += int(block[0])
    report(start, count)


if __name__ == "__main__":
    # torchvision, which streaming imports and does not need here.
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../parity/stubs"))
    what, *rest = sys.argv[1:]
    if what == "tokens":
        tokens(*rest)
    elif what == "streaming-write":
        streaming_write(*rest)
    elif what == "litdata":
        litdata_read(*rest)
    else:
        streaming_read(*rest, what == "streaming-shuffled")
