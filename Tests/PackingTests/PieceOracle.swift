import Packing

/// The slow twin of the strategies that pack pieces: cuts by looking at every place, and looks through the list of all blocks
/// for each piece.
struct PieceOracle {
    struct Piece {
        var document: Int
        var offset: Int
        var count: Int
    }

    struct Block {
        var pieces: [Piece]
        var room: Int
        /// Where the piece that opened it stands among all pieces.
        var opener: Int
    }

    var blocks: [Block] = []
    var pieces: [Piece] = []
    var counts = FragmentCounts()

    init(tokenCounts: [Int], options: PackingOptions, cuts: [[StructureCut]]) {
        let frame = options.separator.tokensPerDocument
        let length = options.length
        let leading = options.separator.hasBegin ? 1 : 0
        let tolerance = min(Int(options.tolerance * Double(length)), (length - 1) / 2)
        for (document, own) in tokenCounts.enumerated() where own > 0 {
            counts.documents += 1
            let framed = own + frame
            if framed > length { counts.documentsCut += 1 }
            var start = 0
            while framed - start > length {
                var best: (place: Int, rank: StructureCut.Rank)?
                if options.strategy == .structure {
                    for place in max(start + 1, start + length - tolerance)...start + length {
                        for cut in cuts[document] where cut.offset + leading == place {
                            if best == nil || cut.rank.rawValue >= best!.rank.rawValue { best = (place, cut.rank) }
                        }
                    }
                }
                if let best { counts.structureCuts[best.rank, default: 0] += 1 } else { counts.hardCuts += 1 }
                let end = best?.place ?? start + length
                pieces.append(Piece(document: document, offset: start, count: end - start))
                start = end
            }
            pieces.append(Piece(document: document, offset: start, count: framed - start))
        }
        counts.segments = pieces.count
        let order = pieces.indices.sorted { (-pieces[$0].count, $0) < (-pieces[$1].count, $1) }
        for piece in order {
            let size = pieces[piece].count
            // Of blocks with equal room the one touched last stands last in the list.
            let fitting = blocks.indices.filter { blocks[$0].room >= size }
            if let least = fitting.map({ blocks[$0].room }).min(),
                let found = fitting.last(where: { blocks[$0].room == least })
            {
                var block = blocks.remove(at: found)
                block.pieces.append(pieces[piece])
                block.room -= size
                blocks.append(block)
            } else {
                blocks.append(Block(pieces: [pieces[piece]], room: length - size, opener: piece))
            }
        }
        blocks.sort { $0.opener < $1.opener }
    }

    var padding: Int { blocks.reduce(0) { $0 + $1.room } }

    func segments(ofBlock block: Int) -> [Segment] {
        let sorted = blocks[block].pieces.sorted { ($0.document, $0.offset) < ($1.document, $1.offset) }
        var end = 0
        return sorted.map { piece in
            let start = end
            end += piece.count
            return Segment(document: piece.document, offset: piece.offset, start: start, end: end)
        }
    }
}
