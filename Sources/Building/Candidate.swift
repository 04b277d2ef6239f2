import Documents

/// A document on its way through the decisions, or an input that gave none.
struct Candidate: Sendable {
    /// What has become of it so far.
    enum Fate: Sendable {
        /// It could not be read.
        case unread(Rejection)
        /// A rule dropped it.
        case dropped(rule: String, value: String, threshold: String)
        /// It stays.
        case stays
    }

    var fate: Fate
    /// Nothing for what could not be read.
    let facts: DocumentFacts?
    /// The partition, and the document's index in its artefacts.
    let partition: Int
    let index: Int
    /// How often it is packed.
    var copies = 1
    /// The number of its family and its side, once they are chosen.
    var family = 0
    var split = Split.train
    /// What goes from its text.
    var edits: [TextEdit] = []

    /// The facts of a document that stays so far.
    var staying: DocumentFacts? {
        if case .stays = fate { facts } else { nil }
    }

    /// Whether it stays with less text than it had.
    var isRevised: Bool { staying != nil && !edits.isEmpty }

    mutating func drop(rule: String, value: String, threshold: String) {
        fate = .dropped(rule: rule, value: value, threshold: threshold)
    }
}
