import Deduplication
import Files
import Packing

extension Manifest.SourceCounts {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "weight": .double(weight), "files": .integer(files),
            "file_bytes": .integer(fileBytes),
            "read": .integer(read), "rejected": .integer(rejected), "documents": .integer(documents),
            "text_bytes": .integer(textBytes), "tokens": .integer(tokens),
        ]
        if let licence { members["licence"] = .string(licence) }
        if !boilerplate.isEmpty {
            members["boilerplate"] = .object(
                boilerplate.mapValues {
                    .object(["documents": .integer($0.documents), "characters": .integer($0.characters)])
                })
        }
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let weight = json["weight"]?.double, let files = json["files"]?.int,
            let fileBytes = json["file_bytes"]?.int, let read = json["read"]?.int, let rejected = json["rejected"]?.int,
            let documents = json["documents"]?.int, let textBytes = json["text_bytes"]?.int,
            let tokens = json["tokens"]?.int
        else { return nil }
        self.init(
            name: name, licence: json["licence"]?.string, weight: weight, files: files, fileBytes: fileBytes,
            read: read,
            rejected: rejected, documents: documents, textBytes: textBytes, tokens: tokens)
        boilerplate = (json["boilerplate"]?.members ?? [:]).compactMapValues { counts in
            guard let documents = counts["documents"]?.int, let characters = counts["characters"]?.int else {
                return nil
            }
            return Manifest.RuleCounts(documents: documents, characters: characters)
        }
    }
}

extension Manifest.Input {
    var json: JSONValue {
        .object(["source": .string(source), "path": .string(path), "bytes": .integer(bytes), "sha256": .string(sha256)])
    }

    init?(json: JSONValue) {
        guard let source = json["source"]?.string, let path = json["path"]?.string, let bytes = json["bytes"]?.int,
            let sha256 = json["sha256"]?.string
        else { return nil }
        self.init(source: source, path: path, bytes: bytes, sha256: sha256)
    }
}

extension Manifest.DocumentPart {
    var json: JSONValue {
        .object(["name": .string(name), "documents": .integer(documents), "sha256": .string(sha256)])
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let documents = json["documents"]?.int,
            let sha256 = json["sha256"]?.string
        else { return nil }
        self.init(name: name, documents: documents, sha256: sha256)
    }
}

extension Manifest.SplitCounts {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "documents": .integer(documents), "families": .integer(families), "blocks": .integer(blocks),
            "shards": .integer(shards), "ledger": ledger.json, "fragments": fragments.json,
        ]
        if let lossTokens { members["loss_tokens"] = .integer(lossTokens) }
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let documents = json["documents"]?.int, let families = json["families"]?.int,
            let blocks = json["blocks"]?.int, let shards = json["shards"]?.int,
            let ledger = json["ledger"].flatMap({ try? PackingLedger(json: $0) })
        else { return nil }
        self.init(documents: documents, families: families, blocks: blocks, shards: shards, ledger: ledger)
        if let counts = json["fragments"].flatMap(FragmentCounts.init(json:)) { fragments = counts }
        lossTokens = json["loss_tokens"]?.int
    }
}

extension Manifest.SplitLeakage {
    init(_ outcome: LeakageMeasure.Outcome) {
        self.init(ngram: outcome.ngram, rate: outcome.rate, split: outcome.split, random: outcome.random)
    }

    var json: JSONValue {
        .object([
            "ngram": .integer(ngram), "rate": .integer(rate), "split": split.json, "random": random.json,
        ])
    }

    init?(json: JSONValue) {
        guard let ngram = json["ngram"]?.int, let rate = json["rate"]?.int,
            let split = json["split"].flatMap(Leakage.init(json:)),
            let random = json["random"].flatMap(Leakage.init(json:))
        else { return nil }
        self.init(ngram: ngram, rate: rate, split: split, random: random)
    }
}

extension FamilySides.Merger {
    var json: JSONValue {
        .object([
            "families": .array(families.map { .string($0) }), "left_training": .integer(leftTraining),
        ])
    }

    init?(json: JSONValue) {
        guard let families = json["families"]?.items?.compactMap(\.string), let left = json["left_training"]?.int else {
            return nil
        }
        self.init(families: families, leftTraining: left)
    }
}

extension FamilySides.Oversized {
    var json: JSONValue {
        .object(["families": .array(families.map { .string($0) }), "tokens": .integer(tokens)])
    }

    init?(json: JSONValue) {
        guard let families = json["families"]?.items?.compactMap(\.string), let tokens = json["tokens"]?.int else {
            return nil
        }
        self.init(families: families, tokens: tokens)
    }
}
