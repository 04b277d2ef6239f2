import Parallel

/// Composes one document after another: names, plan, then clause by clause into a writer. One a thread; memory is reused.
///
/// What is written depends on seed, index and dialect alone.
struct DocumentComposer: ~Copyable {
    let seed: UInt64
    let words: SharedWords
    let grammar: Grammar
    let rules: GrammarRules
    var lexicon: DocumentLexicon
    var plan: DocumentPlan
    var random = SeededRandom(seed: 0)

    init(seed: UInt64, words: SharedWords) {
        self.seed = seed
        self.words = words
        grammar = Grammar.standards
        rules = GrammarRules(grammar)
        lexicon = DocumentLexicon(words: words)
        plan = DocumentPlan(words: words)
    }

    /// Writes the document at `index` as `copy` wants it: an original, or an edited copy of another.
    mutating func compose(_ copy: CopyPlan, into writer: inout DialectWriter) {
        let identity = SpecificationIdentity(seed: seed, index: copy.index)
        let contentSeed = KeyedHash.mix(UInt64(copy.original), seed: seed ^ 0xC0DE)
        random = SeededRandom(seed: contentSeed)
        let size = DocumentPlan.drawSize(&random)
        lexicon.draw(size: size, &random)
        drawReferences()
        plan.draw(size: size, lexicon, &random)
        collectClauseNumbers()
        let editSeed = KeyedHash.mix(UInt64(copy.index), seed: seed ^ 0xED17)
        writer.restart(layoutSeed: KeyedHash.mix(contentSeed, seed: UInt64(copy.index)))
        if copy.isCut { plan.cut(sixteenths: 2) }
        frontMatter(identity, &writer)
        // From here on, so that what dialects put in front does not change which words are edited.
        if copy.isCopy { writer.editor = WordEditor(rate: copy.editRate, seed: editSeed, words: words) }
        for index in 0..<plan.clauses.count { clause(plan.clauses[index], &writer) }
        if copy.isExtended { extend(size, editSeed, &writer) }
        writer.finish()
        if writer.isWord { writer.endWordDocument() }
    }

    private mutating func drawReferences() {
        lexicon.specifications.removeAll()
        referenced.removeAll(keepingCapacity: true)
        for _ in 0..<(4 + random.nextInt(below: 12)) {
            let other = SpecificationIdentity(
                seed: seed, index: random.nextInt(below: 1 << (4 + random.nextInt(below: 9))))
            referenced.append(other.index)
            lexicon.specifications.add { other.appendReference(to: &$0) }
        }
    }

    /// Indices of the documents in the list of references.
    var referenced: [Int] = []

    private mutating func collectClauseNumbers() {
        lexicon.clauses.removeAll()
        for index in 0..<plan.clauses.count {
            let number = plan.bytes(plan.clauses[index].number)
            lexicon.clauses.add { $0.append(number) }
        }
    }

    private mutating func frontMatter(_ identity: SpecificationIdentity, _ writer: inout DialectWriter) {
        if writer.isWord {
            writer.beginWordDocument(identity, words)
            contents(&writer)
            return
        }
        if writer.dialect == .pdfXML {
            writer.beginPages(identity, words)
            contents(&writer)
            writer.endContents()
            return
        }
        identity.appendReference(to: &writer.piece)
        writer.piece.append(" V")
        identity.appendVersion(to: &writer.piece)
        writer.piece.append(" (")
        identity.appendDate(to: &writer.piece)
        writer.piece.append(")")
        writer.block(.body)
        identity.appendTitle(words, to: &writer.piece)
        writer.block(.body)
    }

    /// The table of contents, as Word leaves it: heading, tab, page.
    private mutating func contents(_ writer: inout DialectWriter) {
        if writer.isWord {
            writer.piece.append("Contents")
            writer.wordParagraph(style: "TT")
        }
        var page = 4
        for index in 0..<plan.clauses.count {
            let clause = plan.clauses[index]
            writer.piece.append(plan.bytes(clause.number))
            writer.piece.append(0x09)
            writer.piece.append(plan.bytes(clause.title))
            if !writer.isWord {
                writer.contentsLine(page: page)
                page += writer.layout.nextInt(below: 2)
                continue
            }
            writer.piece.append(0x09)
            writer.piece.append(number: page)
            page += writer.layout.nextInt(below: 2)
            writer.wordParagraph(style: clause.level == 1 ? "TOC1" : clause.level == 2 ? "TOC2" : "TOC3")
        }
    }

    private mutating func clause(_ clause: Clause, _ writer: inout DialectWriter) {
        writer.piece.append(plan.bytes(clause.number))
        writer.piece.append(0x09)
        writer.piece.append(plan.bytes(clause.title))
        writer.block(.heading(level: clause.level))
        switch clause.kind {
        case .scope: scope(&writer)
        case .references: references(&writer)
        case .definitions: definitions(&writer)
        case .abbreviations: abbreviations(&writer)
        case .general, .overview: overview(&writer)
        case .chapter: paragraph(sentences: 1, &writer)
        case .procedure: procedure(&writer)
        case .message: message(clause, &writer)
        case .element: element(clause, &writer)
        case .states: states(clause, &writer)
        case .timers: timers(clause, &writer)
        case .syntax: syntax(&writer)
        case .counters: counters(clause, &writer)
        case .test: test(&writer)
        case .measurement: measurement(clause, &writer)
        case .requirements: requirements(clause, &writer)
        }
    }

    /// Text from elsewhere at the end: a tenth of the document.
    private mutating func extend(_ size: Int, _ seed: UInt64, _ writer: inout DialectWriter) {
        random = SeededRandom(seed: seed ^ 0xADD)
        writer.piece.append("Annex A (informative):\tAdditional ")
        writer.piece.append(words.nouns.pick(&random))
        writer.block(.heading(level: 1))
        for _ in 0..<max(1, size / 10 / 330) { paragraph(sentences: 3, &writer) }
    }

    // MARK: Pieces

    /// Writes one derivation of a rule into the piece.
    @inline(__always)
    mutating func say(_ rule: Int, _ writer: inout DialectWriter) {
        grammar.expand(rule, lexicon, &random, into: &writer.piece)
    }

    /// As `say`, with a capital at the beginning.
    @inline(__always)
    mutating func sayCapital(_ rule: Int, _ writer: inout DialectWriter) {
        let start = writer.piece.count
        say(rule, &writer)
        writer.piece.capitalise(from: start)
    }

    mutating func paragraph(sentences: Int, _ writer: inout DialectWriter) {
        for index in 0..<sentences {
            if index > 0 { writer.piece.append(0x20) }
            sayCapital(rules.sentence, &writer)
        }
        writer.block(.body)
    }

    /// Between `least` and twice as many.
    mutating func about(_ least: Int) -> Int { least + random.nextInt(below: least + 1) }

    mutating func chance(_ outOf: Int) -> Bool { random.nextInt(below: outOf) == 0 }

    mutating func items(_ count: Int, level: Int, _ writer: inout DialectWriter) {
        for _ in 0..<count {
            writer.piece.append("-\t")
            say(rules.item, &writer)
            writer.block(.item(level: level))
        }
    }

    mutating func noteOrExample(_ writer: inout DialectWriter) {
        switch random.nextInt(below: 4) {
        case 0:
            writer.piece.append("NOTE:\t")
            sayCapital(rules.note, &writer)
            writer.block(.note)
        case 1:
            writer.piece.append("EXAMPLE:\t")
            sayCapital(rules.example, &writer)
            writer.block(.example)
        default: break
        }
    }

    /// `Table 5.3-1: `, above a table; the title follows.
    mutating func beginCaption(_ clause: Clause, _ writer: inout DialectWriter) {
        writer.piece.append("Table ")
        writer.piece.append(plan.bytes(clause.number))
        writer.piece.append("-1: ")
    }

    mutating func headRow(_ titles: [StaticString], _ writer: inout DialectWriter) {
        writer.beginRow(isHeader: true)
        for title in titles {
            writer.piece.append(title)
            writer.cell(.head)
        }
        writer.endRow()
    }

    /// A cell with a derivation of a rule.
    mutating func cell(_ rule: Int, _ writer: inout DialectWriter) {
        sayCapital(rule, &writer)
        writer.cell(.left)
    }
}

/// The numbers of the rules that the composer asks for.
struct GrammarRules: Sendable {
    let sentence, condition, step, item, note, example, meaning, cause, effect, definition, verdict, event, when: Int

    init(_ grammar: Grammar) {
        sentence = grammar.rule("sentence")
        condition = grammar.rule("condition")
        step = grammar.rule("step")
        item = grammar.rule("item")
        note = grammar.rule("note")
        example = grammar.rule("example")
        meaning = grammar.rule("meaning")
        cause = grammar.rule("cause")
        effect = grammar.rule("effect")
        definition = grammar.rule("definition")
        verdict = grammar.rule("verdict")
        event = grammar.rule("event")
        when = grammar.rule("when")
    }
}
