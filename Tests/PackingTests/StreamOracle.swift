import Packing

/// The slow twin of `BlockLayout` and `BlockFiller`: writes the whole stream out, each token with its document, and cuts it.
struct StreamOracle {
    struct Token: Equatable {
        var id: UInt32
        var document: Int
        var offset: Int
    }

    var blocks: [[Token]] = []
    var padding = 0
    var dropped = 0
    var separators = 0
    /// Block ends that stand inside a document, and the documents they stand in.
    var cuts = 0
    var documentsCut = 0

    init(documents: [[UInt32]], options: PackingOptions) {
        var stream: [Token] = []
        for (document, tokens) in documents.enumerated() where !tokens.isEmpty {
            var framed = tokens
            if options.separator == .bos || options.separator == .both { framed.insert(options.beginToken!, at: 0) }
            if options.separator == .eos || options.separator == .both { framed.append(options.endToken!) }
            separators += framed.count - tokens.count
            for (offset, id) in framed.enumerated() { stream.append(Token(id: id, document: document, offset: offset)) }
        }
        var cut: Set<Int> = []
        for place in stride(from: options.length, to: stream.count, by: options.length)
        where stream[place].document == stream[place - 1].document {
            cuts += 1
            cut.insert(stream[place].document)
        }
        documentsCut = cut.count
        var start = 0
        while start < stream.count {
            var block = Array(stream[start..<min(start + options.length, stream.count)])
            start += block.count
            if block.count < options.length {
                if options.tail == .drop {
                    dropped = block.count
                    break
                }
                padding = options.length - block.count
                while block.count < options.length {
                    block.append(Token(id: options.paddingToken, document: -1, offset: 0))
                }
            }
            blocks.append(block)
        }
    }

    func segments(ofBlock block: Int) -> [Segment] {
        var segments: [Segment] = []
        for (position, token) in blocks[block].enumerated() where token.document >= 0 {
            if let last = segments.last, last.document == token.document {
                segments[segments.count - 1].end = position + 1
            } else {
                segments.append(
                    Segment(document: token.document, offset: token.offset, start: position, end: position + 1))
            }
        }
        return segments
    }
}
