import Parallel

extension DocumentComposer {
    /// A list of the information elements of a message, with a merged group now and then.
    mutating func message(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(1), &writer)
        beginCaption(clause, &writer)
        writer.piece.append(plan.bytes(clause.title))
        writer.piece.append(" message content")
        writer.block(.caption)
        writer.beginTable(columns: 6)
        headRow(["IEI", "Information element", "Reference", "Presence", "Format", "Length"], &writer)
        for _ in 0..<about(5) {
            if chance(8) { groupRow(columns: 6, &writer) }
            messageRow(&writer)
        }
        if chance(3) {
            writer.beginRow(isHeader: false)
            writer.piece.append("NOTE: ")
            say(rules.note, &writer)
            writer.cell(.note, span: 6)
            writer.endRow()
        }
        writer.endTable()
    }

    private mutating func messageRow(_ writer: inout DialectWriter) {
        let isOptional = chance(2)
        writer.beginRow(isHeader: false)
        if isOptional {
            hexadecimal(2, &writer)
        }
        writer.cell(.centre)
        writer.piece.append(lexicon.elements.pick(&random))
        writer.cell(.left)
        writer.piece.append(lexicon.clauses.pick(&random))
        writer.cell(.left)
        writer.piece.append(isOptional ? "O" : chance(5) ? "C" : "M")
        writer.cell(.centre)
        let length = 1 + random.nextInt(below: 64)
        writer.piece.append(isOptional ? (chance(2) ? "TLV" : "TV") : (chance(2) ? "LV" : "V"))
        writer.cell(.centre)
        writer.piece.append(number: length)
        if chance(3) {
            writer.piece.append("-")
            writer.piece.append(number: length + 1 + random.nextInt(below: 256))
        }
        writer.cell(.centre)
        writer.endRow()
    }

    private mutating func groupRow(columns: Int, _ writer: inout DialectWriter) {
        writer.beginRow(isHeader: false)
        writer.piece.append(words.adjectives.pick(&random), .title)
        writer.piece.append(0x20)
        writer.piece.append(words.nouns.pick(&random))
        writer.cell(.centre, span: columns)
        writer.endRow()
    }

    private mutating func hexadecimal(_ digits: Int, _ writer: inout DialectWriter) {
        for _ in 0..<digits {
            let digit = UInt8(random.nextInt(below: 16))
            writer.piece.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
        }
    }

    /// The coding of an information element: bits in rows of octets, then the meaning of values.
    mutating func element(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(1), &writer)
        beginCaption(clause, &writer)
        writer.piece.append("Coding of ")
        writer.piece.append(plan.bytes(clause.title))
        writer.block(.caption)
        writer.beginTable(columns: 4)
        headRow(["Field", "Octet", "Bits", "Meaning"], &writer)
        var octet = 1
        for _ in 0..<about(2) {
            let parts = 1 + random.nextInt(below: 3)
            for part in 0..<parts {
                writer.beginRow(isHeader: false)
                writer.piece.append(lexicon.fields.pick(&random))
                writer.cell(.left)
                if part == 0 { writer.piece.append(number: octet) }
                writer.cell(.centre, merge: parts == 1 ? .none : part == 0 ? .begin : .continued)
                writer.piece.append(number: 8 - part * 2)
                writer.piece.append("-")
                writer.piece.append(number: part == parts - 1 ? 1 : 7 - part * 2)
                writer.cell(.centre)
                cell(rules.meaning, &writer)
                writer.endRow()
            }
            octet += 1 + random.nextInt(below: 2)
        }
        writer.endTable()
        if chance(2) { paragraph(sentences: 1, &writer) }
        noteOrExample(&writer)
    }

    mutating func states(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(2), &writer)
        beginCaption(clause, &writer)
        writer.piece.append("Transitions")
        writer.block(.caption)
        writer.beginTable(columns: 4)
        headRow(["State", "Event", "Action", "Next state"], &writer)
        for state in 0..<lexicon.states.count {
            let rows = 1 + random.nextInt(below: 4)
            for row in 0..<rows {
                writer.beginRow(isHeader: false)
                if row == 0 { writer.piece.append(lexicon.states[state]) }
                writer.cell(.left, merge: rows == 1 ? .none : row == 0 ? .begin : .continued)
                cell(rules.event, &writer)
                cell(rules.effect, &writer)
                writer.piece.append(lexicon.states.pick(&random))
                writer.cell(.left)
                writer.endRow()
            }
        }
        writer.endTable()
        noteOrExample(&writer)
    }

    mutating func timers(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: 1, &writer)
        beginCaption(clause, &writer)
        writer.piece.append("Timers")
        writer.block(.caption)
        writer.beginTable(columns: 5)
        headRow(["Timer", "Value", "Cause of start", "Normal stop", "On expiry"], &writer)
        for timer in 0..<lexicon.timers.count {
            writer.beginRow(isHeader: false)
            writer.piece.append(lexicon.timers[timer])
            writer.cell(.left)
            writer.piece.append(number: 1 + random.nextInt(below: 600))
            writer.piece.append("\u{A0}ms")
            writer.cell(.centre)
            cell(rules.cause, &writer)
            cell(rules.cause, &writer)
            cell(rules.effect, &writer)
            writer.endRow()
        }
        writer.endTable()
    }

    mutating func counters(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(1), &writer)
        beginCaption(clause, &writer)
        writer.piece.append("Counters of the ")
        writer.piece.append(lexicon.entities.pick(&random))
        writer.block(.caption)
        writer.beginTable(columns: 4)
        headRow(["Counter", "Unit", "Condition", "Meaning"], &writer)
        for _ in 0..<about(6) {
            writer.beginRow(isHeader: false)
            writer.piece.append(words.nouns.pick(&random), .upper)
            writer.piece.append(0x2E)
            writer.piece.append(lexicon.fields.pick(&random))
            writer.cell(.left)
            writer.piece.append(words.units.pick(&random))
            writer.cell(.centre)
            cell(rules.event, &writer)
            cell(rules.meaning, &writer)
            writer.endRow()
        }
        writer.endTable()
    }

    /// Limits by class, two columns merged over the head.
    mutating func requirements(_ clause: Clause, _ writer: inout DialectWriter) {
        paragraph(sentences: about(2), &writer)
        beginCaption(clause, &writer)
        writer.piece.append("Limits of ")
        writer.piece.append(words.adjectives.pick(&random))
        writer.piece.append(0x20)
        writer.piece.append(words.nouns.pick(&random))
        writer.block(.caption)
        writer.beginTable(columns: 5)
        writer.beginRow(isHeader: true)
        for title in ["Class", "Quantity", "Unit"] as [StaticString] {
            writer.piece.append(title)
            writer.cell(.head)
        }
        writer.piece.append("Limit")
        writer.cell(.head, span: 2)
        writer.endRow()
        for _ in 0..<about(6) {
            writer.beginRow(isHeader: false)
            writer.piece.append(UInt8(0x41 + random.nextInt(below: 6)))
            writer.cell(.centre)
            writer.piece.append(words.adjectives.pick(&random))
            writer.piece.append(0x20)
            writer.piece.append(words.nouns.pick(&random))
            writer.cell(.left)
            writer.piece.append(words.units.pick(&random))
            writer.cell(.centre)
            for _ in 0..<2 {
                writer.piece.append(number: random.nextInt(below: 2000))
                writer.piece.append(0x2C)
                writer.piece.append(number: random.nextInt(below: 10))
                writer.cell(.centre)
            }
            writer.endRow()
        }
        writer.endTable()
        noteOrExample(&writer)
    }
}
