internal import CSimdjson

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
