import CKernels
public import Documents
import Glibc

/// Repair of characters that carry no text of their own, in place. First `Mojibake`, where the options ask for it; then, always:
///
/// | found | becomes | rule in the ledger |
/// | --- | --- | --- |
/// | U+00A0 no-break space | a space | `no-break-space` |
/// | U+00AD soft hyphen | nothing | `soft-hyphen` |
/// | C0 but tab, line feed and the line ends below; DEL; C1 but NEL | nothing | `control-character` |
/// | CR LF, CR alone | a line feed | `carriage-return` |
/// | VT, FF, NEL, U+2028, U+2029: the other mandatory breaks of UAX #14 | a line feed | `line-separator` |
/// | U+FEFF byte-order mark, zero-width no-break space | nothing | `byte-order-mark` |
///
/// then `UnseenScalars`, as the options say.
public enum UnicodeRepair {
    /// Repairs the text of `document`, moves its spans with the text (a span left empty goes), and books every scalar in its
    /// ledger, a replaced one as removed and added, so that a ledger that closed before still closes.
    ///
    /// Text without anything to repair costs three passes over its bytes and no allocation. The text should be valid UTF-8: what is not is left
    /// as it is. A text that was repaired stays as it is when it is repaired again.
    public static func repair(_ document: inout Document, _ options: UnicodeRepairOptions = UnicodeRepairOptions()) {
        // What stood apart may be misread text once a character between is gone.
        for _ in 0..<Mojibake.mostRounds {
            if options.mojibake { Mojibake.repair(&document) }
            var isChanged = repairControls(&document)
            if options.ligatures || options.zeroWidth || options.privateUse != .keep {
                isChanged = UnseenScalars.repair(&document, options) || isChanged
            }
            if !isChanged { return }
        }
    }

    /// Whether anything was there to repair.
    private static func repairControls(_ document: inout Document) -> Bool {
        // Asked first without writing: a text that others hold too is not copied for nothing.
        let isClean = document.text.withUnsafeBufferPointer { text in
            text.baseAddress.map { firstDefect($0, 0, text.count) == text.count } ?? true
        }
        if isClean { return false }
        var outcome = Outcome()
        let length = document.text.withUnsafeMutableBufferPointer { compact($0, &outcome) }
        document.text.removeSubrange(length...)
        outcome.book(in: &document.ledger)
        if !outcome.moves.isEmpty { move(&document.spans, outcome.moves, length) }
        return true
    }

    /// What stands at a place.
    enum Defect: Int, CaseIterable {
        case noBreakSpace, softHyphen, controlCharacter, carriageReturn, carriageReturnBeforeLineFeed, lineSeparator
        case byteOrderMark

        var rule: String {
            switch self {
            case .noBreakSpace: "no-break-space"
            case .softHyphen: "soft-hyphen"
            case .controlCharacter: "control-character"
            case .carriageReturn, .carriageReturnBeforeLineFeed: "carriage-return"
            case .lineSeparator: "line-separator"
            case .byteOrderMark: "byte-order-mark"
            }
        }

        /// The one byte that takes its place; nil where nothing does.
        var replacement: UInt8? {
            switch self {
            case .noBreakSpace: 0x20
            case .carriageReturn, .lineSeparator: 0x0A
            case .softHyphen, .controlCharacter, .carriageReturnBeforeLineFeed, .byteOrderMark: nil
            }
        }
    }

    /// An old offset from which on text stands at a new distance.
    struct Move {
        var oldEnd: Int
        var newEnd: Int
    }

    struct Outcome {
        var counts = [Int](repeating: 0, count: Defect.allCases.count)
        var moves: [Move] = []

        func book(in ledger: inout ExtractionLedger) {
            for defect in Defect.allCases {
                let count = counts[defect.rawValue]
                ledger.remove(count, rule: defect.rule)
                if defect.replacement != nil {
                    ledger.add(count, rule: defect.rule)
                } else {
                    ledger.written -= count
                }
            }
        }
    }

    /// Moves the text that stays to the front of `text` and returns its length. A replacement is never longer than what it
    /// replaces, so writing never overtakes reading.
    private static func compact(_ text: UnsafeMutableBufferPointer<UInt8>, _ outcome: inout Outcome) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let count = text.count
        var read = firstDefect(base, 0, count)
        var write = read
        while read < count {
            let (defect, length) = defect(at: read, base, count)
            if let byte = defect.replacement {
                base[write] = byte
                write += 1
            }
            read += length
            outcome.counts[defect.rawValue] += 1
            if length != (defect.replacement == nil ? 0 : 1) {
                outcome.moves.append(Move(oldEnd: read, newEnd: write))
            }
            let next = firstDefect(base, read, count)
            if write != read { memmove(base + write, base + read, next - read) }
            write += next - read
            read = next
        }
        return write
    }

    /// The first offset from `start` on where a defect begins, or `count`. Blocks of 64 bytes are tested without branches.
    private static func firstDefect(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        var index = start &+ shardmill_skip_repaired(base + start, count &- start)
        while index < count {
            let second = index &+ 1 < count ? base[index &+ 1] : 0
            let third = index &+ 2 < count ? base[index &+ 2] : 0
            if isDefect(base[index], second, third) != 0 { return index }
            index &+= 1
        }
        return count
    }

    /// 1 where the bytes begin a defect, else 0.
    @inline(__always)
    private static func isDefect(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt8 {
        let control = bit(first < 0x20) & bit(first != 0x09) & bit(first != 0x0A) | bit(first == 0x7F)
        let latin = bit(first == 0xC2) & (bit(second <= 0xA0) | bit(second == 0xAD))
        let separator = bit(first == 0xE2) & bit(second == 0x80) & bit(third | 1 == 0xA9)
        let mark = bit(first == 0xEF) & bit(second == 0xBB) & bit(third == 0xBF)
        return control | latin | separator | mark
    }

    @inline(__always)
    private static func bit(_ condition: Bool) -> UInt8 { condition ? 1 : 0 }

    /// What the defect that begins at `index` is, and its bytes (never beyond `count`).
    private static func defect(at index: Int, _ base: UnsafePointer<UInt8>, _ count: Int) -> (Defect, Int) {
        switch base[index] {
        case 0x0D:
            let beforeLineFeed = index + 1 < count && base[index + 1] == 0x0A
            return (beforeLineFeed ? .carriageReturnBeforeLineFeed : .carriageReturn, 1)
        case 0x0B, 0x0C: return (.lineSeparator, 1)
        case 0xC2:
            let length = min(2, count - index)
            switch length == 2 ? base[index + 1] : 0 {
            case 0xA0: return (.noBreakSpace, length)
            case 0xAD: return (.softHyphen, length)
            case 0x85: return (.lineSeparator, length)
            default: return (.controlCharacter, length)
            }
        case 0xE2: return (.lineSeparator, 3)
        case 0xEF: return (.byteOrderMark, 3)
        default: return (.controlCharacter, 1)
        }
    }

    private static func move(_ spans: inout [TextSpan], _ moves: [Move], _ length: Int) {
        var kept = 0
        for index in spans.indices {
            var span = spans[index]
            let wasEmpty = span.start >= span.end
            span.start = newOffset(span.start, moves, length)
            span.end = newOffset(span.end, moves, length)
            if span.start >= span.end, !wasEmpty { continue }
            spans[kept] = span
            kept += 1
        }
        spans.removeSubrange(kept...)
    }

    /// Where the old offset stands now: by the last move at or before it.
    private static func newOffset(_ old: Int, _ moves: [Move], _ length: Int) -> Int {
        var low = 0
        var high = moves.count
        while low < high {
            let middle = (low + high) / 2
            if moves[middle].oldEnd <= old { low = middle + 1 } else { high = middle }
        }
        let moved = low == 0 ? old : old &- moves[low - 1].oldEnd &+ moves[low - 1].newEnd
        return min(moved, length)
    }
}
