import Files
import TestSupport
import Tokenization

/// One line of a vectors file.
struct Vector {
    var text: String
    var ids: [UInt32]
    var idsSpecial: [UInt32]?
    var decoded: String
    var decodedSkip: String?

    /// The lines of `tokenizers/<inner>` of the test data.
    static func read(_ inner: String) throws -> [Vector] {
        try read(file: TestData.path("tokenizers/" + inner))
    }

    /// The lines of a file.
    static func read(file path: String) throws -> [Vector] {
        var reader = LineReader(try FileByteStream(path))
        let parser = JSONParser()
        var vectors: [Vector] = []
        while let vector = try reader.next({ line in
            try parser.parse(line, name: path) { root in
                Vector(
                    text: root["text"]?.string ?? "", ids: ids(root["ids"]) ?? [], idsSpecial: ids(root["ids_special"]),
                    decoded: root["decoded"]?.string ?? "", decodedSkip: root["decoded_skip"]?.string)
            }
        }) {
            vectors.append(vector)
        }
        return vectors
    }

    private static func ids(_ element: JSONElement?) -> [UInt32]? {
        guard let element else { return nil }
        var ids: [UInt32] = []
        element.forEachItem { ids.append(UInt32($0.int ?? -1)) }
        return ids
    }
}
