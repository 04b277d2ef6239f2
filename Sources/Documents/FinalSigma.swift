/// Where Σ becomes ς in lower case (Unicode, condition Final_Sigma): behind a cased letter and not before one, whatever stands between
/// that case ignores.
enum FinalSigma {
    /// For the Σ at a place. Linear in the signs around it that case ignores.
    static func isFinal(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        var before = at
        var isBehindCased = false
        while before > 0 {
            before -= 1
            while before > 0, text[before] & 0xC0 == 0x80 { before -= 1 }
            guard let scalar = scalar(text, before) else { break }
            if scalar.properties.isCaseIgnorable { continue }
            isBehindCased = scalar.properties.isCased
            break
        }
        if !isBehindCased { return false }
        var behind = at + 2
        while behind < text.count {
            guard let scalar = scalar(text, behind) else { return true }
            behind += UTF8.width(scalar)
            if scalar.properties.isCaseIgnorable { continue }
            return !scalar.properties.isCased
        }
        return true
    }

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Unicode.Scalar? {
        UTF8Scalar.decode(text, at).0.flatMap { Unicode.Scalar($0) }
    }
}
