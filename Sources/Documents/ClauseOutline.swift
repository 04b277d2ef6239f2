/// The headings of a document and how they nest.
///
/// Numbers decide where there are any, because levels differ between publishers and converters: `A.1` belongs to `Annex A` whatever
/// their levels are. A heading without a number belongs to the last heading of a lower level. Cost: a pass over the headings.
public struct ClauseOutline: Sendable {
    /// One heading.
    public struct Heading: Sendable, Equatable {
        /// Its index in the document's spans.
        public let span: Int
        /// Its level in the document, from 1.
        public let level: Int
        /// What it says.
        public let label: HeadingLabel
        /// The index in `headings` of the heading it belongs to; nil at the top.
        public let parent: Int?
    }

    /// The headings, in the order of the text.
    public let headings: [Heading]
    /// Whether most titles are written onto their numbers: a converter lost what stood between.
    public let isGlued: Bool

    /// The outline of `spans` over `text`; `passing` spans are taken for no headings.
    public init(_ spans: [TextSpan], over text: [UInt8], passing: Set<Int> = []) {
        let places = spans.indices.filter { spans[$0].kind == .heading && !passing.contains($0) }
        var glued = 0
        var numbered = 0
        for place in places {
            guard let isGlued = HeadingLabel.isGlued(text[spans[place].start..<spans[place].end]) else { continue }
            numbered += 1
            if isGlued { glued += 1 }
        }
        isGlued = 2 * glued > numbered
        var headings: [Heading] = []
        headings.reserveCapacity(places.count)
        var latest: [String: Int] = [:]
        var annexes: Set<String> = []
        for place in places {
            let span = spans[place]
            let label = HeadingLabel(text[span.start..<span.end], isGlued: isGlued, annexes: annexes)
            if label.isAnnex, let letter = label.number { annexes.insert(letter) }
            var parent: Int?
            if let number = label.number {
                var prefix = number[...]
                while parent == nil, let dot = prefix.utf8.lastIndex(of: 0x2E) {
                    prefix = prefix[..<dot]
                    parent = latest[String(prefix)]
                }
                latest[number] = headings.count
            } else {
                parent = headings.indices.last
                while let above = parent, headings[above].level >= span.level { parent = headings[above].parent }
            }
            headings.append(Heading(span: place, level: span.level, label: label, parent: parent))
        }
        self.headings = headings
    }

    /// The outline of a document.
    public init(_ document: Document) { self.init(document.spans, over: document.text) }

    /// The index in `headings` behind the last heading that belongs to the one at `index`.
    public func end(ofSectionAt index: Int) -> Int {
        var next = index + 1
        while next < headings.count, belongs(next, to: index) { next += 1 }
        return next
    }

    /// The indices of the headings that the one at `index` stands under, from the top, itself the last.
    public func path(to index: Int) -> [Int] {
        var path = [index]
        while let above = headings[path[0]].parent { path.insert(above, at: 0) }
        return path
    }

    private func belongs(_ index: Int, to section: Int) -> Bool {
        var above = headings[index].parent
        // Parents stand before their children.
        while let step = above, step > section { above = headings[step].parent }
        return above == section
    }
}
