/// Names of the groups that write specifications, in their short form: `RAN2`, `SA`, `ESI`.
enum WorkingGroup {
    private static let groups = [
        ("radio access network", "RAN"), ("services and system aspects", "SA"), ("services & system aspects", "SA"),
        ("core network and terminals", "CT"), ("core network", "CN"), ("gsm/edge", "GERAN"), ("terminals", "T"),
    ]

    /// The technical specification group that a line of a 3GPP cover names.
    static func group(ofCoverLine line: String) -> String? {
        let line = line.lowercased()
        guard let name = line.firstRange(of: "technical specification group ") else { return nil }
        let rest = line[name.upperBound...].drop { $0 == " " }
        return groups.first { rest.hasPrefix($0.0) }?.1
    }

    /// The group in the work item of an ETSI deliverable: `RTS/TSGR-0238413vj20` is RAN2's, `DTS/ESI-0019472-2` ESI's. Nil where the text
    /// holds no work item.
    static func group(ofReferenceIn text: String) -> String? {
        let separators = Array(" \n\t*|<>".utf8)
        for bytes in text.utf8.split(whereSeparator: separators.contains) where bytes.contains(UInt8(ascii: "/")) {
            let word = Substring(bytes)
            let parts = word.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count >= 2, parts[0].utf8.count >= 3, parts[0].utf8.count <= 4,
                ["R", "D", "M"].contains(parts[0].first), kinds.contains(String(parts[0].dropFirst())),
                let dash = parts[1].firstIndex(of: "-")
            else { continue }
            let body = parts[1][..<dash]
            let number = parts[1][dash...].dropFirst().prefix(2)
            if body.hasPrefix("TSG"),
                let group = ["R": "RAN", "S": "SA", "C": "CT", "G": "GERAN"][String(body.dropFirst(3))]
            {
                guard number.utf8.count == 2, let place = Int(number), place > 0, place < 10 else { return group }
                return group + String(place)
            }
            if body.utf8.count >= 2, body.allSatisfy({ $0.isUppercase || $0.isNumber }) { return String(body) }
        }
        return nil
    }

    private static let kinds = ["TS", "TR", "EN", "ES", "EG", "GS", "GR", "SR", "I"]
}
