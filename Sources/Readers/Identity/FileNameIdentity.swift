import Documents

/// What a file name in 3GPP's manner says: `23501-i50.docx`, `38521-3-i11`, `26.258-i00`, `23501-i50_s00-05.docx`.
struct FileNameIdentity {
    let specification: String
    let version: String

    /// Nil for names in another manner.
    init?(_ fileName: String) {
        // The version code is alphanumeric, so it ends the stem at the first character that is not.
        let name = fileName.lowercased()
        let pieces = name.split(separator: "-", omittingEmptySubsequences: false)
        guard pieces.count >= 2, let series = pieces.first, FileNameIdentity.isSeries(series) else { return nil }
        var number = String(series)
        for piece in pieces.dropFirst() {
            let code = String(piece.prefix { ($0 >= "a" && $0 <= "z") || ($0 >= "0" && $0 <= "9") })
            let isLast = code.utf8.count < piece.utf8.count || piece == pieces.last
            if isLast, let version = SpecificationNumber.version(code: code),
                let specification = SpecificationNumber.canonical(digits: number, isETSI: false)
            {
                self.specification = specification
                self.version = version
                return
            }
            guard code.utf8.count == piece.utf8.count, code.utf8.count <= 2,
                code.utf8.allSatisfy(SpecificationNumber.isDigit)
            else { return nil }
            number += "-" + code
        }
        return nil
    }

    private static func isSeries(_ text: Substring) -> Bool {
        let units = Array(text.utf8)
        if units.count == 5 { return units.allSatisfy(SpecificationNumber.isDigit) }
        return units.count == 6 && units[2] == UInt8(ascii: ".")
            && (units[..<2] + units[3...]).allSatisfy(SpecificationNumber.isDigit)
    }

    /// As metadata: the publisher is 3GPP.
    var metadata: Metadata {
        var metadata = Metadata()
        metadata.publisher = "3GPP"
        metadata.specification = specification
        metadata.version = version
        metadata.release = SpecificationNumber.release(ofVersion: version)
        return metadata
    }
}
