import Files
import Parallel
import Readers

/// A file that a source's patterns found, with its digest.
struct PlannedInput: Sendable, Equatable {
    let source: Int
    let path: String
    let relativePath: String
    let bytes: Int
    let sha256: String
    /// What the file system said of the file before it was digested.
    let stamp: FileStamp
    /// The parts that a large file of records is cut into; empty: it is read as a whole.
    var ranges: [Range<Int>] = []
}

/// A group of neighbouring inputs that one worker reads. Boundaries depend on paths and sizes alone.
struct Partition: Sendable {
    /// Indices into the plan's inputs.
    let inputs: Range<Int>
    /// Bytes on disk.
    let bytes: Int
    /// The part of the one input that is read; nil: all of every input.
    var range: Range<Int>?

    /// Cuts inputs, in their order, at places that a hash of the path decides: after a file of `b` bytes with probability
    /// `b / meanBytes`, so that partitions have that mean and a new file moves few boundaries; never across sources nor between the parts of one specification. A large file of records is cut by itself.
    static func cut(_ inputs: [PlannedInput], meanBytes: Int) -> [Partition] {
        var partitions: [Partition] = []
        let groupEnds = Set(InputFile.groups(inputs.map(\.relativePath)).map(\.upperBound))
        var start = 0
        var bytes = 0
        for (index, input) in inputs.enumerated() {
            if !input.ranges.isEmpty {
                if start < index { partitions.append(Partition(inputs: start..<index, bytes: bytes)) }
                for range in input.ranges {
                    partitions.append(Partition(inputs: index..<index + 1, bytes: range.count, range: range))
                }
                start = index + 1
                bytes = 0
                continue
            }
            bytes += input.bytes
            let draw = KeyedHash.mix(XXHash3.hash64(input.relativePath)) % UInt64(max(1, meanBytes))
            let sourceEnds = index + 1 == inputs.count || inputs[index + 1].source != input.source
            let mayEnd = groupEnds.contains(index + 1) && (draw < UInt64(input.bytes) || bytes >= 8 * meanBytes)
            if sourceEnds || mayEnd {
                partitions.append(Partition(inputs: start..<index + 1, bytes: bytes))
                start = index + 1
                bytes = 0
            }
        }
        return partitions
    }
}
