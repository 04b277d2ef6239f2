extension TokenEncoder {
    /// Appends the ids of a conversation, in which markup is recognised and what people wrote is ordinary text: a message cannot end
    /// itself. Returns the ranges of its tokens that are learnt, counted from its first; no token stands on both sides of such a border.
    ///
    /// The ids are those of the whole text, special tokens recognised, but for a border between what is learnt and what is not that a
    /// token would reach over, and for messages in which a special token is spelled out. Throws as `encode` does.
    public func encode(_ rendered: ChatTemplate.Rendered, into ids: inout [UInt32]) throws -> [Range<Int>] {
        let first = ids.count
        var learnt: [Range<Int>] = []
        var end = 0
        try rendered.text.withUnsafeBytes { text in
            for range in rendered.learnt {
                try encode(end..<range.lowerBound, of: text, rendered.contents, into: &ids)
                let start = ids.count - first
                try encode(range, of: text, rendered.contents, into: &ids)
                learnt.append(start..<ids.count - first)
                end = range.upperBound
            }
            try encode(end..<text.count, of: text, rendered.contents, into: &ids)
        }
        return learnt
    }

    /// Encodes a stretch in one piece where no special token is spelled out in a message, else message by message.
    private func encode(
        _ stretch: Range<Int>, of text: UnsafeRawBufferPointer, _ contents: [Range<Int>], into ids: inout [UInt32]
    ) throws {
        if stretch.isEmpty { return }
        let inside = contents.map { $0.clamped(to: stretch) }.filter { !$0.isEmpty }
        if !tokenizer.spellsControlToken(in: inside, of: text, stretch) {
            return try encodePiece(stretch, of: text, specials: .recognise, into: &ids)
        }
        var end = stretch.lowerBound
        for content in inside {
            try encodePiece(end..<content.lowerBound, of: text, specials: .recognise, into: &ids)
            try encodePiece(content, of: text, specials: .ordinary, into: &ids)
            end = content.upperBound
        }
        try encodePiece(end..<stretch.upperBound, of: text, specials: .recognise, into: &ids)
    }

    private func encodePiece(
        _ range: Range<Int>, of text: UnsafeRawBufferPointer, specials: SpecialTokenPolicy, into ids: inout [UInt32]
    ) throws {
        if range.isEmpty { return }
        let chain = tokenizer.normalizers
        let continuing = range.lowerBound > 0 ? (chain.continuing ?? chain, range.lowerBound) : nil
        try encode(
            UnsafeRawBufferPointer(rebasing: text[range]), specials: specials, continuing: continuing, into: &ids)
    }
}

extension Tokenizer {
    /// Whether a control token would be recognised that has more than white space, which it may strip, in one of `contents`.
    fileprivate func spellsControlToken(
        in contents: [Range<Int>], of text: UnsafeRawBufferPointer, _ stretch: Range<Int>
    ) -> Bool {
        if contents.isEmpty || matchers.controls.isEmpty { return false }
        // What normalising may make of a message is not looked for.
        if !addedTokens.allSatisfy({ !$0.isControl || !$0.isNormalized }) { return true }
        guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        var isFound = false
        func isSpace(_ place: Int) -> Bool { text[place] == 0x20 || (text[place] >= 0x09 && text[place] <= 0x0D) }
        matchers.controls.forEachMatch(base, stretch) { match in
            var (start, end) = (match.start, match.end)
            while start < end, isSpace(start) { start += 1 }
            while end > start, isSpace(end - 1) { end -= 1 }
            if contents.contains(where: { $0.lowerBound < end && $0.upperBound > start }) { isFound = true }
        }
        return isFound
    }
}
