import Files

extension ExtendedVocabulary {
    /// Writes the extended tokenizer into `folder`, which is made if it is not there, in the form that the base has at `path`:
    /// `tokenizer.json`, `vocab.json` with `merges.txt`, or a SentencePiece model; with the files beside it that name its special tokens.
    /// Throws `TokenizerFailure.unsupported` for tiktoken ranks, which have no merges to put new ones behind.
    public func write(to folder: String, baseAt path: String) throws {
        let files = Folder.isFolder(path) ? path : PathText.folder(of: path)
        switch base.description.form {
        case "tokenizer.json":
            let file = Folder.isFolder(path) ? PathText.join(path, "tokenizer.json") : path
            let bytes = try tokenizerJSON(FileByteStream(file).readAll(limit: 1 << 30), file)
            try Folder.create(folder)
            try AtomicFile.write(bytes, to: PathText.join(folder, "tokenizer.json"))
        case "vocab.json and merges.txt":
            try Folder.create(folder)
            try writePair(folder, files)
        case "SentencePiece model":
            let file = try modelFile(path)
            let bytes = try sentencePieceModel(FileByteStream(file).readAll(limit: 1 << 30), file)
            try Folder.create(folder)
            try AtomicFile.write(bytes, to: PathText.join(folder, "tokenizer.model"))
        case let form:
            throw TokenizerFailure.unsupported(
                path: path, place: "base", found: form,
                supported: "tokenizer.json, vocab.json with merges.txt, or a SentencePiece model")
        }
        for name in ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"] {
            let file = PathText.join(files, name)
            if !Folder.exists(file) { continue }
            try AtomicFile.write(FileByteStream(file).readAll(limit: 1 << 28), to: PathText.join(folder, name))
        }
        try AtomicFile.write(embeddingMap.encoded(), to: PathText.join(folder, "embedding_map.json"))
    }

    private func written(_ id: UInt32) -> [UInt8] {
        let first = base.vocabularySize
        return Int(id) < first ? base.names.writtenForm(of: id).map(Array.init) ?? [] : entries[Int(id) - first].written
    }

    /// The file with the new tokens and merges behind the old ones, everything else as it was. Added tokens stand in the vocabulary too:
    /// `tokenizers` would otherwise give them ids behind the new ones.
    private func tokenizerJSON(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
        try JSONParser().parse(bytes, name: path) { root in
            var out = Array("{".utf8)
            var isFirst = true
            root.forEachMember { key, value in
                appendKey(key, &out, &isFirst)
                if !key.elementsEqual("model".utf8) { return appendValue(value, &out) }
                out.append(UInt8(ascii: "{"))
                var isFirstOfModel = true
                value.forEachMember { key, value in
                    appendKey(key, &out, &isFirstOfModel)
                    if key.elementsEqual("vocab".utf8) {
                        appendVocabulary(&out)
                    } else if key.elementsEqual("merges".utf8) {
                        appendMerges(value, &out)
                    } else {
                        appendValue(value, &out)
                    }
                }
                out += "\n}".utf8
            }
            out += "\n}\n".utf8
            return out
        }
    }

    private func appendKey(_ key: UnsafeRawBufferPointer, _ out: inout [UInt8], _ isFirst: inout Bool) {
        out += (isFirst ? "\n" : ",\n").utf8
        isFirst = false
        JSONText.append(key, to: &out)
        out += ": ".utf8
    }

    private func appendValue(_ value: JSONElement, _ out: inout [UInt8]) { out += value.value.encoded() }

    private func appendVocabulary(_ out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for id in 0..<UInt32(base.vocabularySize + entries.count) {
            let name = written(id)
            if name.isEmpty { continue }
            out += (isFirst ? "\n" : ",\n").utf8
            isFirst = false
            name.withUnsafeBytes { JSONText.append($0, to: &out) }
            out += ": \(id)".utf8
        }
        out += "\n}".utf8
    }

    /// The old merges as they were; the new ones in the same form, unless a token has a space in it.
    private func appendMerges(_ old: JSONElement, _ out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        var areStrings = false
        old.forEachItem { item in
            out += (isFirst ? "\n" : ",\n").utf8
            if isFirst { areStrings = item.kind == .string }
            isFirst = false
            appendValue(item, &out)
        }
        areStrings = areStrings && !entries.contains { $0.written.contains(0x20) }
        forEachNewMerge { left, right in
            out += (isFirst ? "\n" : ",\n").utf8
            isFirst = false
            if areStrings {
                (left + [0x20] + right).withUnsafeBytes { JSONText.append($0, to: &out) }
                return
            }
            out.append(UInt8(ascii: "["))
            left.withUnsafeBytes { JSONText.append($0, to: &out) }
            out += ", ".utf8
            right.withUnsafeBytes { JSONText.append($0, to: &out) }
            out.append(UInt8(ascii: "]"))
        }
        out += "\n]".utf8
    }

    private func forEachNewMerge(_ body: ([UInt8], [UInt8]) -> Void) {
        for entry in entries {
            for merge in entry.merges { body(written(merge.left), written(merge.right)) }
        }
    }

    private func writePair(_ folder: String, _ files: String) throws {
        var vocabulary: [UInt8] = []
        appendVocabulary(&vocabulary)
        try AtomicFile.write(vocabulary + [0x0A], to: PathText.join(folder, "vocab.json"))
        let name = ["merges.txt", "vocab.bpe"].first { Folder.exists(PathText.join(files, $0)) } ?? "merges.txt"
        var merges = try FileByteStream(PathText.join(files, name)).readAll(limit: 1 << 30)
        if let last = merges.last, last != 0x0A { merges.append(0x0A) }
        forEachNewMerge { merges += $0 + [0x20] + $1 + [0x0A] }
        try AtomicFile.write(merges, to: PathText.join(folder, "merges.txt"))
    }

    private func modelFile(_ path: String) throws -> String {
        if !Folder.isFolder(path) { return path }
        let names = try Folder.names(in: path).filter { $0.hasSuffix(".model") }
        let name = names.contains("tokenizer.model") ? "tokenizer.model" : names.sorted(by: precedesInByteOrder).first
        return PathText.join(path, name ?? "tokenizer.model")
    }

    /// The model with further pieces at its end, each with a lower score than all before it.
    private func sentencePieceModel(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
        var score = try SentencePieceModel.lowestScore(bytes, path)
        var out = bytes
        for entry in entries {
            score = min(score - 1, score.nextDown)
            var piece: [UInt8] = [0x0A]
            SentencePieceModel.append(entry.written.count, to: &piece)
            piece += entry.written
            piece.append(0x15)
            withUnsafeBytes(of: score.bitPattern.littleEndian) { piece.append(contentsOf: $0) }
            out.append(0x0A)
            SentencePieceModel.append(piece.count, to: &out)
            out += piece
        }
        return out
    }
}

extension SentencePieceModel {
    /// The lowest score of all pieces.
    fileprivate static func lowestScore(_ bytes: [UInt8], _ path: String) throws -> Float {
        var lowest: Float = 0
        do {
            var reader = ProtobufReader(bytes[...])
            while let (field, value) = try reader.next() {
                guard field == 1, case .bytes(let piece) = value else { continue }
                var fields = ProtobufReader(piece)
                while let (field, value) = try fields.next() {
                    if field == 2, case .fixed32(let bits) = value { lowest = min(lowest, Float(bitPattern: bits)) }
                }
            }
        } catch let damage as ProtobufReader.Damage {
            throw TokenizerFailure.malformed(
                path: path, place: "byte \(damage.place)", expected: "a SentencePiece model", found: "a damaged message"
            )
        }
        return lowest
    }

    /// Appends a number as protocol buffers write lengths.
    fileprivate static func append(_ number: Int, to out: inout [UInt8]) {
        var rest = UInt(number)
        while rest >= 0x80 {
            out.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}
