import Documents
import Files
import Packing
import Parallel

/// Writes `documents/`: every kept document with where its tokens are, in parts cut by text bytes alone.
struct DocumentParts {
    let plan: BuildPlan
    let decision: Decision
    let extractKeys: [String]
    let tokens: TokenShelf
    let output: OutputFolder
    /// The manifest of the corpus that is added to: its parts stay.
    let earlier: Manifest?
    /// The folder that parts and rejections are written below, where it is not the corpus's own.
    var target: OutputFolder?

    /// Text bytes after which a part ends.
    static let bytesPerPart = 32 << 20

    /// Rows of each part and its layer: a new part begins where the running sum of text bytes passes another `bytesPerPart`, and with each layer.
    var ranges: [(layer: Int, rows: Range<Int>)] {
        var ranges: [(layer: Int, rows: Range<Int>)] = []
        var start = 0
        for (layer, entry) in decision.history.layers.enumerated() {
            var bytes = 0
            let end = start + entry.documents
            for row in start..<end {
                bytes += decision.kept[row].facts.bytes
                if bytes >= DocumentParts.bytesPerPart || row + 1 == end {
                    ranges.append((layer, start..<row + 1))
                    start = row + 1
                    bytes = 0
                }
            }
        }
        return ranges
    }

    /// The name of a part inside `documents/`.
    func name(ofPart part: Int, layer: Int) -> String {
        let digits = String(part)
        let number = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        let generation = decision.history.layers[layer].generation
        return generation == 0 ? "part-\(number).jsonl.zst" : "part-\(number).g\(generation).jsonl.zst"
    }

    /// Writes one part and returns its entry; a part of an earlier layer that is there stays.
    func write(
        part: Int, layer: Int, rows: Range<Int>, places: [(block: Int, offset: Int)]
    ) throws -> Manifest.DocumentPart {
        let name = name(ofPart: part, layer: layer)
        if let sealed = earlier?.documentParts.first(where: { $0.name == name && $0.documents == rows.count }),
            Folder.exists(PathText.join(output.documents, name))
        {
            return sealed
        }
        var writer = try ZstdFileWriter(PathText.join((target ?? output).documents, name), level: 7)
        var digest = SHA256Digest()
        var row = rows.lowerBound
        while row < rows.upperBound {
            let partition = decision.kept[row].partition
            let documents = try KeptDocuments(
                partition: partition, extractKeys: extractKeys, tokens: tokens, output: output)
            while row < rows.upperBound, decision.kept[row].partition == partition {
                let kept = decision.kept[row]
                let document = try documents.document(kept)
                let extra: [String: JSONValue] = [
                    "path": .string(kept.facts.path), "tokens": place(of: kept, at: places[row]),
                ]
                try writer.append { pending in
                    let start = pending.count
                    document.appendJSONLine(to: &pending, extra: extra)
                    pending.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[start...])) }
                }
                row += 1
            }
        }
        try writer.commit()
        return Manifest.DocumentPart(name: name, documents: rows.count, sha256: digest.hexadecimal())
    }

    private func place(of kept: KeptDocument, at place: (block: Int, offset: Int)) -> JSONValue {
        .object([
            "split": .string(kept.split.rawValue), "block": .integer(place.block), "offset": .integer(place.offset),
            "count": .integer(kept.tokens),
            // Validation holds every document once, whatever the weight of its source.
            "copies": .integer(kept.split == .train ? kept.copies : 1),
        ])
    }

    /// Writes all rejections and returns the entry of their file.
    func writeRejections() throws -> Manifest.DocumentPart {
        let name = name(ofPart: 0, layer: decision.history.layers.count - 1)
        var writer = try ZstdFileWriter(PathText.join((target ?? output).rejected, name), level: 7)
        var digest = SHA256Digest()
        for rejection in decision.rejections {
            var line = rejection.json.encoded()
            line.append(0x0A)
            digest.update(line)
            try writer.write(line)
        }
        try writer.commit()
        return Manifest.DocumentPart(name: name, documents: decision.rejections.count, sha256: digest.hexadecimal())
    }
}
