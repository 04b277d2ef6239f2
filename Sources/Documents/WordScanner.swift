import CKernels

/// Splits text into words as Python's `re.findall(r"\w+", text.lower())` does: runs of letters (L), numbers (N) and underscores, hashed
/// in lower case. A byte that is no UTF-8 separates words.
///
/// Reused from text to text; one thread at a time. ASCII is read 64 bytes at a time.
public final class WordScanner {
    private var hashes: UnsafeMutablePointer<UInt64>
    private var starts: UnsafeMutablePointer<UInt32>
    private var ends: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    let scalars = WordScalars()
    /// The lower-cased word that is being read.
    private let word = WordBytes()

    /// Whether the ASCII kernel is used; without it every scalar is looked at: the oracle of the tests.
    let usesKernel: Bool

    /// A scanner with room for small texts; it grows to the largest it meets: 8 bytes of address space a byte of text, of which only
    /// those for words that are there become memory.
    public convenience init() { self.init(usesKernel: true) }

    init(usesKernel: Bool) {
        self.usesKernel = usesKernel
        capacity = 0
        (hashes, starts, ends) = WordScanner.allocate(0)
    }

    deinit { free() }

    private static func allocate(
        _ capacity: Int
    ) -> (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) {
        (.allocate(capacity: capacity), .allocate(capacity: capacity), .allocate(capacity: capacity))
    }

    private func free() {
        hashes.deallocate()
        starts.deallocate()
        ends.deallocate()
    }

    /// The words of a text below 4 GiB; of a larger one those of its first 4 GiB.
    public func scan(_ utf8: UnsafeRawBufferPointer) -> ScannedWords {
        let count = min(utf8.count, Int(UInt32.max))
        // The kernel writes up to 8 places more than there are.
        let needed = (count + 1) / 2 + 16
        if needed > capacity {
            free()
            capacity = needed + needed / 4
            (hashes, starts, ends) = WordScanner.allocate(capacity)
        }
        var found = 0
        if let base = utf8.baseAddress, count > 0 {
            let text = UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: count)
            var position = 0
            while position < count {
                if usesKernel {
                    found += shardmill_scan_words(
                        text.baseAddress!, count, &position, hashes + found, starts + found, ends + found)
                }
                if position < count { scanScalars(text, &position, &found) }
            }
        }
        return ScannedWords(
            hashes: UnsafeBufferPointer(start: hashes, count: found),
            starts: UnsafeBufferPointer(start: starts, count: found),
            ends: UnsafeBufferPointer(start: ends, count: found))
    }

    /// Reads on from a place where no word is open, to the end or to one where no word is open and only ASCII is near.
    private func scanScalars(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ found: inout Int) {
        var at = position
        var start = -1
        word.count = 0
        func close(at end: Int) {
            if start < 0 { return }
            starts[found] = UInt32(truncatingIfNeeded: start)
            ends[found] = UInt32(truncatingIfNeeded: end)
            hashes[found] = word.hash()
            found &+= 1
            start = -1
            word.count = 0
        }
        while at < text.count {
            let (scalar, length) = UTF8Scalar.decode(text, at)
            let entry = scalar.map { scalars[$0] } ?? 0
            if entry & WordScalars.isWord == 0 {
                close(at: at)
                at &+= length
                if usesKernel, WordScanner.isASCII(text, from: at) { break }
                continue
            }
            if start < 0 { start = at }
            var lowered = entry & WordScalars.lowered
            if entry & WordScalars.isSpecial != 0 {
                if scalar == 0x130 {
                    // Lower case is an i and a dot, which is in no word.
                    word.append(lowered)
                    at &+= length
                    close(at: at)
                    continue
                }
                if FinalSigma.isFinal(text, at) { lowered = 0x3C2 }
            }
            word.append(lowered)
            at &+= length
        }
        close(at: min(at, text.count))
        position = at
    }

    private static func isASCII(_ text: UnsafeBufferPointer<UInt8>, from at: Int) -> Bool {
        let base = UnsafeRawPointer(text.baseAddress!)
        if at &+ 16 <= text.count {
            let both =
                base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                | base.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
            return both & 0x8080_8080_8080_8080 == 0
        }
        return at < text.count && text[at...].allSatisfy { $0 < 0x80 }
    }
}
