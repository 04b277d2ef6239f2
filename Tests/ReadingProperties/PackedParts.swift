/// A package as text, which a fuzzer can change without breaking checksums: `%%% name` on a line of its own begins a part.
enum PackedParts {
    /// The package as a zip. What stands before the first name is dropped.
    static func zip(_ text: [UInt8]) -> [UInt8] {
        var zip = StoredZip()
        var name: String?
        var content: [UInt8] = []
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: Array("%%% ".utf8)) {
                if let name { zip.add(name, content) }
                name = String(decoding: line.dropFirst(4), as: UTF8.self)
                content = []
            } else {
                if !content.isEmpty { content.append(0x0A) }
                content += line
            }
        }
        if let name { zip.add(name, content) }
        return zip.finished()
    }
}
