import CKernels
import Parallel

/// Signs sets of shingles: signatures of `bands` × `rows` MinHashes, and a 64-bit key for each band.
///
/// *Fast similarity sketching* (Dahlgaard, Knudsen and Thorup 2017): a hash says in its high bits which MinHash it may become the smallest
/// of, so that a shingle costs one multiplication and one comparison however many MinHashes there are. MinHashes that got nothing get
/// another round with another hash function, and after as many rounds as there are MinHashes each takes the smallest of all, so every set
/// that is not empty fills every one. Of two sets each MinHash is equal with the probability of their Jaccard similarity, whatever their
/// sizes, and the share of equal ones varies less than with independent functions. Time: the number of shingles, but at least about
/// n ln n of them for n MinHashes.
///
/// Reused from set to set; one thread at a time.
public final class MinHashSigner {
    /// What it was made for.
    public let options: MinHashOptions
    private let slots: UnsafeMutableBufferPointer<UInt64>
    private let round: UnsafeMutableBufferPointer<UInt64>
    private let keys: [UInt64]

    /// A signer for options that have no `problem`.
    public init(_ options: MinHashOptions) {
        self.options = options
        let count = options.bands * options.rows
        slots = .allocate(capacity: count)
        round = .allocate(capacity: count)
        slots.initialize(repeating: .max)
        round.initialize(repeating: .max)
        keys = (0..<UInt64(2 * count)).map { KeyedHash.mix($0, seed: options.seed) }
    }

    deinit {
        slots.deallocate()
        round.deallocate()
    }

    /// The MinHashes of a set of hashes as `Shingler` makes them, at least one, in any order and repeated or not. Valid until the next call.
    public func signature(of hashes: UnsafeBufferPointer<UInt64>) -> UnsafeBufferPointer<UInt64> {
        let bins = slots.count
        guard let base = hashes.baseAddress, !hashes.isEmpty, let target = slots.baseAddress,
            let source = round.baseAddress
        else {
            slots.update(repeating: .max)
            return UnsafeBufferPointer(slots)
        }
        target.update(repeating: .max, count: bins)
        shardmill_sketch_first(base, hashes.count, keys[0], UInt64(bins), target)
        // All ones is an empty bin: only the last bin could hold it, by one hash in 2^64.
        var empty = emptyBins()
        var number = 1
        while empty > 0, number < bins {
            source.update(repeating: .max, count: bins)
            shardmill_sketch_round(base, hashes.count, keys[number], UInt64(bins), source)
            empty = 0
            for bin in 0..<bins {
                if target[bin] == .max { target[bin] = source[bin] }
                empty &+= target[bin] == .max ? 1 : 0
            }
            number += 1
        }
        if empty > 0 {
            for bin in 0..<bins where target[bin] == .max {
                let key = keys[bins + bin]
                var smallest = UInt64.max
                for hash in hashes { smallest = min(smallest, KeyedHash.mix(hash ^ key)) }
                target[bin] = smallest
            }
        }
        return UnsafeBufferPointer(slots)
    }

    private func emptyBins() -> Int {
        var empty = 0
        for value in slots { empty &+= value == .max ? 1 : 0 }
        return empty
    }

    /// Appends the key of each band of a set: equal for two sets where all rows of the band are.
    public func appendBandKeys(of hashes: UnsafeBufferPointer<UInt64>, to bandKeys: inout [UInt64]) {
        let signature = signature(of: hashes)
        for band in 0..<options.bands {
            var key = UInt64(truncatingIfNeeded: options.rows)
            for row in band * options.rows..<(band + 1) * options.rows {
                let product = (key ^ signature[row] ^ 0x6A09_E667_F3BC_C909).multipliedFullWidth(
                    by: 0x9E37_79B9_7F4A_7C15)
                key = product.high ^ product.low
            }
            bandKeys.append(key)
        }
    }
}
