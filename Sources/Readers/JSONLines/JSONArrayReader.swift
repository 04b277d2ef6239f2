import Documents
import Files

/// Reads a JSON file that is one array of objects, each a record.
enum JSONArrayReader {
    /// Emits the document of every object. Throws where no object has the text field, naming the members that are there.
    static func read(
        _ bytes: UnsafeRawBufferPointer, _ context: ReadContext, _ parser: JSONParser,
        emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        try parser.parse(bytes, name: context.name) { root in
            guard root.kind == .array else {
                throw ReadFailure.malformed(
                    path: context.name, place: "root", expected: "an array of objects", found: "\(root.kind)")
            }
            var members: String?
            var hasText = false
            let paths = context.options.fields.text.map(FieldPath.init)
            root.forEachItem { item in
                if paths.contains(where: { $0.value(in: item) != nil }) { hasText = true }
                if members == nil { members = JSONRecordReader.memberNames(item) }
            }
            guard let members else {
                throw ReadFailure.empty(path: context.name, what: "an empty JSON array")
            }
            if !hasText, context.renderer == nil {
                let names = paths.map { "\"\($0.name)\"" }.joined(separator: " or ")
                throw ReadFailure.malformed(
                    path: context.name, place: "records",
                    expected: "a member \(names) (\(context.options.optionNames.text) names another one)",
                    found: "members \(members)")
            }
            var records = JSONRecordReader(context)
            var position = 0
            try root.forEachItem { item in
                position += 1
                do {
                    try records.read(item, position: "#\(position)", place: "record \(position)", emit)
                } catch let failure as ReadFailure {
                    try reject(context.rejection(failure))
                }
            }
        }
    }
}
