import Documents
public import Files

/// Where a finding is: a file with the line and the clause in it, as far as they are known.
public struct FindingPlace: Sendable, Equatable, CustomStringConvertible {
    /// A document that a finding is about, as its source holds it.
    public struct Subject: Sendable, Equatable {
        /// The document's id; empty for what became none.
        public var id: String
        /// The name of its source.
        public var source: String
        /// The file relative to the source, the record in it behind `!`, the clause or part behind `#`.
        public var path: String
        /// The first text of what the finding is about, to find its line by; empty where nothing is to be looked for.
        var probe: [UInt8] = []
        /// The clause of the document that it stands in; nil where it has none, or where the path names it.
        var clause: String?
        /// Of several records of one key the one that is meant, from 1.
        var occurrence = 1
    }

    /// The file, as it is opened from the working folder; of a document whose source is not there the path relative to the source.
    public var file: String
    /// The line, from 1.
    public var line: Int?
    /// The clause of a document that has no lines: `5.3.2`.
    public var clause: String?
    /// The document, where it is about one.
    public var subject: Subject?

    /// A place.
    public init(_ file: String, line: Int? = nil, clause: String? = nil) {
        self.file = file
        self.line = line
        self.clause = clause
    }

    /// The place of a document whose source was not looked for yet.
    init(_ subject: Subject) {
        file = subject.path
        self.subject = subject
    }

    /// `file:line`, `file#clause 5.3.2`; on one line, whatever the name of the file holds.
    public var description: String {
        MessageText.oneLine(file + (line.map { ":\($0)" } ?? clause.map { "#clause \($0)" } ?? ""))
    }

    /// As a JSON object.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["file": .string(file)]
        if let line { members["line"] = .integer(line) }
        if let clause { members["clause"] = .string(clause) }
        if let subject {
            members["source"] = .string(subject.source)
            members["path"] = .string(subject.path)
            if !subject.id.isEmpty { members["document"] = .string(subject.id) }
        }
        return .object(members)
    }
}
