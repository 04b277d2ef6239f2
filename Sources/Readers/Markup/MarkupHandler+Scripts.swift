/// Exponents and indices, and references that may be empty.
extension MarkupHandler {
    mutating func startScript(_ frame: inout Frame) {
        frame.holdsLink = links > 0
        guard !hasSpace, let last = buffer.last, !MarkupTextCounter.isWhite(last) else {
            frame.mark = -1
            return
        }
        frame.mark = buffer.count
    }

    /// An exponent or index keeps its mark: without it 10⁻³ would read 10-3.
    mutating func endScript(_ frame: Frame) {
        guard frame.mark > 0, buffer.count > frame.mark else { return }
        let content = Array(buffer[frame.mark...])
        let marks = ScriptMarks(
            content, behind: buffer[frame.mark - 1], isRaised: frame.role == .superscript, isReference: frame.holdsLink)
        buffer.replaceSubrange(frame.mark..., with: marks.opening + content + marks.closing)
        counts.add(.scripts, marks.opening.count + marks.closing.count)
    }

    func target(_ attributes: MarkupAttributes) -> String {
        if let derived = attributes.value("derivedContent"), !derived.isEmpty {
            return attributes.value("format") == "title" ? derived : "[\(derived)]"
        }
        guard let target = attributes.value("target"), !target.isEmpty else { return "" }
        if target.contains("://") { return "<\(target)>" }
        return attributes.value("section").map { "Section \($0) of [\(target)]" } ?? "[\(target)]"
    }
}
