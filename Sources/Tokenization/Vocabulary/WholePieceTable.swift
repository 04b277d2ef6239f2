import CKernels

/// The tokens of a model by their bytes, for `ignore_merges`: a piece that is a token is taken whole.
///
/// `@unchecked Sendable`: never written after `init`.
final class WholePieceTable: @unchecked Sendable {
    private let names: TokenNames
    private let usesWrittenForm: Bool
    /// The upper half of the hash above the id plus one; 0 where nothing is.
    private let slots: UnsafeMutablePointer<UInt64>
    private let mask: Int
    private let memory: TableMemory
    /// The most bytes of a token.
    let longest: Int

    /// The tokens of the model of `definition`, without those that are only added.
    init(_ definition: TokenizerDefinition) {
        let names = definition.names
        let usesWrittenForm = definition.characters != nil
        var capacity = 64
        while capacity < names.count * 2 { capacity *= 2 }
        let mask = capacity - 1
        let memory = TableMemory(byteCount: capacity * 8)
        let slots = memory.start.bindMemory(to: UInt64.self, capacity: capacity)
        var longest = 0
        names.withView { view in
            func bytes(_ id: UInt32) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(usesWrittenForm ? view.writtenForm(of: id) : view.bytes(of: id))
            }
            // Hashes first, so that what an entry reads is fetched before it is read.
            var entries: [(hash: UInt64, id: UInt32)] = []
            entries.reserveCapacity(names.count)
            for id in 0..<UInt32(names.idLimit) where !definition.isHidden(id) {
                let bytes = bytes(id)
                if bytes.isEmpty { continue }
                entries.append((TokenNames.hash(bytes), id))
                longest = max(longest, bytes.count)
            }
            for index in entries.indices {
                let next = index + 16
                if next < entries.count {
                    shardmill_prefetch(slots + (Int(truncatingIfNeeded: entries[next].hash) & mask))
                }
                let (hash, id) = entries[index]
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot] != 0 { slot = (slot + 1) & mask }
                slots[slot] = hash & ~0xFFFF_FFFF | UInt64(id + 1)
            }
        }
        self.longest = longest
        self.names = names
        self.usesWrittenForm = usesWrittenForm
        self.slots = slots
        self.mask = mask
        self.memory = memory
    }

    /// Has the processor fetch what `id` will read first.
    @inline(__always)
    func prefetch(_ start: UnsafePointer<UInt8>, _ count: Int) {
        if count > longest { return }
        let hash = TokenNames.hash(UnsafeRawBufferPointer(start: start, count: count))
        shardmill_prefetch(slots + (Int(truncatingIfNeeded: hash) & mask))
    }

    /// The token that stands for exactly these bytes.
    func id(of bytes: UnsafeRawBufferPointer) -> UInt32? {
        if bytes.count > longest { return nil }
        let hash = TokenNames.hash(bytes)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let found = slots[slot]
            if found &>> 32 == hash &>> 32 {
                let id = UInt32(truncatingIfNeeded: found) &- 1
                let isSame = names.withView {
                    $0.isEqual(usesWrittenForm ? $0.writtenForm(of: id) : $0.bytes(of: id), bytes)
                }
                if isSame { return id }
            }
            slot = (slot &+ 1) & mask
        }
        return nil
    }
}
