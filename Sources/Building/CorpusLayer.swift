internal import Files

/// Documents that came into a corpus together: a first build makes one layer, and `--update` with nothing but new documents another one behind
/// it, so that no shard that is there is written again.
public struct CorpusLayer: Sendable, Equatable {
    /// The generation that made it: part of the names of its files.
    public var generation: Int
    /// The identity of the build that made it.
    public var identity: String
    /// Documents of the layer: rows behind those of the layers before.
    public var documents: Int
    /// Blocks of the layer in each split, behind those of the layers before.
    public var blocks: [String: Int]

    var json: JSONValue {
        .object([
            "generation": .integer(generation), "identity": .string(identity), "documents": .integer(documents),
            "blocks": .object(blocks.mapValues { .integer($0) }),
        ])
    }

    init(generation: Int, identity: String, documents: Int = 0, blocks: [String: Int] = [:]) {
        self.generation = generation
        self.identity = identity
        self.documents = documents
        self.blocks = blocks
    }

    init?(json: JSONValue) {
        guard let generation = json["generation"]?.int, let identity = json["identity"]?.string,
            let documents = json["documents"]?.int, documents >= 0, let blocks = json["blocks"]?.members
        else { return nil }
        self.init(
            generation: generation, identity: identity, documents: documents,
            blocks: blocks.compactMapValues(\.int))
    }
}
