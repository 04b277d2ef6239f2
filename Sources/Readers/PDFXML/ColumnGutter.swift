/// The white stripe between two columns of text, where a page has two.
///
/// Told from the gap in a table by three things: it is narrow and near the middle, hardly anything crosses it, and on its left most
/// lines end close to it, as justified or full lines of prose do and cells do not.
struct ColumnGutter {
    let left: Int32
    let right: Int32
    var middle: Int32 { (left + right) / 2 }

    private static let bins = 128

    init?(_ pieces: [PageLayout.Piece], pageWidth: Int32) {
        let width = max(pageWidth, 1)
        func bin(_ x: Int32) -> Int { min(max(Int(x) * ColumnGutter.bins / Int(width), 0), ColumnGutter.bins - 1) }
        var change = [Int](repeating: 0, count: ColumnGutter.bins + 1)
        for piece in pieces {
            change[bin(piece.left)] += 1
            change[min(bin(piece.right) + 1, ColumnGutter.bins)] -= 1
        }
        var cover = [Int](repeating: 0, count: ColumnGutter.bins)
        var running = 0
        for index in 0..<ColumnGutter.bins {
            running += change[index]
            cover[index] = running
        }
        let peak = cover.max() ?? 0
        // The emptiest stripe in the middle fifth.
        var best: Range<Int>?
        var index = ColumnGutter.bins * 2 / 5
        while index < ColumnGutter.bins * 3 / 5 {
            var end = index
            while end < ColumnGutter.bins * 3 / 5, cover[end] * 8 <= peak { end += 1 }
            if end > index, end - index > (best?.count ?? 0) { best = index..<end }
            index = max(end, index + 1)
        }
        guard let best else { return nil }
        // From where the left column ends to where the right one begins.
        left = Int32(best.lowerBound) * width / Int32(ColumnGutter.bins)
        right = Int32(best.upperBound) * width / Int32(ColumnGutter.bins)
        guard right - left < width / 10, isBetweenColumns(pieces, width) else { return nil }
    }

    func isCrossed(by piece: PageLayout.Piece) -> Bool { piece.left < left && piece.right > right }

    private func isBetweenColumns(_ pieces: [PageLayout.Piece], _ width: Int32) -> Bool {
        var onLeft = 0
        var onRight = 0
        var full = 0
        var aligned = 0
        for piece in pieces where !isCrossed(by: piece) {
            if piece.right <= right {
                onLeft += 1
                // A line of a column is three tenths of the page at least; cells are shorter.
                if left - piece.right < width / 16, (piece.right - piece.left) * 10 > width * 3 { full += 1 }
            } else {
                onRight += 1
                if piece.left - right < width / 32 { aligned += 1 }
            }
        }
        return onLeft >= 12 && onRight >= 12 && full * 2 >= onLeft && aligned * 2 >= onRight
    }
}
