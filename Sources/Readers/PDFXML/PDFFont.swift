/// What a `<fontspec>` says that the reader needs: the size and the kind of face.
struct PDFFont: Equatable {
    /// Faces that are told apart.
    enum Family: UInt8 {
        case serif, sans, mono, symbol, wingdings
    }

    /// Pixels an em, from 1 to 255.
    var size: Int16
    var family: Family

    static let usual = PDFFont(size: 15, family: .serif)

    /// A font by the family's name as poppler writes it, a subset's tag before a plus included.
    init(size: Int, name: UnsafeBufferPointer<UInt8>) {
        self.size = Int16(min(max(size, 1), 255))
        let name = String(decoding: name, as: UTF8.self).lowercased()
        func holds(_ words: String...) -> Bool { words.contains { name.contains($0) } }
        if holds("courier", "mono", "consol", "typewriter", "fixed") {
            family = .mono
        } else if holds("wingding", "webding", "dingbat") {
            family = .wingdings
        } else if holds("symbol") {
            family = .symbol
        } else if holds("helvetica", "arial", "sans", "calibri", "avantgarde", "verdana") {
            family = .sans
        } else {
            family = .serif
        }
    }

    init(size: Int16, family: Family) {
        self.size = size
        self.family = family
    }
}
