import Yams

extension YamlError {
    /// The line where the text stops being YAML, counted from 1, where the parser says so.
    var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    /// What is wrong, in the parser's words.
    var problem: String {
        switch self {
        case .scanner(let context, let problem, _, _), .parser(let context, let problem, _, _),
            .composer(let context, let problem, _, _):
            context.map { "\($0.text): \(problem)" } ?? problem
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key \(duplicates.map { "`\($0)`" }.joined(separator: ", ")) twice"
        default: "\(self)".split(separator: "\n").first.map(String.init) ?? "another text"
        }
    }
}
