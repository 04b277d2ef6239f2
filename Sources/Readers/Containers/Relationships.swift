import Files

/// The relationships of a package or of one of its parts (ECMA-376 part 2).
struct Relationships {
    private var targets: [(type: String, target: String)] = []

    /// Reads a `.rels` part; what is not well-formed is as good as absent.
    init(_ bytes: [UInt8]) {
        var found: [(type: String, target: String)] = []
        try? SmallXMLParser.parse(bytes, name: "relationships") { event in
            guard case .start(let element) = event, element.localName == "Relationship",
                element.attributes["TargetMode"] != "External", let type = element.attributes["Type"],
                let target = element.attributes["Target"]
            else { return }
            found.append((type, target))
        }
        targets = found
    }

    /// The part that the first relationship of a type leads to, resolved against `folder`; transitional and strict types end alike.
    func target(ofType type: String, from folder: String) -> String? {
        guard let target = targets.first(where: { $0.type.hasSuffix("/" + type) })?.target else { return nil }
        if target.hasPrefix("/") { return String(target.dropFirst()) }
        var parts = folder.split(separator: "/").filter { $0 != "." }
        for part in target.split(separator: "/") {
            if part == ".." {
                if !parts.isEmpty { parts.removeLast() }
            } else if part != "." {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
