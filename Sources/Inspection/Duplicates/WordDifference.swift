import Files

/// What differs between two texts, word by word, with a few equal words around each difference.
struct WordDifference: Equatable {
    enum Piece: Equatable {
        case equal(String)
        /// So many equal words that are not shown.
        case skipped(Int)
        case removed(String)
        case added(String)
    }

    private(set) var pieces: [Piece] = []
    /// Whether words behind the last that were looked at are left out.
    private(set) var isCut = false

    /// No more words of either text are compared: the time is their number times the number of differences.
    static let mostWords = 4000
    private static let context = 6
    /// Pieces of differences beyond this many are left out.
    private static let mostPieces = 120

    init(_ old: [UInt8], _ new: [UInt8]) {
        let left = WordDifference.words(old)
        let right = WordDifference.words(new)
        var head = 0
        while head < left.count, head < right.count, left[head] == right[head] { head += 1 }
        var tail = 0
        while tail < left.count - head, tail < right.count - head,
            left[left.count - 1 - tail] == right[right.count - 1 - tail]
        {
            tail += 1
        }
        var oldMiddle = left[head..<(left.count - tail)]
        var newMiddle = right[head..<(right.count - tail)]
        if max(oldMiddle.count, newMiddle.count) > WordDifference.mostWords {
            isCut = true
            oldMiddle = oldMiddle.prefix(WordDifference.mostWords)
            newMiddle = newMiddle.prefix(WordDifference.mostWords)
        }
        let difference = Array(newMiddle).difference(from: Array(oldMiddle))
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(oldMiddle.startIndex + offset)
            case .insert(let offset, _, _): added.insert(newMiddle.startIndex + offset)
            }
        }
        var equal: [Substring] = Array(left[..<head])
        var isFirst = true
        var gone: [Substring] = []
        var come: [Substring] = []
        func close(isLast: Bool) {
            if !gone.isEmpty { pieces.append(.removed(gone.joined(separator: " "))) }
            if !come.isEmpty { pieces.append(.added(come.joined(separator: " "))) }
            gone = []
            come = []
            if isLast { appendEqual(equal, before: !isFirst, behind: false) }
        }
        var i = oldMiddle.startIndex
        var j = newMiddle.startIndex
        while i < oldMiddle.endIndex || j < newMiddle.endIndex {
            let isGone = i < oldMiddle.endIndex && removed.contains(i)
            let isCome = j < newMiddle.endIndex && added.contains(j)
            if isGone || isCome {
                if !equal.isEmpty {
                    close(isLast: false)
                    appendEqual(equal, before: !isFirst, behind: true)
                    equal = []
                }
                isFirst = false
                if isGone {
                    gone.append(left[i])
                    i += 1
                }
                if isCome {
                    come.append(right[j])
                    j += 1
                }
            } else {
                equal.append(i < left.count ? left[i] : right[j])
                i += 1
                j += 1
            }
        }
        if !isCut { equal += left[(left.count - tail)...] }
        // Differences before the last equal words.
        let last = equal
        equal = []
        close(isLast: false)
        appendEqual(last, before: !isFirst, behind: false)
        if pieces.count > WordDifference.mostPieces {
            isCut = true
            pieces.removeLast(pieces.count - WordDifference.mostPieces)
        }
    }

    private static func words(_ text: [UInt8]) -> [Substring] {
        String(decoding: text, as: UTF8.self).split { $0.isWhitespace }
    }

    /// Equal words with what is far from any difference left out.
    private mutating func appendEqual(_ words: [Substring], before: Bool, behind: Bool) {
        let shown = (before ? WordDifference.context : 0) + (behind ? WordDifference.context : 0)
        if words.isEmpty { return }
        if words.count <= shown + 2 {
            pieces.append(.equal(words.joined(separator: " ")))
            return
        }
        if before { pieces.append(.equal(words.prefix(WordDifference.context).joined(separator: " "))) }
        pieces.append(.skipped(words.count - shown))
        if behind { pieces.append(.equal(words.suffix(WordDifference.context).joined(separator: " "))) }
    }

    /// For a terminal: `[-old-]` and `{+new+}`, in colours where they are wanted.
    func text(colours: Bool) -> String {
        var parts = pieces.map { piece -> String in
            switch piece {
            case .equal(let words): TerminalText.sanitized(words)
            case .skipped(let count): TerminalText.faint("… \(NumberText.count(count)) equal words …", colours)
            case .removed(let words): WordDifference.marked("[-", words, "-]", 31, colours)
            case .added(let words): WordDifference.marked("{+", words, "+}", 32, colours)
            }
        }
        if isCut { parts.append(TerminalText.faint("… and more", colours)) }
        return parts.joined(separator: " ")
    }

    private static func marked(_ begin: String, _ words: String, _ end: String, _ colour: Int, _ colours: Bool)
        -> String
    {
        let text = begin + TerminalText.sanitized(words) + end
        return colours ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    /// For a page.
    var html: String {
        var parts = pieces.map { piece -> String in
            switch piece {
            case .equal(let words): HTMLText.escape(words)
            case .skipped(let count): "<span class=\"faint\">… \(NumberText.count(count)) equal words …</span>"
            case .removed(let words): "<del class=\"bad\">\(HTMLText.escape(words))</del>"
            case .added(let words): "<ins class=\"good\">\(HTMLText.escape(words))</ins>"
            }
        }
        if isCut { parts.append("<span class=\"faint\">… and more</span>") }
        return "<p>" + parts.joined(separator: " ") + "</p>\n"
    }
}
