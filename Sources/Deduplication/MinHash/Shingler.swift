import CKernels
public import Documents
import Files
import Parallel

/// Turns texts and integers into the 64-bit hashes of their shingles. Reused from text to text; one thread at a time.
///
/// A text of fewer items than a shingle has is one shingle of what there is, also where that is nothing: so every text has one.
public final class Shingler {
    /// What a shingle is.
    public let unit: ShingleUnit
    private let scanner = WordScanner()
    private var items: [UInt64] = []
    private var hashes: UnsafeMutableBufferPointer<UInt64>

    /// A shingler that makes shingles of `unit`, with room for small texts; it grows to the largest it meets.
    public init(_ unit: ShingleUnit) {
        self.unit = unit
        hashes = .allocate(capacity: 1 << 10)
    }

    deinit { hashes.deallocate() }

    /// The hashes of the shingles of a text in its order, repeated ones repeated; those of `tokens` are over words. Valid until the next
    /// call.
    public func hashes(of utf8: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt64> {
        if case .characters = unit {
            scanner.readLoweredScalars(of: utf8, into: &items)
            return items.withUnsafeBufferPointer { hashes(ofItems: $0) }
        }
        let words = scanner.scan(utf8).hashes
        if !words.isEmpty { return hashes(ofItems: words) }
        // Two texts without a word are alike where they are equal.
        hashes[0] = utf8.isEmpty ? 0 : XXHash3.hash64(utf8)
        return UnsafeBufferPointer(rebasing: hashes[..<1])
    }

    /// The same for words that somebody else has scanned.
    public func hashes(of words: ScannedWords) -> UnsafeBufferPointer<UInt64> { hashes(ofItems: words.hashes) }

    /// The same for integers: each is an item.
    public func hashes(ofTokens tokens: UnsafeBufferPointer<UInt32>) -> UnsafeBufferPointer<UInt64> {
        // Sums of small numbers would meet; sums of their hashes do not.
        items.removeAll(keepingCapacity: true)
        items.reserveCapacity(tokens.count)
        for token in tokens { items.append(KeyedHash.mix(UInt64(token))) }
        return items.withUnsafeBufferPointer { hashes(ofItems: $0) }
    }

    /// The same for integers: each is an item.
    public func hashes(ofTokens tokens: [UInt32]) -> UnsafeBufferPointer<UInt64> {
        tokens.withUnsafeBufferPointer { hashes(ofTokens: $0) }
    }

    /// The same for items that are hashes already.
    public func hashes(ofItemHashes items: UnsafeBufferPointer<UInt64>) -> UnsafeBufferPointer<UInt64> {
        hashes(ofItems: items)
    }

    /// The set of the shingles of a text.
    public func set(of utf8: UnsafeRawBufferPointer) -> [UInt64] { HashSet.sorted(hashes(of: utf8)) }

    /// The set of the shingles of a text.
    public func set(of text: [UInt8]) -> [UInt64] { text.withUnsafeBytes { set(of: $0) } }

    private func hashes(ofItems items: UnsafeBufferPointer<UInt64>) -> UnsafeBufferPointer<UInt64> {
        guard let base = items.baseAddress, !items.isEmpty else {
            hashes[0] = 0
            return UnsafeBufferPointer(rebasing: hashes[..<1])
        }
        let size = min(unit.size, items.count)
        let count = items.count - size + 1
        if hashes.count < count {
            hashes.deallocate()
            hashes = .allocate(capacity: count + count / 4)
        }
        shardmill_hash_shingles(base, items.count, size, hashes.baseAddress!)
        return UnsafeBufferPointer(rebasing: hashes[..<count])
    }
}
