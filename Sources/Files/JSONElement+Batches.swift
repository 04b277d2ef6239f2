internal import CSimdjson

/// A member of an object whose value is expected to be a whole number.
public struct JSONNumberMember {
    /// The bytes of the key.
    public let key: UnsafeRawPointer
    /// How many bytes the key has.
    public let keyCount: Int
    /// The value; `Int.min` where it is no whole number.
    public let number: Int
}

/// An item of an array that is expected to be one string or an array of two.
public struct JSONTextItem {
    /// The bytes of the string, or of the first; nil where the item is something else.
    public let first: UnsafeRawPointer?
    /// How many bytes it has.
    public let firstCount: Int
    /// The bytes of the second string; nil where the item is one string.
    public let second: UnsafeRawPointer?
    /// How many bytes it has.
    public let secondCount: Int
}

extension JSONElement {
    private static let batch = 256

    /// Calls `body` with the members of an object, many at once: a call for each would take longer than reading them. The bytes
    /// of keys are valid as long as the element.
    public func forEachNumberBatch(_ body: (UnsafeBufferPointer<JSONNumberMember>) throws -> Void) rethrows {
        var iterator = shardmill_json_members(element)
        let members = UnsafeMutableBufferPointer<shardmill_json_number>.allocate(capacity: JSONElement.batch)
        defer { members.deallocate() }
        guard let start = members.baseAddress else { return }
        while true {
            let count = shardmill_json_next_numbers(&iterator, start, JSONElement.batch)
            if count == 0 { return }
            // Both are a pointer and two words.
            try start.withMemoryRebound(to: JSONNumberMember.self, capacity: count) {
                try body(UnsafeBufferPointer(start: $0, count: count))
            }
        }
    }

    /// Calls `body` with the items of an array, many at once. The bytes of strings are valid as long as the element.
    public func forEachTextBatch(_ body: (UnsafeBufferPointer<JSONTextItem>) throws -> Void) rethrows {
        var iterator = shardmill_json_items(element)
        let items = UnsafeMutableBufferPointer<shardmill_json_texts>.allocate(capacity: JSONElement.batch)
        defer { items.deallocate() }
        guard let start = items.baseAddress else { return }
        while true {
            let count = shardmill_json_next_texts(&iterator, start, JSONElement.batch)
            if count == 0 { return }
            // Both are two pairs of a pointer and a word.
            try start.withMemoryRebound(to: JSONTextItem.self, capacity: count) {
                try body(UnsafeBufferPointer(start: $0, count: count))
            }
        }
    }
}
