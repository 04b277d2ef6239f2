extension PageLayout {
    /// Gives every piece the number of its flow: 0 for a page of one column; else, from top to bottom, what spans the page, then the
    /// left column beside it, then the right.
    mutating func assignFlows(_ page: PDFPage) {
        guard pieces.count >= 30, let gutter = ColumnGutter(pieces, pageWidth: page.width) else { return }
        let across = pieces.filter { gutter.isCrossed(by: $0) }.map(\.middle).sorted()
        func flow(_ piece: Piece) -> Int32 {
            var above: Int32 = 0
            for middle in across where middle <= piece.middle { above += 1 }
            if gutter.isCrossed(by: piece) { return above * 3 }
            return above * 3 + (piece.left < gutter.middle ? 1 : 2)
        }
        for index in pieces.indices { pieces[index].flow = flow(pieces[index]) }
        for index in scripts.indices { scripts[index].flow = flow(scripts[index]) }
    }

    mutating func buildLines() {
        keys.removeAll(keepingCapacity: true)
        for index in pieces.indices {
            let piece = pieces[index]
            // Flow, then height, then the place from the left, then the order in the file.
            let middle = UInt64(UInt32(bitPattern: min(max(piece.middle, -400_000), 400_000) + 400_000))
            keys.append(UInt64(UInt32(bitPattern: min(piece.flow, 0xFFFF))) << 44 | middle << 22 | UInt64(index))
        }
        PageLayout.sort(&keys)
        sorted.removeAll(keepingCapacity: true)
        for key in keys { sorted.append(pieces[Int(key & 0x3F_FFFF)]) }
        swap(&sorted, &pieces)
        var index = 0
        while index < pieces.count {
            let first = pieces[index]
            var end = index + 1
            var reference = first
            while end < pieces.count {
                let next = pieces[end]
                // In half pixels: six tenths of the smaller height.
                let tolerance = max(4, min(reference.height, next.height) * 6 / 10)
                if next.flow != first.flow || next.middle - reference.middle > tolerance { break }
                // Tall brackets and signs do not say where a line stands.
                if next.height <= reference.height, next.stop - next.start > reference.stop - reference.start {
                    reference = next
                }
                end += 1
            }
            sortByLeft(index, end)
            lines.append(line(index, end))
            index = end
        }
    }

    /// Ascending; nearly sorted input costs one pass.
    private static func sort(_ keys: inout [UInt64]) {
        var steps = 0
        let limit = 8 * keys.count + 64
        keys.withUnsafeMutableBufferPointer { keys in
            var index = 1
            while index < keys.count, steps <= limit {
                let key = keys[index]
                var place = index
                while place > 0, keys[place - 1] > key {
                    keys[place] = keys[place - 1]
                    place -= 1
                }
                keys[place] = key
                steps += index - place
                index += 1
            }
        }
        if steps > limit { keys.sort() }
    }

    mutating func sortByLeft(_ start: Int, _ end: Int) {
        if end - start < 2 { return }
        if end - start > 64 {
            pieces[start..<end].sort { ($0.left, $0.start) < ($1.left, $1.start) }
            return
        }
        for index in start + 1..<end {
            let piece = pieces[index]
            var place = index
            while place > start,
                pieces[place - 1].left > piece.left
                    || (pieces[place - 1].left == piece.left && pieces[place - 1].start > piece.start)
            {
                pieces[place] = pieces[place - 1]
                place -= 1
            }
            pieces[place] = piece
        }
    }

    func line(_ start: Int, _ end: Int) -> Line {
        var main = pieces[start]
        var line = Line(
            middle: main.middle, height: main.height, left: main.left, right: main.right, font: main.font, isBold: true,
            isMono: true, flow: main.flow, pieces: Int32(truncatingIfNeeded: end - start), fragments: 0, longest: 0,
            firstPiece: start, lastPiece: end)
        for index in start..<end {
            let piece = pieces[index]
            let count = piece.stop - piece.start
            if count > main.stop - main.start { main = piece }
            if count <= 3 || piece.font.family == .symbol || piece.script != .none { line.fragments += 1 }
            if piece.script == .none, !piece.isBold { line.isBold = false }
            if piece.font.family != .mono { line.isMono = false }
            line.left = min(line.left, piece.left)
            line.right = max(line.right, piece.right)
        }
        line.longest = main.stop - main.start
        line.font = main.font
        line.height = main.height
        line.middle = main.middle
        return line
    }
}
