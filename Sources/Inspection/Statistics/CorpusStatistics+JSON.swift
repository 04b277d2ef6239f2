import Building
import Documents
public import Files
import Packing

extension CorpusStatistics {
    /// One JSON object; `schema` is raised when a member changes its meaning.
    public var json: JSONValue {
        .object([
            "schema": .integer(CorpusStatistics.schemaVersion), "name": .string(manifest.name),
            "root_digest": .string(manifest.rootDigest), "block_length": .integer(manifest.blockLength),
            "tokenizer": manifest.tokenizer, "total": total.json, "sources": .array(sources.map(\.json)),
            "splits": .object(
                manifest.splits.mapValues { split in
                    .object([
                        "documents": .integer(split.documents), "families": .integer(split.families),
                        "blocks": .integer(split.blocks), "shards": .integer(split.shards), "ledger": split.ledger.json,
                    ])
                }), "rejected": .object(manifest.rejected.mapValues { .integer($0) }),
            "extraction": manifest.extraction.json, "vocabulary": vocabulary?.json ?? .null,
            "blocks": .object(
                Dictionary(uniqueKeysWithValues: blocks.map { ($0.key.rawValue, $0.value.json) })),
            "packing": .array(packing.map(\.json)), "paragraphs": paragraphs.json,
            "ngrams": .array(ngrams.map(\.json)), "sampling": samplingJSON,
        ])
    }

    /// What is exact and what is a sample.
    private var samplingJSON: JSONValue {
        .object([
            "seed": .string(String(options.seed)),
            "kinds": .object([
                "documents": .integer(total.sampleDocuments), "of_documents": .integer(total.documents),
                "bytes": .integer(total.kinds.reduce(0) { $0 + $1.sampleBytes }),
                "exact": .bool(total.sampleDocuments == total.documents),
                "missing_tokenizer": missingTokenizer.map { .string($0) } ?? .null,
            ]),
            "ngrams": .object([
                "blocks": .integer(sampledBlocks), "of_blocks": .integer(blocks.values.reduce(0) { $0 + $1.blocks }),
                "tokens": .integer(sampledTokens),
                "exact": .bool(sampledBlocks == blocks.values.reduce(0) { $0 + $1.blocks }),
            ]),
            "paragraphs": .object([
                "one_in": .integer(paragraphs.sampledOneIn), "exact": .bool(paragraphs.sampledOneIn == 1),
            ]),
        ])
    }
}
