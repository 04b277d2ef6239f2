import Documents
import Files

/// Which columns of a table are text, id, title and metadata.
struct FieldColumns {
    let names: [String]
    let text: [Int]
    let id: Int?
    private let title: Int?
    private let metadata: [Int]

    /// Throws where no column of text is there, naming those that are.
    init(_ names: [String], _ context: ReadContext) throws {
        self.names = names
        let fields = context.options.fields
        func column(_ name: String) -> Int? {
            if let found = names.firstIndex(of: name) { return found }
            guard let number = Int(name), number >= 1, number <= names.count else { return nil }
            return number - 1
        }
        let text = fields.text.compactMap(column)
        if text.isEmpty {
            let wanted = fields.text.map { "\"\($0)\"" }.joined(separator: " or ")
            throw ReadFailure.malformed(
                path: context.name, place: "columns",
                expected: "a column \(wanted) (\(context.options.optionNames.text) names another one, or its number)",
                found: "columns \(names.prefix(12).joined(separator: ", "))")
        }
        self.text = text
        id = column(fields.id)
        let title = column(fields.title)
        self.title = title
        metadata = fields.metadata?.compactMap(column) ?? names.indices.filter { !text.contains($0) && $0 != title }
    }

    /// What is wrong with a row of `count` columns; nil where it can be read.
    func problem(_ count: Int) -> String? {
        count <= text.max()! || count > names.count ? "\(count) columns" : nil
    }

    /// Whether a column is id, title or metadata.
    func isKept(_ column: Int) -> Bool { column == id || column == title || metadata.contains(column) }

    /// The metadata of a row of values.
    func metadata(_ value: (Int) -> JSONValue?) -> Metadata {
        var members: [String: JSONValue] = [:]
        for column in metadata { members[names[column]] = value(column) }
        var found = Metadata(json: .object(members))
        if let title, let text = value(title)?.string { found.title = text }
        return found
    }

    /// The metadata of a row; empty fields are left out.
    func metadata(count: Int, _ value: (Int) -> String) -> Metadata {
        var members: [String: JSONValue] = [:]
        for column in metadata where column < count {
            let text = value(column)
            if !text.isEmpty { members[names[column]] = .string(text) }
        }
        var found = Metadata(json: .object(members))
        if let title, title < count {
            let text = value(title)
            if !text.isEmpty { found.title = text }
        }
        return found
    }
}
