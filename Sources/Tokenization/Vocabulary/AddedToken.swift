/// A token that is found in the text itself, before any splitting.
struct AddedToken: Sendable, Equatable {
    /// As it stands in a text.
    var content: String
    var id: UInt32
    /// Left out by `decodeText(_:skippingSpecial:)`.
    var isSpecial = true
    /// Only where no word character stands beside it.
    var isSingleWord = false
    /// Takes the white space before it along.
    var stripsLeft = false
    /// Takes the white space after it along.
    var stripsRight = false
    /// Looked for in the normalised text, after all tokens that are not.
    var isNormalized = false

    /// Whether `SpecialTokenPolicy` decides about it: marked special, or written like markup.
    var isControl: Bool {
        if isSpecial { return true }
        let utf8 = content.utf8
        guard utf8.count > 2, let first = utf8.first, let last = utf8.last else { return false }
        return (first == UInt8(ascii: "<") && last == UInt8(ascii: ">"))
            || (first == UInt8(ascii: "[") && last == UInt8(ascii: "]"))
    }
}
