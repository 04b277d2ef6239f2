/// Splits text and turns the pieces into ids, with the cache and the scratch of one encoder. One thread.
final class PieceEncoder {
    private let model: ByteModel
    private let pretokenization: Pretokenization
    private let cache = PretokenCache()
    private let merger: PairMerger
    private let output: UnsafeMutablePointer<UInt32>
    private static let outputCapacity = 1 << 14

    init(_ model: ByteModel, _ pretokenization: Pretokenization) {
        self.model = model
        self.pretokenization = pretokenization
        merger = PairMerger(model)
        output = .allocate(capacity: PieceEncoder.outputCapacity)
    }

    deinit { output.deallocate() }

    /// Bytes without a token so far.
    var missingBytes: Int { merger.missingBytes }

    /// Appends the ids of `bytes`, a text of its own to the pattern.
    func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [UInt32]) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        let classes = pretokenization.isolatesDigits ? CharacterClass.ofDigits : CharacterClass.ofPatterns
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: classes)
        switch pretokenization.pattern {
        case .gpt2 where pretokenization.isolatesDigits: run(GPT2DigitsScanner.self, cursor, into: &ids)
        case .gpt2: run(GPT2Scanner.self, cursor, into: &ids)
        case .qwen2: run(LetterScanner<OneDigit>.self, cursor, into: &ids)
        case .llama3: run(LetterScanner<ThreeDigits>.self, cursor, into: &ids)
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
                    written &+= merge(bytes + start, count, key, place, to: output + written)
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

    /// A piece that is not in the cache. Returns how many ids went to `target`, which has room for one
    /// for each byte.
    private func merge(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ key: (UInt64, UInt64, UInt64), _ place: Int,
        to target: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let missing = merger.missingBytes
        let got = merger.merge(bytes, count)
        target.update(from: merger.symbols, count: got)
        if got > 0, got <= PretokenCache.mostIds, merger.missingBytes == missing {
            cache.insert(key, at: place, merger.symbols, got)
        }
        return got
    }
}
