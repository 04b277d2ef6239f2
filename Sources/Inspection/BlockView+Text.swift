import Building
import Files

extension BlockView {
    /// The block for a terminal: a heading for each segment, its text, and the padding. `colours` gives each document one, in
    /// ANSI sequences; control characters in the text are shown as pictures. Where only some positions carry loss,
    /// what they say stands in ⟦ ⟧; special tokens stand in ⟨ ⟩.
    public func text(colours: Bool = false) -> String {
        var out =
            TerminalText.bold("\(split.rawValue) block \(block) of \(blockCount)", colours)
            + " in \(shardFile): \(segments.count) \(segments.count == 1 ? "segment" : "segments"), "
            + "\(NumberText.count(length)) tokens\n"
        for (number, segment) in segments.enumerated() {
            out += "\n" + TerminalText.coloured(heading(segment), number: number, colours) + "\n"
            out += TerminalText.faint(place(segment), colours) + "\n"
            if let clauses = segment.clauseLine { out += TerminalText.faint("   " + clauses, colours) + "\n" }
            if !segment.begins { out += TerminalText.faint("…", colours) }
            out += body(segment, number, colours)
            if !segment.ends { out += TerminalText.faint("…", colours) }
            out += "\n"
        }
        if padding > 0 {
            out +=
                "\n" + TerminalText.faint("── \(length - padding)–\(length - 1) ── padding, \(padding) tokens", colours)
                + "\n"
        }
        return out
    }

    /// What a segment says, with ⟦ ⟧ around what carries loss where not all of the block does, and its ids without a tokenizer. A special token
    /// stands in ⟨ ⟩: text that spells one does not.
    private func body(_ segment: Segment, _ number: Int, _ colours: Bool) -> String {
        if segment.pieces.isEmpty {
            let own = segment.tokens.dropFirst(segment.leading).dropLast(segment.trailing)
            return (segment.leading > 0 ? TerminalText.faint("⟨begin⟩", colours) : "")
                + TerminalText.coloured(own.map(String.init).joined(separator: " "), number: number, colours)
                + (segment.trailing > 0 ? TerminalText.faint("⟨end⟩", colours) : "")
        }
        var out = ""
        var isOpen = false
        func mark(_ carriesLoss: Bool) {
            if lossSpans == nil || carriesLoss == isOpen { return }
            out += TerminalText.coloured(isOpen ? "⟧" : "⟦", number: number, colours)
            isOpen = carriesLoss
        }
        for piece in segment.pieces {
            mark(piece.carriesLoss)
            let text = TerminalText.sanitized(piece.text)
            switch piece.kind {
            case .text: out += TerminalText.coloured(text, number: number, colours)
            case .special: out += TerminalText.faint("⟨\(text)⟩", colours)
            case .begin: out += TerminalText.faint("⟨begin⟩", colours)
            case .end: out += TerminalText.faint("⟨end⟩", colours)
            }
        }
        mark(false)
        return out
    }

    private func heading(_ segment: Segment) -> String {
        "── \(segment.start)–\(segment.end - 1) ── \(TerminalText.sanitized(segment.document.heading))"
    }

    private func place(_ segment: Segment) -> String {
        let range = segment.tokenRange
        let loss = lossSpans == nil ? "" : ", loss on \(segment.lossTokens) of \(segment.tokens.count)"
        return
            "   \(TerminalText.sanitized(segment.document.source)), \(range)\(loss), row \(segment.row), id \(segment.document.id)"
    }

}

extension BlockView.Segment {
    /// `tokens 0–811 of 9000, bytes 0–3300`
    var tokenRange: String {
        let own = ownTokens
        if own.isEmpty { return "separator alone" }
        let text = bytes.map { ", bytes \(StepView.text($0))" } ?? ""
        return "tokens \(StepView.text(own)) of \(document.tokens)\(text)"
    }

    /// The first clause and the last one; nil where there is none with a heading.
    var clauseLine: String? {
        let named = clauses.filter { !$0.label.isEmpty }
        guard let first = named.first, let last = named.last else { return nil }
        let line =
            named.count == 1
            ? first.label
            : "\(first.label) … \(last.label) (\(named.count) clauses)"
        return TerminalText.sanitized(line)
    }
}
