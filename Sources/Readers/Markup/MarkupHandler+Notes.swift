import Documents

/// Notes inside a paragraph: a mark stands where the note was, and the note behind the block that the mark is in.
extension MarkupHandler {
    /// A note that is being read, with the paragraph that goes on behind it.
    struct OpenNote {
        var paragraphs: [[UInt8]] = []
        var outer: [UInt8]
        var hasSpace: Bool
    }

    /// Whether a note that begins here stands inside a paragraph.
    var isInsideParagraph: Bool { buffer.contains { !MarkupTextCounter.isWhite($0) } }

    mutating func openNote(_ frame: inout Frame) {
        frame.holdsNote = true
        openNotes.append(OpenNote(outer: buffer, hasSpace: hasSpace))
        buffer.removeAll()
        hasSpace = false
        formulaEnd = -1
        // A raised note mark is no exponent.
        for index in frames.indices where frames[index].role == .superscript || frames[index].role == .lowered {
            frames[index].mark = -1
        }
    }

    mutating func closeNote() {
        flush()
        guard let note = openNotes.popLast() else { return }
        buffer = note.outer
        hasSpace = note.hasSpace
        if note.paragraphs.isEmpty { return }
        noteCount += 1
        let mark = Array("[^\(noteCount)]".utf8)
        counts.add(.noteMark, mark.count)
        buffer += mark
        finishedNotes.append((mark, note.paragraphs))
    }

    /// Writes the notes of the block that was just written, unless it is a cell or a note itself.
    mutating func writeNotes() {
        if finishedNotes.isEmpty || !tables.isEmpty || !openNotes.isEmpty { return }
        let notes = finishedNotes
        finishedNotes.removeAll()
        for (mark, paragraphs) in notes {
            counts.add(.noteMark, mark.count + 1)
            for (index, paragraph) in paragraphs.enumerated() {
                let prefix = index == 0 ? mark + Array(": ".utf8) : [UInt8](repeating: 0x20, count: 4)
                writer.write(.note, prefix + paragraph, &counts)
            }
        }
    }

    /// The buffer without the marks of notes: a title as metadata.
    func withoutNoteMarks() -> [UInt8] {
        var text = String(decoding: buffer, as: UTF8.self)
        for (mark, _) in finishedNotes { text = text.replacing(String(decoding: mark, as: UTF8.self), with: "") }
        return Array(text.utf8)
    }
}
