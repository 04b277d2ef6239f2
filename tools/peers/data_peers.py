#!/usr/bin/env python3
"""One measurement of one data peer in its own process. Prints one JSON object: cpu_s (user + system of this process and its
children, imports and loading left out), wall_s, rss_mb (peak), bytes (what was handled), and counts."""
import glob
import json
import os
import resource
import subprocess
import sys
import time


def cpu():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def report(start_cpu, start_wall, **more):
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps(dict(cpu_s=cpu() - start_cpu, wall_s=time.perf_counter() - start_wall,
                          rss_mb=max(own.ru_maxrss, children.ru_maxrss) / 1024, **more)))


def docx_pandoc(files):
    c, w, n = cpu(), time.perf_counter(), 0
    for f in files:
        n += len(subprocess.run(["pandoc", "-f", "docx", "-t", "plain", "--wrap=none", f], capture_output=True, check=True).stdout)
    report(c, w, out_bytes=n)


def docx_python_docx(files):
    import docx
    from docx.table import Table
    c, w, n = cpu(), time.perf_counter(), 0
    for f in files:
        out = []
        for block in docx.Document(f).iter_inner_content():
            if isinstance(block, Table):
                for row in block.rows:
                    out.append("\t".join(cell.text for cell in row.cells))
            else:
                out.append(block.text)
        n += len("\n".join(out).encode())
    report(c, w, out_bytes=n)


def filters_datatrove(path):
    """Every filter judges every document, as signals are measured; in a pipeline a filter sees only what those before it kept."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    texts = [json.loads(line)["text"] for line in open(path, encoding="utf-8")]
    filters = [GopherQualityFilter(), GopherRepetitionFilter(), C4QualityFilter(), FineWebQualityFilter()]
    for rules in filters:
        rules.filter(Document(text="warm up", id="0"))
    c, w, kept = cpu(), time.perf_counter(), 0
    for text in texts:
        # A C4 filter edits the document it is given.
        kept += all([rules.filter(Document(text=text, id="1")) is True for rules in filters])
    report(c, w, kept=kept, documents=len(texts))


def xml_iterparse(files):
    """The text of every paragraph, in the order of their ends, with nothing else kept: the quickest that lxml offers for large files."""
    from lxml import etree
    main = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    c, w, n = cpu(), time.perf_counter(), 0
    for f in files:
        out = []
        for _, paragraph in etree.iterparse(f, events=("end",), tag=main + "p", huge_tree=True):
            out.append("".join(text.text or "" for text in paragraph.iter(main + "t")))
            paragraph.clear()
        n += len("\n".join(out).encode())
    report(c, w, out_bytes=n)


def texts_of(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line)["text"] for line in f]


def encode_tokenizers(tokenizer, path):
    from tokenizers import Tokenizer
    t = Tokenizer.from_file(tokenizer + "/tokenizer.json")
    texts = texts_of(path)
    c, w, n = cpu(), time.perf_counter(), 0
    for text in texts:
        n += len(t.encode(text, add_special_tokens=False).ids)
    report(c, w, tokens=n, bytes=sum(len(t.encode()) for t in texts))


def encode_tiktoken(tokenizer, path):
    import tiktoken
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    back, n = {chr(b): b for b in keep}, 0
    for b in range(256):
        if b not in keep:
            back[chr(256 + n)] = b
            n += 1
    vocabulary = json.load(open(tokenizer + "/vocab.json", encoding="utf-8"))
    ranks = {bytes(back[ch] for ch in token): i for token, i in vocabulary.items()}
    t = tiktoken.Encoding("bench", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    texts = texts_of(path)
    c, w, n = cpu(), time.perf_counter(), 0
    for text in texts:
        n += len(t.encode_ordinary(text))
    report(c, w, tokens=n, bytes=sum(len(t.encode()) for t in texts))


def build_datatrove(tokenizer, path, work):
    """JSON Lines -> Gopher quality filter -> tokenise with an end token -> merge, one task: the nearest thing to a build of ours
    (which also deduplicates exactly, splits, packs, checksums and writes the documents back)."""
    from datatrove.executor import LocalPipelineExecutor as Executor
    from datatrove.pipeline.filters import GopherQualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.tokens import DocumentTokenizer, DocumentTokenizerMerger
    c, w = cpu(), time.perf_counter()
    Executor(pipeline=[
        JsonlReader(os.path.dirname(path), glob_pattern=os.path.basename(path)),
        GopherQualityFilter(min_doc_words=20, max_doc_words=10**9, min_avg_word_length=0, max_avg_word_length=10**6,
                            max_symbol_word_ratio=10, max_bullet_lines_ratio=1, max_ellipsis_lines_ratio=1,
                            max_non_alpha_words_ratio=0, min_stop_words=0),
        DocumentTokenizer(work + "/tokens", tokenizer_name_or_path=tokenizer + "/tokenizer.json", eos_token="<|endoftext|>",
                          local_working_dir=work + "/temporary", seed=1),
    ], tasks=1, workers=1, logging_dir=work + "/log1").run()
    Executor(pipeline=[DocumentTokenizerMerger(work + "/tokens", work + "/merged", save_filename="merged", seed=1, progress=False)],
             tasks=1, workers=1, logging_dir=work + "/log2").run()
    report(c, w, out_bytes=sum(os.path.getsize(f) for f in glob.glob(work + "/merged/*.ds")))


def shingles_of(text):
    """Five neighbouring words, as the reference of near duplicates has them."""
    import re
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i:i + 5]) for i in range(max(1, len(words) - 4))}


def removed_of(count, pairs):
    """What goes where the first of each connected group stays."""
    parent = list(range(count))

    def root(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for one, other in pairs:
        a, b = root(one), root(other)
        parent[max(a, b)] = min(a, b)
    return [i for i in range(count) if root(i) != i]


def minhash_rensa(path):
    """Signatures of 112 MinHashes and 14 bands, no verification: Python makes the shingles, Rust all else."""
    from rensa import RMinHash, RMinHashLSH
    texts = texts_of(path)
    c, w = cpu(), time.perf_counter()
    lsh, pairs = RMinHashLSH(threshold=.8, num_perm=112, num_bands=14), []
    for i, text in enumerate(texts):
        signature = RMinHash(num_perm=112, seed=1)
        signature.update(list(shingles_of(text)))
        pairs += [(j, i) for j in lsh.query(signature)]
        lsh.insert(i, signature)
    report(c, w, removed=removed_of(len(texts), pairs))


def minhash_rensa_dedup(path):
    """The same with candidates verified by their signatures."""
    from rensa import RMinHashDeduplicator
    texts = texts_of(path)
    c, w = cpu(), time.perf_counter()
    kept = RMinHashDeduplicator(.8, 112, True, num_bands=14).add_pairs((str(i), list(shingles_of(t))) for i, t in enumerate(texts))
    report(c, w, removed=[i for i, k in enumerate(kept) if not k])


def minhash_datasketch(path):
    from datasketch import MinHash, MinHashLSH
    texts = texts_of(path)
    c, w = cpu(), time.perf_counter()
    lsh, pairs = MinHashLSH(num_perm=112, params=(14, 8)), []
    for i, text in enumerate(texts):
        signature = MinHash(num_perm=112, seed=1)
        signature.update_batch([s.encode() for s in shingles_of(text)])
        pairs += [(j, i) for j in lsh.query(signature)]
        lsh.insert(i, signature)
    report(c, w, removed=removed_of(len(texts), pairs))


def minhash_datatrove(path, work):
    """Its four stages in one task, with reading and writing; records need an `id`."""
    from datatrove.executor import LocalPipelineExecutor as Executor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)

    def reader():
        return JsonlReader(os.path.dirname(path), glob_pattern=os.path.basename(path))

    c, w = cpu(), time.perf_counter()
    stages = [([reader(), MinhashDedupSignature(output_folder=work + "/signatures", config=config)], 1),
              ([MinhashDedupBuckets(input_folder=work + "/signatures", output_folder=work + "/buckets", config=config)], 14),
              ([MinhashDedupCluster(input_folder=work + "/buckets", output_folder=work + "/remove", config=config)], 1),
              ([reader(), MinhashDedupFilter(input_folder=work + "/remove"), JsonlWriter(work + "/kept", compression=None)], 1)]
    for number, (pipeline, tasks) in enumerate(stages):
        Executor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{work}/log{number}").run()
    kept = {json.loads(line)["id"] for f in glob.glob(work + "/kept/*") for line in open(f, encoding="utf-8")}
    ids = [json.loads(line)["id"] for line in open(path, encoding="utf-8")]
    report(c, w, removed=[i for i, name in enumerate(ids) if name not in kept])


def decisions_datatrove(path, work):
    """JSON Lines -> four filters -> MinHash up to the list of what is removed, one task: a filter sees only what those before it kept."""
    from datatrove.executor import LocalPipelineExecutor as Executor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)
    c, w = cpu(), time.perf_counter()
    stages = [([JsonlReader(os.path.dirname(path), glob_pattern=os.path.basename(path)), GopherQualityFilter(), GopherRepetitionFilter(),
                C4QualityFilter(), FineWebQualityFilter(), JsonlWriter(work + "/filtered", compression=None)], 1),
              ([JsonlReader(work + "/filtered"), MinhashDedupSignature(output_folder=work + "/signatures", config=config)], 1),
              ([MinhashDedupBuckets(input_folder=work + "/signatures", output_folder=work + "/buckets", config=config)], 14),
              ([MinhashDedupCluster(input_folder=work + "/buckets", output_folder=work + "/remove", config=config)], 1)]
    for number, (pipeline, tasks) in enumerate(stages):
        Executor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{work}/log{number}").run()
    report(c, w, filtered=sum(1 for f in glob.glob(work + "/filtered/*") for _ in open(f, encoding="utf-8")))


def pipeline_datatrove(tokenizer, path, work):
    """JSON Lines -> four filters -> MinHash in four stages -> tokens -> merged, one task."""
    from datatrove.executor import LocalPipelineExecutor as Executor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.tokens import DocumentTokenizer, DocumentTokenizerMerger
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)
    c, w = cpu(), time.perf_counter()
    stages = [([JsonlReader(os.path.dirname(path), glob_pattern=os.path.basename(path)), GopherQualityFilter(), GopherRepetitionFilter(),
                C4QualityFilter(), FineWebQualityFilter(), JsonlWriter(work + "/filtered", compression=None)], 1),
              ([JsonlReader(work + "/filtered"), MinhashDedupSignature(output_folder=work + "/signatures", config=config)], 1),
              ([MinhashDedupBuckets(input_folder=work + "/signatures", output_folder=work + "/buckets", config=config)], 14),
              ([MinhashDedupCluster(input_folder=work + "/buckets", output_folder=work + "/remove", config=config)], 1),
              ([JsonlReader(work + "/filtered"), MinhashDedupFilter(input_folder=work + "/remove"),
                DocumentTokenizer(work + "/tokens", tokenizer_name_or_path=tokenizer + "/tokenizer.json", eos_token="<|endoftext|>",
                                  local_working_dir=work + "/temporary", seed=1)], 1),
              ([DocumentTokenizerMerger(work + "/tokens", work + "/merged", save_filename="merged", seed=1, progress=False)], 1)]
    for number, (pipeline, tasks) in enumerate(stages):
        Executor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{work}/log{number}").run()
    report(c, w, out_bytes=sum(os.path.getsize(f) for f in glob.glob(work + "/merged/*.ds")))


if __name__ == "__main__":
    case, arguments = sys.argv[1], sys.argv[2:]
    if case.startswith(("docx", "xml")):
        globals()[case](arguments)
    else:
        globals()[case](*arguments)
