extension PageLayout {
    /// Puts small pieces into the line of the larger piece that they stand beside; the rest make lines of their own.
    mutating func attachScripts() {
        attached.removeAll(keepingCapacity: true)
        scripts.sort { ($0.left, $0.middle, $0.start) < ($1.left, $1.middle, $1.start) }
        var rest: [Piece] = []
        // The right ends of what is attached, by line: scripts follow one another.
        var reached: [Int: Int32] = [:]
        for piece in scripts {
            guard let line = host(of: piece, reached) else {
                rest.append(piece)
                continue
            }
            var script = piece
            script.script = piece.middle < lines[line].middle ? .raised : .lowered
            attached.append((line, script))
            reached[line] = max(reached[line] ?? .min, piece.right)
        }
        if attached.isEmpty, rest.isEmpty { return }
        attached.sort { $0.line < $1.line }
        let old = pieces
        let oldLines = lines
        pieces.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        var next = 0
        for (index, line) in oldLines.enumerated() {
            let start = pieces.count
            pieces += old[line.firstPiece..<line.lastPiece]
            while next < attached.count, attached[next].line == index {
                pieces.append(attached[next].piece)
                next += 1
            }
            sortByLeft(start, pieces.count)
            lines.append(self.line(start, pieces.count))
        }
        if rest.isEmpty { return }
        let main = lines
        let mainPieces = pieces
        pieces = rest
        lines.removeAll(keepingCapacity: true)
        buildLines()
        let offset = mainPieces.count
        for index in lines.indices {
            lines[index].firstPiece += offset
            lines[index].lastPiece += offset
        }
        pieces = mainPieces + pieces
        lines = merged(main, lines)
    }

    private func merged(_ left: [Line], _ right: [Line]) -> [Line] {
        var all: [Line] = []
        var index = 0
        for line in left {
            while index < right.count, (right[index].flow, right[index].middle) < (line.flow, line.middle) {
                all.append(right[index])
                index += 1
            }
            all.append(line)
        }
        return all + right[index...]
    }

    private func host(of piece: Piece, _ reached: [Int: Int32]) -> Int? {
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if (lines[middle].flow, lines[middle].middle) < (piece.flow, piece.middle) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var best: Int?
        var distance = Int32.max
        for index in max(0, low - 4)..<min(lines.count, low + 4) {
            let line = lines[index]
            if line.flow != piece.flow { continue }
            let apart = abs(line.middle - piece.middle)
            // Half pixels: nine tenths of the line's height.
            if apart * 10 > line.height * 18 || apart >= distance { continue }
            if isBeside(piece, line, reached[index]) {
                best = index
                distance = apart
            }
        }
        return best
    }

    private func isBeside(_ piece: Piece, _ line: Line, _ reached: Int32?) -> Bool {
        let slack = Int32(piece.font.size) * 6 / 10
        if let reached, piece.left >= reached - slack, piece.left <= reached + slack { return true }
        for other in pieces[line.firstPiece..<line.lastPiece]
        where Int32(other.font.size) * 4 >= Int32(piece.font.size) * 5 {
            if piece.left >= other.left, piece.left <= other.end + slack { return true }
        }
        return false
    }
}
