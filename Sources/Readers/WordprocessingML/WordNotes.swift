/// The footnotes, endnotes and comments of a document, read before its text.
struct WordNotes {
    /// Where a note comes from.
    enum Kind: Int, CaseIterable {
        case footnote, endnote, comment

        var part: String {
            switch self {
            case .footnote: "footnotes"
            case .endnote: "endnotes"
            case .comment: "comments"
            }
        }
    }

    struct Note {
        var id: Int
        /// Its blocks as Markdown.
        var text: [UInt8]
        /// Who made a comment.
        var author = ""
        /// The number its references show; 0 before the first.
        var number = 0
    }

    private var notes: [[Note]] = [[], [], []]
    private var indices: [[Int: Int]] = [[:], [:], [:]]

    /// Adds a note; of two with one id the first counts, and false says that this was a second.
    mutating func add(_ kind: Kind, _ note: Note) -> Bool {
        if indices[kind.rawValue][note.id] != nil { return false }
        indices[kind.rawValue][note.id] = notes[kind.rawValue].count
        notes[kind.rawValue].append(note)
        return true
    }

    /// The place of a note in its kind; nil where there is none.
    func index(_ kind: Kind, _ id: Int) -> Int? { indices[kind.rawValue][id] }

    subscript(_ kind: Kind, _ index: Int) -> Note {
        get { notes[kind.rawValue][index] }
        set { notes[kind.rawValue][index] = newValue }
    }

    /// All notes of a kind, in the order of their part.
    func all(_ kind: Kind) -> [Note] { notes[kind.rawValue] }
}
