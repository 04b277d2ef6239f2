import Files
import Glibc

/// The band keys of many documents, one column a band, in blocks of which those beyond a bound of memory stand in a temporary file.
///
/// One thread at a time.
public final class BandTable {
    /// Bands of a document.
    public let bands: Int
    /// Documents so far.
    public private(set) var count = 0

    private static let blockRows = 1 << 14
    private let memory: Int
    private let folder: String?
    private var file: SpillFile?
    /// Whole blocks [bands, blockRows] in memory, and where the others begin in the file: blocks in order, memory first.
    private var blocks: [UnsafeMutablePointer<UInt64>] = []
    private var offsets: [Int] = []
    /// The block that is being filled.
    private var last: UnsafeMutablePointer<UInt64>

    /// An empty table whose blocks may hold `memory` bytes before they go into a file in `temporaryFolder` (nil: the system's).
    public init(bands: Int, memory: Int = 1 << 28, temporaryFolder: String? = nil) {
        self.bands = bands
        self.memory = memory
        folder = temporaryFolder
        last = .allocate(capacity: bands * BandTable.blockRows)
    }

    deinit {
        for block in blocks { block.deallocate() }
        last.deallocate()
    }

    /// Appends documents: the keys of one behind those of the other, `bands` each. Throws what writing the temporary file throws.
    public func append(_ keys: UnsafeBufferPointer<UInt64>) throws {
        precondition(keys.count % bands == 0, "\(keys.count) keys for documents of \(bands) bands")
        var next = 0
        while next < keys.count {
            let row = count % BandTable.blockRows
            for band in 0..<bands { last[band * BandTable.blockRows + row] = keys[next + band] }
            next += bands
            count += 1
            if row == BandTable.blockRows - 1 { try closeBlock() }
        }
    }

    /// Appends documents.
    public func append(_ keys: [UInt64]) throws { try keys.withUnsafeBufferPointer { try append($0) } }

    private func closeBlock() throws {
        let bytes = bands * BandTable.blockRows * 8
        if offsets.isEmpty, (blocks.count + 1) * bytes <= memory {
            blocks.append(last)
            last = .allocate(capacity: bands * BandTable.blockRows)
            return
        }
        if file == nil { file = try SpillFile(in: folder) }
        offsets.append(try file!.append(UnsafeRawBufferPointer(start: last, count: bytes)))
    }

    /// Whether a part of the table stands in a file.
    public var isSpilled: Bool { !offsets.isEmpty }

    /// Calls `body` with the keys of one band in stretches of documents that follow each other, from document 0 on. Several threads may
    /// read at once.
    public func forEachStretch(of band: Int, _ body: (UnsafeBufferPointer<UInt64>) throws -> Void) throws {
        let rows = BandTable.blockRows
        for block in blocks { try body(UnsafeBufferPointer(start: block + band * rows, count: rows)) }
        if let file {
            try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: rows) { stretch in
                for offset in offsets {
                    try file.read(offset + band * rows * 8, into: UnsafeMutableRawBufferPointer(stretch))
                    try body(UnsafeBufferPointer(stretch))
                }
            }
        }
        let rest = count % rows
        if rest > 0 { try body(UnsafeBufferPointer(start: last + band * rows, count: rest)) }
    }
}
