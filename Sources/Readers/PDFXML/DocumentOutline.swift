/// The bookmarks of a PDF: what its author's program took for headings. Headings that were found by their looks are checked against them.
struct DocumentOutline {
    struct Item {
        /// The number of the page, from 1.
        var page: Int
        var level: Int
        var text: [UInt8]
    }

    private(set) var items: [Item] = []

    mutating func add(_ item: Item) {
        if !item.text.isEmpty { items.append(item) }
    }

    /// How many bookmarks are headings of the document. Text is compared without white space, as far as the bookmark goes: viewers
    /// cut long ones.
    func matches(headings: [UInt64]) -> Int {
        let known = Set(headings)
        return items.reduce(0) { $0 + (known.contains(DocumentOutline.key($1.text)) ? 1 : 0) }
    }

    /// The first letters and digits of a heading as one number; white space and marks between them do not count.
    static func key(_ text: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var length = 0
        for byte in text where byte > 0x2E && length < 60 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            length += 1
        }
        return hash
    }
}
