import Parallel

extension DocumentComposer {
    mutating func scope(_ writer: inout DialectWriter) {
        paragraph(sentences: about(2), &writer)
        writer.piece.append("It covers:")
        writer.block(.body)
        items(about(2), level: 1, &writer)
    }

    mutating func references(_ writer: inout DialectWriter) {
        for index in 0..<referenced.count {
            writer.piece.append(0x5B)
            writer.piece.append(number: index + 1)
            writer.piece.append("]\t")
            let identity = SpecificationIdentity(seed: seed, index: referenced[index])
            identity.appendReference(to: &writer.piece)
            writer.piece.append(": \"")
            identity.appendTitle(words, to: &writer.piece)
            writer.piece.append("\".")
            writer.block(.reference)
        }
    }

    mutating func definitions(_ writer: inout DialectWriter) {
        for _ in 0..<about(6) {
            writer.piece.append(words.adjectives.pick(&random))
            writer.piece.append(0x20)
            writer.piece.append(words.nouns.pick(&random))
            writer.piece.append(": ")
            say(rules.definition, &writer)
            writer.block(.body)
        }
    }

    mutating func abbreviations(_ writer: inout DialectWriter) {
        for index in 0..<lexicon.entities.count {
            writer.piece.append(lexicon.entities[index])
            writer.piece.append(0x09)
            writer.piece.append(lexicon.entityNames[index])
            writer.block(.abbreviation)
        }
    }

    mutating func overview(_ writer: inout DialectWriter) {
        for _ in 0..<about(2) { paragraph(sentences: about(2), &writer) }
        sayCapital(rules.sentence, &writer)
        writer.piece.truncate(to: writer.piece.count - 1)
        writer.piece.append(":")
        writer.block(.body)
        items(about(2), level: 1, &writer)
        noteOrExample(&writer)
    }

    /// A purpose, conditions with nested steps, and what else may happen.
    mutating func procedure(_ writer: inout DialectWriter) {
        paragraph(sentences: about(2), &writer)
        for _ in 0..<about(1) {
            writer.piece.append("The ")
            writer.piece.append(lexicon.entities.pick(&random))
            writer.piece.append(" shall, ")
            say(rules.when, &writer)
            writer.piece.append(":")
            writer.block(.body)
            steps(&writer)
            noteOrExample(&writer)
        }
        paragraph(sentences: about(1), &writer)
    }

    private mutating func steps(_ writer: inout DialectWriter) {
        var level = 1
        for _ in 0..<about(5) {
            writer.piece.append(number: level)
            writer.piece.append(">\t")
            if level < 3, chance(3) {
                writer.piece.append(chance(4) ? "else if " : "if ")
                say(rules.condition, &writer)
                writer.block(.item(level: level))
                level += 1
            } else {
                say(rules.step, &writer)
                writer.block(.item(level: level))
                if level > 1, chance(2) { level -= 1 }
            }
        }
    }

    mutating func test(_ writer: inout DialectWriter) {
        writer.piece.append("Purpose: ")
        say(rules.verdict, &writer)
        writer.piece.append(".")
        writer.block(.body)
        writer.piece.append("Initial state: ")
        say(rules.event, &writer)
        writer.piece.append(".")
        writer.block(.body)
        let count = about(4)
        for index in 0..<count {
            writer.piece.append(number: index + 1)
            writer.piece.append(".\t")
            sayCapital(rules.step, &writer)
            writer.block(.item(level: 1))
        }
        writer.piece.append("Verdict: ")
        say(rules.verdict, &writer)
        writer.piece.append(", and ")
        say(rules.verdict, &writer)
        writer.piece.append(".")
        writer.block(.body)
        paragraph(sentences: about(2), &writer)
    }

    mutating func measurement(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(2), &writer)
        for index in 0..<about(1) {
            equation(clause, index + 1, &writer)
            writer.piece.append("where ")
            writer.piece.append(words.nouns.pick(&random))
            writer.piece.append(" is ")
            say(rules.meaning, &writer)
            writer.piece.append(" and ")
            writer.piece.append(words.nouns.pick(&random))
            writer.piece.append(" is ")
            say(rules.meaning, &writer)
            writer.piece.append(".")
            writer.block(.body)
        }
        paragraph(sentences: about(1), &writer)
        noteOrExample(&writer)
    }

    private mutating func equation(_ clause: Clause, _ number: Int, _ writer: inout DialectWriter) {
        let shape = EquationShape.allCases[random.nextInt(below: EquationShape.allCases.count)]
        var symbols: [Symbol] = []
        for _ in 0..<5 {
            let letter = UInt8(0x41 + random.nextInt(below: 26))
            symbols.append(Symbol(letter: letter, subscripted: words.nouns.pick(&random)))
        }
        writer.equation(shape, symbols, clauseNumber: plan.bytes(clause.number), number)
    }
}
