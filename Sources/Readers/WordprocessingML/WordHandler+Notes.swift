import Documents

extension WordHandler {
    /// A note of a part for notes: its paragraphs go where those of a text box go, and are then put together.
    ///
    /// Word 2003 has its notes in the text, where their references are.
    mutating func startNote(_ attributes: WordAttributes) {
        waitingOutside.append(waiting)
        waiting = []
        noteIdentifier = attributes.integer(names.identifier) ?? -1
        noteAuthor = attributes.value(names.author).map { String(decoding: $0, as: UTF8.self) } ?? ""
        startBox()
    }

    mutating func endNote() {
        endBox()
        var block = BlockWriter()
        for waiting in waiting {
            waiting.text.withUnsafeBytes {
                block.write(waiting.kind, level: waiting.level, isTight: waiting.isTight, $0, &counts)
            }
        }
        block.flushCode(&counts)
        waiting = waitingOutside.popLast() ?? []
        if block.text.isEmpty { return }
        if notesPart == nil {
            inlineNotes += 1
            noteCount += 1
            // Ids of a part are not negative below -1, so these cannot meet one.
            let id = -1000 - inlineNotes
            _ = notes.add(.footnote, WordNotes.Note(id: id, text: block.text, number: noteCount))
            if let index = notes.index(.footnote, id) { pendingNotes.append((.footnote, index)) }
            return mark(noteCount)
        }
        guard let kind = notesPart,
            notes.add(kind, WordNotes.Note(id: noteIdentifier, text: block.text, author: noteAuthor))
        else { return counts.remove(.unreferencedNote, unicodeScalarCount(block.text)) }
    }

    /// A tracked change or comment of Word 2003.
    mutating func annotation(_ attributes: WordAttributes) {
        if attributes.equals(names.type, "Word.Insertion") { startRevision(.inserted) }
        if attributes.equals(names.type, "Word.Deletion") { startRevision(.deleted) }
        if attributes.equals(names.type, "Word.Formatting") { drop(.formerProperties, depth: depth) }
        if attributes.equals(names.type, "Word.Comment") { drop(.comment, depth: depth) }
    }

    /// A reference in the text: a mark, and the note behind the block.
    mutating func reference(_ kind: WordNotes.Kind, _ attributes: WordAttributes) {
        if instructions > 0 || kind == .comment && !keepsComments { return }
        guard let id = attributes.integer(names.identifier), let index = notes.index(kind, id) else { return }
        if notes[kind, index].number == 0 {
            noteCount += 1
            notes[kind, index].number = noteCount
            pendingNotes.append((kind, index))
        }
        mark(notes[kind, index].number)
    }

    private mutating func mark(_ number: Int) {
        if formulas > 0 { return }
        let mark = "[^\(number)]"
        paragraph.text += mark.utf8
        counts.add(.noteMark, mark.utf8.count)
    }

    /// Writes the notes whose marks stand in the block that has just been written.
    mutating func writePendingNotes() {
        let pending = pendingNotes
        pendingNotes = []
        for (kind, index) in pending {
            let note = notes[kind, index]
            var text = Array("[^\(note.number)]: ".utf8)
            if kind == .comment, !note.author.isEmpty { text += "Comment by \(note.author): ".utf8 }
            counts.add(.noteMark, unicodeScalarCount(text))
            for (position, byte) in note.text.enumerated() {
                text.append(byte)
                if byte == 0x0A, position + 1 < note.text.count, note.text[position + 1] != 0x0A {
                    // Lines behind the first are indented, so that they belong to the note.
                    text += "    ".utf8
                    counts.add(.noteMark, 4)
                }
            }
            text.withUnsafeBytes { writer.write(.note, level: 0, isTight: false, $0, &counts) }
        }
    }

    /// Counts the notes that no reference took.
    mutating func dropUnreferencedNotes() {
        for kind in WordNotes.Kind.allCases {
            for note in notes.all(kind) where note.number == 0 {
                counts.remove(.unreferencedNote, unicodeScalarCount(note.text))
            }
        }
    }
}
