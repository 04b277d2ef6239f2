import Documents

extension PageLayout {
    mutating func collectPieces(_ page: PDFPage, _ body: PDFFont, _ counts: inout PDFCounts) {
        var index = 0
        let elements = page.elements
        while index < elements.count {
            var element = elements[index]
            index += 1
            if element.isGone { continue }
            if element.width == 0, element.count < 64 {
                // Turned text: a run of elements without width at one place, in the order of reading.
                while index < elements.count, !elements[index].isGone, elements[index].width == 0,
                    elements[index].left == element.left,
                    abs(elements[index].top - element.top) < 4 * element.height + 200
                {
                    element.end = elements[index].end
                    index += 1
                }
            }
            add(element, body, &counts)
        }
    }

    private mutating func add(_ element: PDFElement, _ body: PDFFont, _ counts: inout PDFCounts) {
        var start = Int(element.start)
        var stop = Int(element.end)
        if start == stop {
            if element.width > 0, element.font.size * 5 >= body.size * 4 { pieces.append(Piece(element)) }
            return
        }
        while start < stop, isSpace(self.page, start, &start) {}
        while stop > start, self.page[stop - 1] == 0x20 { stop -= 1 }
        if start == stop {
            let scalars = self.page.withUnsafeBytes {
                unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]))
            }
            return counts.remove(.whiteSpace, scalars)
        }
        let size = Int32(element.font.size)
        var piece = Piece(element)
        let trailing = Int32(truncatingIfNeeded: min(Int(element.end) - stop, 1000))
        // A quick look first: ordinary text is narrower than half an em a byte.
        if trailing > 0 || element.width > Int32(truncatingIfNeeded: element.count) &* size / 2, size > 4 {
            if element.width &* 2 > Int32(truncatingIfNeeded: element.count) &* size {
                if split(element, piece, body) { return }
            }
            piece.right = max(piece.left + 1, element.right - trailing * size / 4)
        }
        keep(piece, body)
    }

    /// Skips a space or a no-break space at `index`.
    @inline(__always) private func isSpace(_ bytes: [UInt8], _ index: Int, _ next: inout Int) -> Bool {
        if bytes[index] == 0x20 {
            next = index + 1
            return true
        }
        if bytes[index] == 0xC2, index + 1 < bytes.count, bytes[index + 1] == 0xA0 {
            next = index + 2
            return true
        }
        return false
    }

    private mutating func keep(_ piece: Piece, _ body: PDFFont) {
        if Int32(piece.font.size) * 5 < Int32(body.size) * 4, piece.font.family != .mono {
            scripts.append(piece)
        } else {
            pieces.append(piece)
        }
    }

    /// Takes an element apart at its spaces where they are wide. Every space in it then has the same width, the one at the end too.
    private mutating func split(_ element: PDFElement, _ whole: Piece, _ body: PDFFont) -> Bool {
        let size = Int32(element.font.size)
        let measure = self.page.withUnsafeBufferPointer {
            GlyphWidths.measure(UnsafeBufferPointer(rebasing: $0[Int(element.start)..<Int(element.end)]), element.font)
        }
        guard measure.spaces > 0, measure.spaces < 64, pieces.count < PageLayout.mostPieces else { return false }
        let gap = (element.width - measure.whole) / measure.spaces
        if element.font.family == .mono || gap * 10 < size * 7 { return false }
        var left = element.left
        var start = Int(element.start)
        let end = Int(element.end)
        while start < end {
            var stop = start
            while stop < end, self.page[stop] != 0x20 { stop += 1 }
            // The spaces behind a word go with it.
            var next = stop
            while next < end, self.page[next] == 0x20 { next += 1 }
            let width = self.page.withUnsafeBufferPointer {
                GlyphWidths.measure(UnsafeBufferPointer(rebasing: $0[start..<next]), element.font)
            }
            var piece = whole
            piece.start = Int32(truncatingIfNeeded: start)
            piece.stop = Int32(truncatingIfNeeded: next)
            piece.left = left
            piece.right = left + max(1, width.width)
            piece.end = piece.right
            left = min(left + width.whole + gap * Int32(truncatingIfNeeded: min(next - stop, 64)), 1_000_000)
            start = next
            keep(piece, body)
        }
        return true
    }
}
