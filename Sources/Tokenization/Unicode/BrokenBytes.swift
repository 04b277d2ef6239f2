/// Counts the bytes of a text that are not UTF-8, in a text that comes in parts.
struct BrokenBytes: Sendable {
    private(set) var count = 0
    /// Where the first is.
    private(set) var first: Int?
    /// Bytes of the text so far, without those that wait.
    private var offset = 0
    /// The beginning of a character whose end may come with the next part.
    private var waiting: [UInt8] = []

    /// Looks at the next bytes of the text.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        var start = 0
        while !waiting.isEmpty, start < bytes.count {
            // A byte at a time until it is known what those are that wait.
            waiting.append(bytes[start])
            start += 1
            let parts = waiting
            waiting.removeAll(keepingCapacity: true)
            parts.withUnsafeBufferPointer { look(at: $0, isEnd: false) }
        }
        if start == bytes.count { return }
        look(
            at: UnsafeBufferPointer(
                start: base.assumingMemoryBound(to: UInt8.self) + start, count: bytes.count - start), isEnd: false)
    }

    /// Nothing follows.
    mutating func finish() {
        let rest = waiting
        waiting = []
        rest.withUnsafeBufferPointer { look(at: $0, isEnd: true) }
    }

    private mutating func look(at bytes: UnsafeBufferPointer<UInt8>, isEnd: Bool) {
        guard let base = bytes.baseAddress else { return }
        let end = bytes.count
        var index = 0
        while index < end {
            if index &+ 8 <= end,
                UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
                continue
            }
            let (codePoint, size) = UTF8Decoding.character(base, index, end)
            if codePoint == UTF8Decoding.broken {
                if !isEnd, BrokenBytes.mayGoOn(base + index, end - index) {
                    waiting.append(contentsOf: bytes[index...])
                    break
                }
                if first == nil { first = offset + index }
                count += 1
            }
            index &+= size
        }
        offset += index
    }

    /// Whether the few bytes that are left are a lead byte and less than what it asks for.
    private static func mayGoOn(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let size = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : bytes[0] >= 0xC2 ? 2 : 1
        if count >= size || bytes[0] >= 0xF5 { return false }
        for index in 1..<max(1, count) where bytes[index] & 0xC0 != 0x80 { return false }
        return true
    }
}
