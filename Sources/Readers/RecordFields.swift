/// Which fields of a record (a JSON object, a row of a table) are its text and what is known of it.
///
/// A field is named as it stands in the record; a name with dots that no member bears leads through objects inside (`body.content`).
/// In a table without a header, or where no column has the name, a number counts columns from 1.
public struct RecordFields: Sendable, Equatable {
    /// The fields that hold the text, joined by an empty line where there are several; a record needs one of them.
    public var text = ["text"]
    /// The field whose value tells records apart.
    public var id = "id"
    /// The field that is the title.
    public var title = "title"
    /// The fields that become metadata; nil: all that are left.
    public var metadata: [String]?

    /// `text`, `id`, `title`, and all else as metadata.
    public init() {}

    var digestText: String {
        func quoted(_ names: [String]) -> String { names.map { "\($0.utf8.count):\($0)" }.joined(separator: ",") }
        return "text=\(quoted(text)) id=\(quoted([id])) title=\(quoted([title])) "
            + "metadata=\(metadata.map(quoted) ?? "all")"
    }
}
