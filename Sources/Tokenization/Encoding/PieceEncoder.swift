/// Splits text and turns the pieces into ids, with the cache and the scratch of one encoder. One thread.
final class PieceEncoder {
    private let model: MergeModel
    private let splitting: Splitting
    private let cache = PretokenCache()
    private let merger: PairMerger
    private let output: UnsafeMutablePointer<UInt32>
    private static let outputCapacity = 1 << 14

    init(_ model: MergeModel, _ splitting: Splitting) {
        self.model = model
        self.splitting = splitting
        merger = PairMerger(model)
        output = .allocate(capacity: PieceEncoder.outputCapacity)
    }

    deinit { output.deallocate() }

    /// Bytes without a token so far.
    var missingBytes: Int { merger.missingBytes }

    /// Appends the ids of `bytes`, a text of its own to the pattern. `beginsText`: nothing stands before it.
    func encode(_ bytes: UnsafeBufferPointer<UInt8>, beginsText: Bool, into ids: inout [UInt32]) {
        if bytes.isEmpty { return }
        switch splitting {
        case .scanned(let scan):
            if scan.addsPrefixSpace, bytes.first != 0x20 {
                ([0x20] + bytes).withUnsafeBufferPointer { encode($0, scan, into: &ids) }
            } else {
                encode(bytes, scan, into: &ids)
            }
        case .stepwise(let steps):
            if steps.isEmpty { return encode(bytes, Pretokenization(pattern: .whole), into: &ids) }
            var pieces = TextPieces(bytes, beginsText: beginsText)
            for step in steps { step.apply(to: &pieces) }
            pieces.bytes.withUnsafeBufferPointer { bytes in
                for piece in pieces.pieces {
                    encode(
                        UnsafeBufferPointer(rebasing: bytes[piece.range]), Pretokenization(pattern: .whole), into: &ids)
                }
            }
        }
    }

    private func encode(_ bytes: UnsafeBufferPointer<UInt8>, _ scan: Pretokenization, into ids: inout [UInt32]) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: scan.classes)
        switch scan.pattern {
        case .gpt2 where scan.isolatesDigits: run(GPT2DigitsScanner.self, cursor, into: &ids)
        case .gpt2: run(GPT2Scanner.self, cursor, into: &ids)
        case .qwen2: run(LetterScanner<QwenRules>.self, cursor, into: &ids)
        case .llama3: run(LetterScanner<LlamaRules>.self, cursor, into: &ids)
        case .cl100k: run(LetterScanner<CL100kRules>.self, cursor, into: &ids)
        case .o200k: run(CaseScanner.self, cursor, into: &ids)
        case .whole where model.canCutAtMarkers: run(MarkerScanner.self, cursor, into: &ids)
        case .whole: run(WholeScanner.self, cursor, into: &ids)
        }
    }

    @inline(__always)
    private func run<Scanner: PretokenScanner>(
        _ scanner: Scanner.Type, _ cursor: CharacterCursor, into ids: inout [UInt32]
    ) {
        let bytes = cursor.bytes
        let end = cursor.end
        let output = output
        let slots = cache.slots
        let byteTokens = model.byteTokens
        var written = 0
        var start = 0
        while start < end {
            let next = Scanner.endOfPiece(cursor, from: start)
            let count = next &- start
            if written > PieceEncoder.outputCapacity - 32 {
                ids.append(contentsOf: UnsafeBufferPointer(start: output, count: written))
                written = 0
            }
            if count == 1, byteTokens[Int(bytes[start])] != TokenizerDefinition.noToken {
                output[written] = byteTokens[Int(bytes[start])]
                written &+= 1
            } else if count <= PretokenCache.longestPiece {
                let key = PretokenCache.key(bytes + start, count, readable: end &- start)
                let place = PretokenCache.place(key)
                var slot = slots + place
                if slot.pointee.key0 != key.0 || slot.pointee.key1 != key.1 || slot.pointee.key2 != key.2 {
                    slot = slots + (place ^ 1)
                }
                if slot.pointee.key0 == key.0, slot.pointee.key1 == key.1, slot.pointee.key2 == key.2 {
                    written &+= PieceEncoder.copy(slot, to: output + written)
                } else {
                    let got = merge(bytes + start, count, key, place)
                    if got > PretokenCache.longestPiece {
                        // Only characters that are written with more than themselves come to so many.
                        ids.append(contentsOf: UnsafeBufferPointer(start: output, count: written))
                        written = 0
                        ids.append(contentsOf: UnsafeBufferPointer(start: merger.symbols, count: got))
                    } else {
                        (output + written).update(from: merger.symbols, count: got)
                        written &+= got
                    }
                }
            } else {
                ids.append(contentsOf: UnsafeBufferPointer(start: output, count: written))
                written = 0
                let got = merger.merge(bytes + start, count)
                ids.append(contentsOf: UnsafeBufferPointer(start: merger.symbols, count: got))
            }
            start = next
        }
        ids.append(contentsOf: UnsafeBufferPointer(start: output, count: written))
    }

    /// Copies the ids of a slot; `target` has room for all that a slot can hold.
    @inline(__always)
    private static func copy(_ slot: UnsafeMutablePointer<PretokenCache.Slot>, to target: UnsafeMutablePointer<UInt32>)
        -> Int
    {
        let count = Int(slot.pointee.count)
        target[0] = slot.pointee.ids.0
        if count == 1 { return 1 }
        let source = UnsafeRawPointer(slot) + 28
        for index in 1..<count {
            target[index] = source.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
        }
        return count
    }

    /// A piece that is not in the cache. Returns how many ids the merger has for it.
    private func merge(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ key: (UInt64, UInt64, UInt64), _ place: Int)
        -> Int
    {
        let missing = merger.missingBytes
        let got = merger.merge(bytes, count)
        if got > 0, got <= PretokenCache.mostIds, merger.missingBytes == missing {
            cache.insert(key, at: place, merger.symbols, got)
        }
        return got
    }
}
