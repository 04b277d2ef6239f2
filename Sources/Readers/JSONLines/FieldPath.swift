import Files
import Glibc

/// The way to a field of a JSON record: the member of that name, else through the objects that the parts between dots name.
struct FieldPath {
    let name: String
    private let key: [UInt8]
    private let parts: [String]

    init(_ name: String) {
        self.name = name
        key = Array(name.utf8)
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        self.parts = parts.count > 1 && !parts.contains("") ? parts : []
    }

    /// The value; nil where there is none.
    func value(in record: JSONElement) -> JSONElement? {
        var found: JSONElement?
        record.forEachMember { member, value in if found == nil, isMember(member) { found = value } }
        if found != nil || parts.isEmpty { return found }
        var current = record
        for part in parts {
            guard current.kind == .object, let inner = current.member(part) else { return nil }
            current = inner
        }
        return current
    }

    /// Whether a member of the record itself is meant.
    func isMember(_ member: UnsafeRawBufferPointer) -> Bool {
        member.count == key.count && (key.isEmpty || memcmp(member.baseAddress!, key, key.count) == 0)
    }
}
