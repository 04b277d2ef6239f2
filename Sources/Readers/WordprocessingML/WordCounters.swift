/// The numbers that the lists of a document have reached.
struct WordCounters {
    /// The label of a paragraph in a list.
    enum Label: Equatable {
        /// A mark that says nothing but "item".
        case bullet
        /// A number with what stands around it; empty where the list shows none.
        case number(String)
    }

    private static let unset = Int.min

    let numbering: WordNumbering
    /// Current numbers, nine for each definition.
    private var counts: [Int]
    /// Lists whose own starting numbers have been set, as list × levels + level.
    private var started: Set<Int> = []

    init(_ numbering: WordNumbering) {
        self.numbering = numbering
        counts = [Int](repeating: WordCounters.unset, count: numbering.definitions * WordNumbering.levels)
    }

    /// Counts a paragraph at a level of a list and gives its label; nil where the document does not define the list.
    mutating func next(_ id: Int, level: Int) -> Label? {
        guard let list = numbering.list(id), level >= 0, level < WordNumbering.levels else { return nil }
        let base = list.definition * WordNumbering.levels
        let own = list.levels[level] ?? WordNumbering.Level()
        if let start = list.starts[level], started.insert(id * WordNumbering.levels + level).inserted {
            counts[base + level] = start
        } else if counts[base + level] == WordCounters.unset {
            counts[base + level] = own.start
        } else {
            counts[base + level] += 1
        }
        for deeper in (level + 1)..<max(level + 1, WordNumbering.levels) {
            let restart = list.levels[deeper]?.restart ?? deeper
            if level < restart { counts[base + deeper] = WordCounters.unset }
        }
        if own.format == .bullet { return .bullet }
        return .number(label(own, list, base))
    }

    /// The level that a style brings with it, where the list says so.
    func level(_ id: Int, style: String) -> Int? {
        numbering.list(id)?.levels.firstIndex { $0?.style == style && !style.isEmpty }
    }

    private func label(_ level: WordNumbering.Level, _ list: WordNumbering.List, _ base: Int) -> String {
        var text = ""
        var isPlace = false
        for scalar in level.text.unicodeScalars {
            if isPlace, scalar.value >= 0x31, scalar.value <= 0x39 {
                let index = Int(scalar.value - 0x31)
                let place = list.levels[index] ?? WordNumbering.Level()
                let count = counts[base + index] == WordCounters.unset ? place.start : counts[base + index]
                let isDecimal = level.isLegal && place.format != .decimalZero && place.format != .none
                text += (isDecimal ? NumberFormat.decimal : place.format).text(count)
                isPlace = false
                continue
            }
            if isPlace { text += "%" }
            isPlace = scalar == "%"
            if !isPlace { text.unicodeScalars.append(scalar) }
        }
        if isPlace { text += "%" }
        return text
    }
}
