import Files

/// The items of a file with an evaluation set: JSON Lines or one JSON value, compressed or not. What the members mean is recognised by
/// their names and kinds; `docs/decontamination.md` lists them.
public struct EvaluationSet: Sendable {
    /// The path of the file.
    public let path: String
    /// The items, in the order of the file.
    public let items: [EvaluationItem]
    /// Records in which no question was found: their places, in order.
    public let unrecognised: [String]

    /// Reads a file. Throws `DecontaminationFailure.noItems` where no record is an item, and `FileFailure` for what is no JSON.
    public init(_ path: String) throws {
        let bytes = try ByteStream.open(path).readAll(limit: EvaluationSet.limit)
        try self.init(bytes, path: path)
    }

    /// The largest file that is read.
    static let limit = 1 << 31

    /// The items of JSON Lines or one JSON value, which `path` names in messages.
    public init(_ bytes: [UInt8], path: String) throws {
        self.path = path
        var gatherer = EvaluationGatherer()
        let parser = JSONParser()
        let isOneValue: Bool
        do {
            try parser.parse(bytes, name: path) { gatherer.take(root: $0) }
            isOneValue = true
        } catch {
            isOneValue = false
            // Two values are no JSON, but may be two lines of it.
            if !EvaluationSet.mayBeLines(bytes) { throw error }
        }
        if !isOneValue {
            gatherer = EvaluationGatherer()
            var number = 0
            for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                number += 1
                if line.allSatisfy({ $0 <= 0x20 }) { continue }
                try line.withUnsafeBytes { line in
                    try parser.parse(line, name: "\(path): line \(number)") {
                        gatherer.take(record: $0, place: "line \(number)")
                    }
                }
            }
        }
        if gatherer.items.isEmpty {
            throw DecontaminationFailure.noItems(path: path, found: gatherer.found)
        }
        items = gatherer.items
        unrecognised = gatherer.unrecognised
    }

    private static func mayBeLines(_ bytes: [UInt8]) -> Bool {
        bytes.contains(0x0A) && bytes.first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "{")
    }
}
