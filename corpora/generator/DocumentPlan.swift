import Parallel

/// What a clause holds.
enum ClauseKind: Int, Sendable {
    case scope, references, definitions, abbreviations, general, chapter
    case overview, procedure, message, element, states, timers, syntax, counters, test, measurement, requirements

    /// Bytes of text such a clause takes on average, for planning a size.
    var expectedBytes: Int {
        switch self {
        case .scope: 700
        case .references: 900
        case .definitions: 1500
        case .abbreviations: 300
        case .general: 1100
        case .chapter: 110
        case .overview: 1150
        case .procedure: 1900
        case .message: 700
        case .element: 620
        case .states: 1350
        case .timers: 850
        case .syntax: 1150
        case .counters: 1250
        case .test: 1150
        case .measurement: 950
        case .requirements: 950
        }
    }
}

/// One heading and what follows it.
struct Clause {
    var level: Int
    var kind: ClauseKind
    /// `5.3.2`, or `Annex A` for an annex.
    var number: Range<Int>
    var title: Range<Int>
    var isAnnex = false
}

/// The tree of clauses of a document, made before its text, since the contents and every cross reference need it.
struct DocumentPlan: ~Copyable {
    private(set) var clauses: [Clause] = []
    private(set) var text = ByteBuffer()
    private let words: SharedWords

    init(words: SharedWords) { self.words = words }

    /// The bytes of a number or title.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.base + range.lowerBound, count: range.count)
    }

    /// A length in bytes, from 5 KB to 400 KB: nine tenths are spread like the lengths of real specifications.
    static func drawSize(_ random: inout SeededRandom) -> Int {
        let deciles = [5000, 8000, 12000, 17000, 24000, 34000, 48000, 70000, 110_000, 180_000, 400_000]
        let decile = random.nextInt(below: 10)
        return deciles[decile] + random.nextInt(below: deciles[decile + 1] - deciles[decile])
    }

    private static let themes: [(ClauseKind, StaticString, Int)] = [
        (.overview, "Architecture", 2), (.procedure, "Procedures", 5), (.message, "Messages", 4),
        (.element, "Information elements", 4), (.states, "States", 1), (.timers, "Timers and counters", 1),
        (.syntax, "Abstract syntax", 2), (.counters, "Performance counters", 2), (.test, "Test cases", 3),
        (.measurement, "Measurements", 2), (.requirements, "Requirements", 2),
    ]

    /// Plans the clauses of a document of about `size` bytes.
    mutating func draw(size: Int, _ lexicon: borrowing DocumentLexicon, _ random: inout SeededRandom) {
        clauses.removeAll(keepingCapacity: true)
        text.removeAll()
        add(1, .scope, [1]) { $0.append("Scope") }
        add(1, .references, [2]) { $0.append("References") }
        add(1, .chapter, [3]) { $0.append("Definitions and abbreviations") }
        add(2, .definitions, [3, 1]) { $0.append("Definitions") }
        add(2, .abbreviations, [3, 2]) { $0.append("Abbreviations") }
        add(1, .general, [4]) { $0.append("General") }
        let counts = drawCounts(max(0, size - 3000), &random)
        var chapter = 4
        for (index, theme) in DocumentPlan.themes.enumerated() where counts[index] > 0 {
            chapter += 1
            add(1, .chapter, [chapter]) { $0.append(theme.1) }
            addSubclauses(theme.0, counts[index], chapter, lexicon, &random)
        }
    }

    /// How many clauses of each theme: chapters are chosen by chance, then filled by weight until the size is reached.
    private func drawCounts(_ budget: Int, _ random: inout SeededRandom) -> [Int] {
        var weights = DocumentPlan.themes.map {
            random.nextInt(below: 5) < 3 ? $0.2 * (1 + random.nextInt(below: 4)) : 0
        }
        if weights.allSatisfy({ $0 == 0 }) { weights[random.nextInt(below: weights.count)] = 1 }
        let total = weights.reduce(0, +)
        var counts = [Int](repeating: 0, count: weights.count)
        var left = budget
        while left > 0 {
            var ticket = random.nextInt(below: total)
            var theme = 0
            while ticket >= weights[theme] {
                ticket -= weights[theme]
                theme += 1
            }
            if counts[theme] == 0 { left -= ClauseKind.chapter.expectedBytes }
            counts[theme] += 1
            left -= DocumentPlan.themes[theme].0.expectedBytes
        }
        return counts
    }

    /// Up to twelve clauses stand side by side; more are grouped one level deeper.
    private mutating func addSubclauses(
        _ kind: ClauseKind, _ count: Int, _ chapter: Int, _ lexicon: borrowing DocumentLexicon,
        _ random: inout SeededRandom
    ) {
        let width = 4 + random.nextInt(below: 9)
        for index in 0..<count {
            if count <= width {
                addTitled(2, kind, [chapter, index + 1], lexicon, &random)
            } else {
                if index % width == 0 {
                    addTitled(2, .chapter, [chapter, index / width + 1], lexicon, &random)
                }
                addTitled(3, kind, [chapter, index / width + 1, index % width + 1], lexicon, &random)
            }
        }
    }

    private mutating func addTitled(
        _ level: Int, _ kind: ClauseKind, _ number: [Int], _ lexicon: borrowing DocumentLexicon,
        _ random: inout SeededRandom
    ) {
        let words = words
        switch kind {
        case .message:
            let name = lexicon.messages.pick(&random)
            add(level, kind, number) { $0.append(name) }
        case .element:
            let name = lexicon.elements.pick(&random)
            add(level, kind, number) { $0.append(name) }
        case .procedure:
            let name = lexicon.procedures.pick(&random)
            let noun = words.nouns.pick(&random)
            add(level, kind, number) {
                $0.append(name, .title)
                $0.append(0x20)
                $0.append(noun)
            }
        default:
            let adjective = words.adjectives.pick(&random)
            let first = words.nouns.pick(&random)
            let second = words.nouns.pick(&random)
            add(level, kind, number) {
                $0.append(adjective, .title)
                $0.append(0x20)
                $0.append(first)
                $0.append(0x20)
                $0.append(second)
            }
        }
    }

    private mutating func add(
        _ level: Int, _ kind: ClauseKind, _ number: [Int], _ title: (inout ByteBuffer) -> Void
    ) {
        let numberStart = text.count
        for (index, part) in number.enumerated() {
            if index > 0 { text.append(0x2E) }
            text.append(number: part)
        }
        let titleStart = text.count
        title(&text)
        clauses.append(
            Clause(level: level, kind: kind, number: numberStart..<titleStart, title: titleStart..<text.count))
    }

    /// Drops the last `share` of 16 of the clauses, for a copy that was cut short.
    mutating func cut(sixteenths share: Int) {
        clauses.removeLast(clauses.count * share / 16)
    }
}
