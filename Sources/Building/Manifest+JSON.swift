import Deduplication
import Files
import Packing

extension JSONValue {
    /// A count as a manifest may hold it: sums and products of a few of them stay inside of `Int`.
    var manifestCount: Int? { int.flatMap { (0..<1 << 48).contains($0) ? $0 : nil } }
}

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
        guard let name = json["name"]?.string, let weight = json["weight"]?.double,
            let files = json["files"]?.manifestCount,
            let fileBytes = json["file_bytes"]?.manifestCount, let read = json["read"]?.manifestCount,
            let rejected = json["rejected"]?.manifestCount,
            let documents = json["documents"]?.manifestCount, let textBytes = json["text_bytes"]?.manifestCount,
            let tokens = json["tokens"]?.manifestCount
        else { return nil }
        self.init(
            name: name, licence: json["licence"]?.string, weight: weight, files: files, fileBytes: fileBytes,
            read: read,
            rejected: rejected, documents: documents, textBytes: textBytes, tokens: tokens)
        boilerplate = (json["boilerplate"]?.members ?? [:]).compactMapValues { counts in
            guard let documents = counts["documents"]?.manifestCount,
                let characters = counts["characters"]?.manifestCount
            else {
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
        guard let source = json["source"]?.string, let path = json["path"]?.string,
            let bytes = json["bytes"]?.manifestCount,
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
        guard let name = json["name"]?.string, let documents = json["documents"]?.manifestCount,
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
        guard let documents = json["documents"]?.manifestCount, let families = json["families"]?.manifestCount,
            let blocks = json["blocks"]?.manifestCount, let shards = json["shards"]?.manifestCount,
            let ledger = json["ledger"].flatMap({ try? PackingLedger(json: $0) }),
            Manifest.SplitCounts.isPossible(ledger)
        else { return nil }
        self.init(documents: documents, families: families, blocks: blocks, shards: shards, ledger: ledger)
        if let counts = json["fragments"].flatMap(FragmentCounts.init(json:)) { fragments = counts }
        lossTokens = json["loss_tokens"]?.int
    }

    /// Whether sums of its counts stay inside of `Int`.
    private static func isPossible(_ ledger: PackingLedger) -> Bool {
        let counts = [ledger.documentTokens, ledger.separators, ledger.padding, ledger.blocks] + ledger.dropped.values
        let (positions, overflows) = ledger.blocks.multipliedReportingOverflow(by: ledger.length)
        return !overflows && ledger.length > 0 && (counts + [positions]).allSatisfy((0..<1 << 48).contains)
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
