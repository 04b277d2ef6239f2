import Documents

/// Finds for every span of one document the rule that takes it.
struct BoilerplateSearch {
    private let rules: [BoilerplateRule]
    private let spans: [TextSpan]
    private let text: [UInt8]
    private let isBeginning: Bool
    /// For every span the index of the rule that takes it.
    private var taken: [Int?]

    /// No cover, notice and table of contents together is longer: a first heading behind it means that headings were lost.
    static let longestFront = 1 << 17
    /// No block of page furniture is longer.
    static let longestFurniture = 200
    /// How often page furniture stands in a document at least.
    static let leastFurniture = 3

    init(_ rules: [BoilerplateRule], _ document: Document) {
        self.rules = rules
        spans = document.spans
        text = document.text
        isBeginning = document.metadata.part ?? 1 == 1
        taken = [Int?](repeating: nil, count: document.spans.count)
    }

    mutating func run() -> [Int?] {
        takeHeadings()
        takeParagraphs()
        let outline = ClauseOutline(spans, over: text, passing: Set(taken.indices.filter { taken[$0] != nil }))
        if outline.headings.isEmpty { return taken }
        takeSections(outline)
        takeFront(outline)
        takeTail(outline)
        takeClauses(outline)
        return taken
    }

    private func folded(_ span: TextSpan) -> [UInt8] { TextPattern.folded(text[span.start..<span.end]) }

    private func rule(_ target: BoilerplateRule.Target, _ folded: [UInt8]) -> Int? {
        rules.firstIndex { $0.matches(target, folded) }
    }

    private func asks(_ target: BoilerplateRule.Target) -> Bool {
        rules.contains { $0.patterns.contains { $0.target == target } }
    }

    // MARK: Blocks

    private mutating func takeHeadings() {
        if !isBeginning || !asks(.heading) { return }
        let headings = spans.indices.filter { spans[$0].kind == .heading }
        for (place, heading) in headings.enumerated() {
            guard let found = rule(.heading, folded(spans[heading])) else { continue }
            taken[heading] = found
            // Where no heading follows, or only far behind, headings were lost: the text is not the cover's.
            guard place + 1 < headings.count else { break }
            let next = headings[place + 1]
            if spans[next].start - spans[heading].end > BoilerplateSearch.longestFront { continue }
            for index in heading + 1..<next { taken[index] = found }
        }
    }

    private mutating func takeParagraphs() {
        var matches: [Int: [Int]] = [:]
        defer {
            // What stands once or twice is text: page furniture comes again on every page.
            for (rule, indices) in matches where indices.count >= BoilerplateSearch.leastFurniture {
                for index in indices { taken[index] = rule }
            }
        }
        let patterns = rules.flatMap(\.patterns).filter { $0.target == .paragraph }.map(\.pattern)
        if patterns.isEmpty { return }
        // Nearly every block is passed over by its first letter.
        let first = Set(patterns.compactMap(\.firstByte))
        let isAny = patterns.contains { $0.firstByte == nil }
        for index in spans.indices where taken[index] == nil {
            let block = text[spans[index].start..<spans[index].end]
            if block.count > BoilerplateSearch.longestFurniture { continue }
            if !isAny, let byte = TextPattern.firstByte(block), !first.contains(byte) { continue }
            if let found = rule(.paragraph, TextPattern.folded(block)) { matches[found, default: []].append(index) }
        }
    }

    // MARK: Sections

    private mutating func takeSections(_ outline: ClauseOutline) {
        let headings = outline.headings
        // Clauses are numbered with digits, annexes with letters.
        let isClause = headings.map { $0.label.parts.first?.utf8.first.map { $0 &- 0x30 < 10 } ?? false }
        let firstClause = isClause.firstIndex(of: true) ?? headings.count
        let lastClause = isClause.lastIndex(of: true) ?? -1
        let isNumbered = isClause.contains(true)
        // Without clauses the front reaches as far as rules take one section after the other, and the end is the last section.
        var isFront = true
        var index = 0
        while index < headings.count {
            let end = outline.end(ofSectionAt: index)
            let title = TextPattern.folded(headings[index].label.title.utf8)
            let found = rules.firstIndex { rule in
                guard rule.matches(.section, title) else { return false }
                switch rule.place {
                case .anywhere: return true
                case .start: return isBeginning && (isNumbered ? index < firstClause : isFront)
                case .end: return isNumbered ? index > lastClause : end == headings.count && index > 0
                }
            }
            if let found {
                take(headings[index].span..<(end < headings.count ? headings[end].span : spans.count), by: found)
                index = end
            } else {
                if taken[headings[index].span] == nil { isFront = false }
                index += 1
            }
        }
    }

    private mutating func take(_ range: Range<Int>, by rule: Int) {
        for index in range where taken[index] == nil { taken[index] = rule }
    }

    // MARK: Ends

    private mutating func takeFront(_ outline: ClauseOutline) {
        let first = outline.headings[0].span
        if !isBeginning || !asks(.front) || spans[first].start > BoilerplateSearch.longestFront { return }
        var open: Int?
        for index in 0..<first {
            if let found = rule(.front, folded(spans[index])) { open = found }
            if let open, taken[index] == nil { taken[index] = open }
        }
    }

    private mutating func takeTail(_ outline: ClauseOutline) {
        let last = outline.headings[outline.headings.count - 1].span
        if taken[last] != nil || !asks(.tail) { return }
        for index in spans.indices.dropFirst(last + 1) where taken[index] == nil {
            if let found = rule(.tail, folded(spans[index])) { return take(index..<spans.count, by: found) }
        }
    }

    // MARK: Clauses

    /// Takes a clause whose title and text are matches or nothing, at least one of them a match, and all clauses under it are taken.
    private mutating func takeClauses(_ outline: ClauseOutline) {
        if !asks(.clause) { return }
        let headings = outline.headings
        var isOpen = [Bool](repeating: false, count: headings.count)
        // From the end, so that what stands under a clause is decided before it.
        for index in headings.indices.reversed() {
            let heading = headings[index]
            defer {
                // A clause that stays keeps those above it.
                if taken[heading.span] == nil, let parent = heading.parent { isOpen[parent] = true }
            }
            if taken[heading.span] != nil || isOpen[index] || heading.label.parts.isEmpty { continue }
            let end = index + 1 < headings.count ? headings[index + 1].span : spans.count
            let content = (heading.span + 1)..<end
            var found = rule(.clause, TextPattern.folded(heading.label.title.utf8))
            var isEmpty = true
            for place in content where taken[place] == nil {
                guard spans[place].end - spans[place].start <= BoilerplateSearch.longestFurniture,
                    let match = rule(.clause, folded(spans[place]))
                else {
                    isEmpty = false
                    break
                }
                found = found ?? match
            }
            if isEmpty, let found { take(heading.span..<end, by: found) }
        }
    }
}
