import Files
import Glibc

/// The shingle sets of candidates, read many times: in memory up to a bound, the others in a temporary file.
///
/// `@unchecked Sendable`: filled by one thread, then only read.
final class ShingleSetStore: @unchecked Sendable {
    /// What is known of a set without reading it.
    struct Facts {
        var document: UInt32
        var count: UInt32
        /// XXH3 of the set.
        var digest: UInt64
        /// Where it begins in memory, in hashes, or in the file, in bytes, as -1 - offset.
        fileprivate var place: Int
    }

    private let memory: Int
    private let folder: String?
    private var held: [UInt64] = []
    private var file: SpillFile?
    /// Ascending documents.
    private(set) var facts: [Facts] = []

    init(memory: Int, temporaryFolder: String?) {
        self.memory = memory
        folder = temporaryFolder
    }

    /// Adds the set of a document behind all that were added before.
    func add(_ set: [UInt64], of document: UInt32) throws {
        let digest = set.withUnsafeBytes { XXHash3.hash64($0) }
        var place = held.count
        if (held.count + set.count) * 8 > memory {
            if file == nil { file = try SpillFile(in: folder) }
            place = -1 - (try set.withUnsafeBytes { try file!.append($0) })
        } else {
            held += set
        }
        facts.append(Facts(document: document, count: UInt32(set.count), digest: digest, place: place))
    }

    /// The number of a document's set; nil where it was not added.
    func index(of document: UInt32) -> Int? {
        var low = 0
        var high = facts.count
        while low < high {
            let middle = (low + high) / 2
            if facts[middle].document < document { low = middle + 1 } else { high = middle }
        }
        return low < facts.count && facts[low].document == document ? low : nil
    }

    /// The exact similarity of two sets; `scratch` is reused from call to call.
    func jaccard(_ first: Int, _ second: Int, _ scratch: inout Scratch) throws -> Double {
        try held.withUnsafeBufferPointer { held in
            let left = try set(first, held, &scratch.left)
            let right = try set(second, held, &scratch.right)
            return HashSet.jaccard(left, right)
        }
    }

    /// Room for two sets that stand in the file.
    struct Scratch {
        fileprivate var left = Room()
        fileprivate var right = Room()
    }

    /// A set that was read from the file.
    fileprivate final class Room {
        var memory = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 0)
        var index = -1
        deinit { memory.deallocate() }
    }

    private func set(
        _ index: Int, _ held: UnsafeBufferPointer<UInt64>, _ room: inout Room
    ) throws -> UnsafeBufferPointer<UInt64> {
        let facts = facts[index]
        let count = Int(facts.count)
        if facts.place >= 0 { return UnsafeBufferPointer(rebasing: held[facts.place..<facts.place + count]) }
        if room.memory.count < count {
            room.memory.deallocate()
            room.memory = .allocate(capacity: count)
            room.index = -1
        }
        let set = UnsafeMutableBufferPointer(rebasing: room.memory[..<count])
        if room.index != index {
            try file!.read(-1 - facts.place, into: UnsafeMutableRawBufferPointer(set))
            room.index = index
        }
        return UnsafeBufferPointer(set)
    }
}
