extension Splitting {
    /// By byte: the ASCII letters and digits behind which a text can be cut before `space`, with another letter or digit behind it, so
    /// that the parts have the pieces of the whole. `space`: what normalising made of a plain one, which may be itself.
    ///
    /// Such a place must be the border of a piece by one step, and the steps before that one must cut both parts as the whole.
    /// Behind it nothing that a later step does can reach over the border.
    func bordersBefore(_ space: UInt32, _ model: MergeModel) -> [Bool] {
        var allowed = (UInt8.min...UInt8.max).map { ASCIIWord.contains($0) }
        let none = [Bool](repeating: false, count: 256)
        guard case .stepwise(let steps) = self else {
            guard case .scanned(let scan) = self, scan.pattern != .whole, space == 0x20 else { return none }
            return allowed
        }
        var space = space
        for step in steps {
            switch step {
            case let metaspace as MetaspacePreTokenizer:
                // It puts a sign before what begins with neither a space nor the sign.
                let (sign, count) = Splitting.character(metaspace.sign)
                guard count == metaspace.sign.count, space == 0x20 || space == sign else { return none }
                if metaspace.splits { return allowed }
                space = sign
            case let bytes as ByteLevelPreTokenizer:
                if bytes.addsPrefixSpace || bytes.writesAlphabet, space != 0x20 { return none }
                if bytes.usesPattern { return Splitting.endsWords(space) ? allowed : none }
                if bytes.writesAlphabet { space = 0x120 }
            case is WordPreTokenizer: return Splitting.endsWords(space) ? allowed : none
            case let split as ClassPreTokenizer:
                if split.test.contains(space), [.isolated, .removed, .mergedWithNext].contains(split.behavior) {
                    return allowed
                }
            case let split as SplitPreTokenizer:
                guard let beginsMatch = split.pattern.restrict(&allowed, before: space) else { return none }
                if beginsMatch, split.endsPieceBeforeMatch { return allowed }
            default: return none
            }
        }
        return space == 0x2581 && model.canCutAtMarkers ? allowed : none
    }

    /// Whether a sign is neither letter nor number, so that a row of these ends before it.
    fileprivate static func endsWords(_ space: UInt32) -> Bool { space == 0x20 || space == 0x2581 }

    private static func character(_ bytes: [UInt8]) -> (codePoint: UInt32, count: Int) {
        bytes.withUnsafeBufferPointer {
            $0.baseAddress.map { UTF8Decoding.character($0, 0, bytes.count) } ?? (UTF8Decoding.broken, -1)
        }
    }
}

extension SplitPreTokenizer {
    /// Whether a piece always ends where a match begins.
    fileprivate var endsPieceBeforeMatch: Bool {
        switch behavior {
        case .isolated, .removed: true
        case .mergedWithNext: !isInverted
        case .mergedWithPrevious, .contiguous: false
        }
    }
}

extension TextPattern {
    /// Takes away the bytes that something joins to a `space` behind them. Returns whether a match always begins at the space, nil
    /// where nothing is known.
    fileprivate func restrict(_ allowed: inout [Bool], before space: UInt32) -> Bool? {
        switch self {
        case .string(let wanted):
            var written: [UInt8] = []
            UTF8Decoding.append(space, to: &written)
            for (left, right) in zip(wanted, wanted.dropFirst()) where right == written[0] {
                allowed[Int(left)] = false
            }
            return wanted == written
        case .known: return Splitting.endsWords(space) ? true : nil
        case .expression(let expression):
            guard let border = SpaceBorder(expression, space: space) else { return nil }
            for code in 0..<128 where !border.allows[code] { allowed[code] = false }
            return border.beginsMatch
        }
    }
}
