extension Splitting {
    /// By byte: the ASCII letters and digits behind which a text can be cut before a space, with another letter or digit behind it,
    /// so that the parts have the pieces of the whole. `space`: what a plain one was normalised to, itself or ▁.
    ///
    /// Such a place must be the border of a piece by one step, and the steps before that one must cut both parts as the whole.
    /// Behind it nothing that a later step does can reach over the border.
    func bordersBefore(_ space: [UInt8], _ model: MergeModel) -> [Bool] {
        var allowed = (UInt8.min...UInt8.max).map { ASCIIWord.contains($0) }
        let none = [Bool](repeating: false, count: 256)
        let isPlain = space == [0x20]
        guard case .stepwise(let steps) = self else {
            guard case .scanned(let scan) = self, scan.pattern != .whole, isPlain else { return none }
            return allowed
        }
        var isMarker = !isPlain
        for step in steps {
            if !isPlain, PlainSpaces.isIdle(step) { continue }
            switch step {
            case let metaspace as MetaspacePreTokenizer where isPlain || metaspace.sign == space:
                if metaspace.splits { return allowed }
                guard metaspace.sign == MarkerScanner.marker else { return none }
                isMarker = true
            case let bytes as ByteLevelPreTokenizer where isPlain && !isMarker:
                if bytes.usesPattern { return allowed }
                if bytes.writesAlphabet { return none }
            case is WordPreTokenizer where isPlain && !isMarker: return allowed
            case let split as ClassPreTokenizer where isPlain && !isMarker:
                if split.test.contains(0x20), [.isolated, .removed, .mergedWithNext].contains(split.behavior) {
                    return allowed
                }
            case let split as SplitPreTokenizer where isPlain && !isMarker:
                guard let beginsMatch = split.pattern.restrict(&allowed) else { return none }
                if beginsMatch, split.endsPieceBeforeMatch { return allowed }
            default: return none
            }
        }
        return isMarker && model.canCutAtMarkers ? allowed : none
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
    /// Takes away the bytes that something joins to a plain space behind them. Returns whether a match always begins at the space,
    /// nil where nothing is known.
    fileprivate func restrict(_ allowed: inout [Bool]) -> Bool? {
        switch self {
        case .string(let wanted):
            for (left, right) in zip(wanted, wanted.dropFirst()) where right == 0x20 { allowed[Int(left)] = false }
            return wanted == [0x20]
        case .known: return true
        case .expression(let expression):
            guard let border = SpaceBorder(expression) else { return nil }
            for code in 0..<128 where !border.allows[code] { allowed[code] = false }
            return border.beginsMatch
        }
    }
}
