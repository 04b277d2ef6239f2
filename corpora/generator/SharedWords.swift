/// The vocabulary as flat lists, made once and read by every thread.
final class SharedWords: @unchecked Sendable {
    // @unchecked: nothing changes after `init`.
    let nouns = NameList(words: Vocabulary.nouns)
    let adjectives = NameList(words: Vocabulary.adjectives)
    let verbs = NameList(words: Vocabulary.verbs)
    let participles = NameList(words: SharedWords.participles(Vocabulary.verbs))
    let adverbs = NameList(words: Vocabulary.adverbs)
    let units = NameList(words: Vocabulary.units)
    let themes = NameList(words: Vocabulary.themes)
    let kinds = NameList(words: Vocabulary.kinds)
    let messageKinds = NameList(words: Vocabulary.messageKinds)

    private static let doubling: Set<Substring> = [
        "admit", "cancel", "defer", "embed", "flag", "infer", "label", "log", "map", "permit", "prefer", "refer",
        "scan",
        "signal", "skip", "stop", "tag", "transfer", "transmit", "trim",
    ]

    private static func participles(_ verbs: String) -> String {
        verbs.split(whereSeparator: \.isWhitespace).map { verb in
            if verb.last == "e" { return verb + "d" }
            if verb.last == "y", let before = verb.dropLast().last, !"aeou".contains(before) {
                return verb.dropLast() + "ied"
            }
            return doubling.contains(verb) ? verb + String(verb.last!) + "ed" : verb + "ed"
        }.joined(separator: " ")
    }
}
