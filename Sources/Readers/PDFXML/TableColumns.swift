/// The columns of a table, from where its segments stand. Used again from table to table.
struct TableColumns {
    /// Rows know their columns as the bits of one word.
    private static let most = 64
    private static let widest = 4096

    private(set) var bounds: [Range<Int32>] = []
    private var change = [Int32](repeating: 0, count: widest + 2)

    /// Takes the columns of another table.
    mutating func take(_ other: [Range<Int32>]) { bounds = other }

    /// Finds the stretches that the segments of lines with several of them cover, where hardly any line crosses what is between; none
    /// where there would be too many.
    mutating func find(_ layout: PageLayout, _ range: Range<Int>) {
        bounds.removeAll(keepingCapacity: true)
        var rows: Int32 = 0
        var reach = 0
        func place(_ x: Int32) -> Int { Int(min(max(x, 0), Int32(TableColumns.widest))) }
        for index in range where layout.lines[index].segments.count > 1 {
            rows += 1
            for segment in layout.lines[index].segments {
                let segment = layout.segments[segment]
                let end = place(max(segment.right, segment.left + 1)) + 1
                change[place(segment.left)] += 1
                change[end] -= 1
                reach = max(reach, end)
            }
        }
        // One row in twelve may reach over a gap.
        let limit = rows / 12
        var open: Int32 = 0
        var start: Int32 = -1
        for x in 0...reach {
            open += change[x]
            change[x] = 0
            if open > limit {
                if start < 0 { start = Int32(x) }
            } else if start >= 0 {
                if let last = bounds.last, start - last.upperBound < 6 {
                    bounds[bounds.count - 1] = last.lowerBound..<Int32(x)
                } else {
                    bounds.append(start..<Int32(x))
                }
                start = -1
            }
        }
        if bounds.count > TableColumns.most { bounds.removeAll(keepingCapacity: true) }
    }

    /// The column a segment stands in: the first that it overlaps, else the nearest.
    func column(of segment: PageLayout.Segment) -> Int { column(of: segment, within: .max) ?? 0 }

    /// The same; nil where the segment reaches more than `within` into a second column, or stands far from all.
    func column(of segment: PageLayout.Segment, within: Int32) -> Int? {
        var found = -1
        for index in bounds.indices {
            if segment.right <= bounds[index].lowerBound { break }
            if segment.left >= bounds[index].upperBound { continue }
            if found >= 0 { return segment.right - bounds[index].lowerBound <= within ? found : nil }
            found = index
            if within == .max { return found }
        }
        if found >= 0 { return found }
        var best = 0
        var distance = Int32.max
        for index in bounds.indices {
            let apart = max(bounds[index].lowerBound - segment.right, segment.left - bounds[index].upperBound)
            if apart < distance {
                distance = apart
                best = index
            }
        }
        return within != .max && distance > 60 ? nil : best
    }

    /// Whether another table has the same columns: each overlaps the other's of the same number.
    func agree(with other: [Range<Int32>]) -> Bool {
        bounds.count == other.count && zip(bounds, other).allSatisfy { $0.overlaps($1) }
    }
}
