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
        ])
    }
}
