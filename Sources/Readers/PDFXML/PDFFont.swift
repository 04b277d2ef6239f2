import CXML2

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
        let lower = name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        family = PDFFont.families.first { lower.containsBytes($0.word) }?.family ?? .serif
    }

    /// What a family's name holds, and what it is then.
    private static let families: [(word: StaticString, family: Family)] = [
        ("courier", .mono), ("mono", .mono), ("consol", .mono), ("typewriter", .mono), ("fixed", .mono),
        ("wingding", .wingdings), ("webding", .wingdings), ("dingbat", .wingdings), ("symbol", .symbol),
        ("helvetica", .sans), ("arial", .sans), ("sans", .sans), ("calibri", .sans), ("avantgarde", .sans),
        ("verdana", .sans),
    ]

    init(size: Int16, family: Family) {
        self.size = size
        self.family = family
    }
}

extension [UInt8] {
    /// Whether the bytes of a text stand somewhere inside.
    func containsBytes(_ text: StaticString) -> Bool {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return memmem(base, bytes.count, text.utf8Start, text.utf8CodeUnitCount) != nil
        }
    }
}
