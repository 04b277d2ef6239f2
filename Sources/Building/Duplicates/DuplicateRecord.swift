import Deduplication
import Files
import Glibc

/// What a search for duplicates needs to know of one record beside its shingles.
public struct DuplicateRecord: Sendable {
    /// What the record calls itself; its place in the input where it does not.
    public var id: String
    /// The text.
    public var text: [UInt8]
    /// Its version as numbers; empty where it has none.
    public var version: [Int]
    /// Its date as numbers; empty where it has none.
    public var date: [Int]

    /// The fields of a record that say its version, first of all, and its date; in the record itself or in its `metadata`.
    private static let versionFields = ["version"]
    private static let dateFields = ["date", "created", "added", "timestamp"]

    init(_ element: JSONElement, id: String?, text: UnsafeRawBufferPointer, place: @autoclosure () -> String) {
        self.id = id ?? place()
        self.text = Array(text)
        version = DuplicateRecord.numbers(element, DuplicateRecord.versionFields)
        date = DuplicateRecord.numbers(element, DuplicateRecord.dateFields)
    }

    private static func numbers(_ element: JSONElement, _ names: [String]) -> [Int] {
        for object in [element, element["metadata"]] {
            guard let object, object.kind == .object else { continue }
            for name in names {
                guard let value = object.member(name) else { continue }
                if let number = value.int { return [number] }
                let numbers = numbers(in: value.string ?? "")
                if !numbers.isEmpty { return numbers }
            }
        }
        return []
    }

    /// The runs of digits of a text, at most 18 digits of each.
    static func numbers(in text: String) -> [Int] {
        var numbers: [Int] = []
        var isInside = false
        for byte in text.utf8 {
            if byte >= 0x30, byte <= 0x39 {
                if !isInside { numbers.append(0) }
                isInside = true
                if numbers[numbers.count - 1] < 100_000_000_000_000_000 {
                    numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - 0x30)
                }
            } else {
                isInside = false
            }
        }
        return numbers
    }
}
