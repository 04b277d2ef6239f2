/// One question of an evaluation set.
public struct EvaluationItem: Sendable, Equatable {
    /// What a text of an item is.
    public enum Kind: String, Sendable, CaseIterable {
        case question, answer, option
    }

    /// One text of an item.
    public struct Part: Sendable, Equatable {
        /// What it is.
        public var kind: Kind
        /// The text in UTF-8.
        public var text: [UInt8]
    }

    /// What it is called in its file: its id, its key, or its number there, from 0.
    public var id: String
    /// Its number in its file, from 0.
    public var index: Int
    /// The question and, where the record has them, options and answer.
    public var parts: [Part]
}

/// Which texts of an item are looked for.
public enum EvaluationScope: String, Sendable, CaseIterable {
    /// The question alone.
    case question
    /// The question, and each answer for itself: finds the source of an answer, too.
    case answers
    /// The question, each answer and each option for itself.
    case all

    /// The texts of an item that it takes.
    public func texts(of item: EvaluationItem) -> [EvaluationItem.Part] {
        item.parts.filter {
            switch $0.kind {
            case .question: true
            case .answer: self != .question
            case .option: self == .all
            }
        }
    }
}
