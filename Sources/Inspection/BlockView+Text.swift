import Building
import Files

extension BlockView {
    /// The block for a terminal: a heading for each segment, its text, and the padding. `colours` gives each document one, in
    /// ANSI sequences; control characters in the text are shown as pictures. Where only some positions carry loss,
    /// what they say stands in ⟦ ⟧.
    public func text(colours: Bool = false) -> String {
        var out =
            TerminalText.bold("\(split.rawValue) block \(block) of \(blockCount)", colours)
            + " in \(shardFile): \(segments.count) \(segments.count == 1 ? "segment" : "segments"), "
            + "\(NumberText.count(length)) tokens\n"
        for (number, segment) in segments.enumerated() {
            out += "\n" + TerminalText.coloured(heading(segment), number: number, colours) + "\n"
            out += TerminalText.faint(place(segment), colours) + "\n"
            if let clauses = segment.clauseLine { out += TerminalText.faint("   " + clauses, colours) + "\n" }
            if segment.leading > 0 { out += TerminalText.faint("⟨begin⟩", colours) }
            let marked = segment.stretches.map { $0.carriesLoss ? "⟦\($0.text)⟧" : $0.text }.joined()
            let body =
                (segment.stretches.isEmpty ? segment.text : marked)
                ?? segment.tokens.dropFirst(segment.leading).dropLast(segment.trailing)
                .map(String.init).joined(separator: " ")
            if !segment.begins { out += TerminalText.faint("…", colours) }
            out += TerminalText.coloured(TerminalText.sanitized(body), number: number, colours)
            if segment.trailing > 0 { out += TerminalText.faint("⟨end⟩", colours) }
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
