/// Which blocks of text (paragraphs, lines, clauses) stood before, and in how many documents each stands.
///
/// Blocks are known by their `ContentKey`: line wraps and indentation do not count. 24 bytes a different block, at most three quarters of
/// the table in use. Deterministic in the order of documents.
public struct RepeatedBlocks: Sendable {
    /// What is known of a block.
    struct Entry: Sendable {
        var key: ContentKey
        /// Documents that it stands in; 0 marks an empty slot.
        var documents: UInt32
        /// The last of them.
        var last: UInt32
    }

    /// Blocks of fewer bytes are passed over.
    public let minimumBytes: Int
    /// Documents so far.
    public private(set) var documentCount = 0
    /// Different blocks so far.
    public private(set) var count = 0
    private var slots: [Entry]

    /// Nothing seen yet.
    public init(minimumBytes: Int = 1) {
        self.minimumBytes = max(1, minimumBytes)
        slots = RepeatedBlocks.empty(64)
    }

    private static func empty(_ count: Int) -> [Entry] {
        [Entry](repeating: Entry(key: ContentKey(high: 0, low: 0), documents: 0, last: 0), count: count)
    }

    /// Takes the blocks of the next document and returns those that stood before, in an earlier document or earlier in this one.
    public mutating func append(_ text: UnsafeBufferPointer<UInt8>, blocks: [Range<Int>]) -> [Range<Int>] {
        documentCount += 1
        let document = UInt32(truncatingIfNeeded: documentCount)
        var repeated: [Range<Int>] = []
        for block in blocks where block.count >= minimumBytes {
            let key = RepeatedBlocks.key(text, block)
            let slot = place(of: key)
            if slots[slot].documents == 0 {
                slots[slot] = Entry(key: key, documents: 1, last: document)
                count += 1
                if count * 4 > slots.count * 3 { grow() }
                continue
            }
            repeated.append(block)
            if slots[slot].last != document {
                slots[slot].last = document
                slots[slot].documents += 1
            }
        }
        return repeated
    }

    /// In how many documents a block stands.
    public func documents(with block: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Int {
        Int(slots[place(of: RepeatedBlocks.key(text, block))].documents)
    }

    /// Those of the blocks that stand in at least so many documents: boilerplate that no rule names.
    public func blocks(
        inAtLeast documents: Int, of text: UnsafeBufferPointer<UInt8>, blocks: [Range<Int>]
    ) -> [Range<Int>] {
        blocks.filter { $0.count >= minimumBytes && self.documents(with: $0, of: text) >= documents }
    }

    private static func key(_ text: UnsafeBufferPointer<UInt8>, _ block: Range<Int>) -> ContentKey {
        ContentKey(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[block]))
    }

    private func place(of key: ContentKey) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: key.low) & mask
        while slots[slot].documents != 0, slots[slot].key != key { slot = (slot &+ 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = RepeatedBlocks.empty(old.count * 2)
        for entry in old where entry.documents != 0 { slots[place(of: entry.key)] = entry }
    }
}
