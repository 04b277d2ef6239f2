/// The namespaces whose links show no text: files, media and categories.
struct WikiNamespaces {
    /// Their names in every wiki; a dump may name more.
    private var names: Set<String> = ["file", "image", "category", "media"]
    /// Those of the names that are short and in ASCII, which nearly all are.
    private var packed: Set<UInt128> = PackedName.all(["file", "image", "category", "media"])

    /// Adds what a dump calls one.
    mutating func insert(_ name: String) {
        names.insert(name.lowercased())
        packed.insert(PackedName.of(name.lowercased().utf8))
    }

    /// Whether a link to `target` leads into one.
    func holds(_ target: Wikitext.Text) -> Bool {
        guard let colon = Wikitext.first(0x3A, in: target, from: target.startIndex), colon != target.startIndex else {
            return false
        }
        let name = target[..<colon]
        if name.count <= 16, !name.contains(where: { $0 >= 0x80 || $0 == 0x20 }) {
            return packed.contains(PackedName.of(name))
        }
        let folded = String(decoding: name, as: UTF8.self).lowercased()
        return names.contains(folded.split(separator: " ").joined(separator: " "))
    }
}
