/// Styles of the ids met so far, so that a paragraph costs no string: one slot a hash, ids of up to 16 bytes.
struct ParagraphStyleCache {
    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count = 0
        var style = ParagraphStyle()
    }

    private static let size = 128
    private var entries = [Entry](repeating: Entry(), count: ParagraphStyleCache.size)

    /// The style of an id, asked of the style sheet the first time and after a collision.
    mutating func style(
        _ id: UnsafeBufferPointer<UInt8>, _ styles: WordStyleSheet, _ counters: WordCounters
    ) -> ParagraphStyle {
        if id.isEmpty || id.count > 16 { return styles.style(id, counters) }
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<id.count {
            if index < 8 { low = low << 8 | UInt64(id[index]) } else { high = high << 8 | UInt64(id[index]) }
        }
        let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        let slot = Int(truncatingIfNeeded: mixed >> 57)
        if entries[slot].low == low, entries[slot].high == high, entries[slot].count == id.count {
            return entries[slot].style
        }
        let style = styles.style(id, counters)
        entries[slot] = Entry(low: low, high: high, count: id.count, style: style)
        return style
    }
}
