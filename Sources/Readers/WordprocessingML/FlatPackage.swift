/// What a flat package says before its main part is read: where that part is, and its styles.
struct FlatPackage {
    /// The name of the main part without its leading slash, in lower case.
    private(set) var mainPart = "word/document.xml"
    /// The styles and lists of the package; those of its glossary do not count.
    let definitions: WordDefinitions
    /// Its parts with notes: their names like that of the main part.
    private(set) var notes: [(kind: WordNotes.Kind, name: String)] = []

    init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
        var main: String?
        var part = ""
        var collector = WordStyleSheet.Collector()
        var lists = WordNumbering.Collector()
        var noteParts: [String] = []
        let elements = WordStyleSheet.Collector.elements.union(WordNumbering.Collector.elements)
            .union(["part", "Relationship"])
        try SmallXMLParser.parse(bytes, name: name, elements: elements) { event in
            if case .start(let element) = event {
                if element.localName == "part" {
                    part = element.attributes["name"] ?? ""
                    noteParts.append(part)
                }
                if main == nil, element.localName == "Relationship", part == "/_rels/.rels",
                    element.attributes["Type"]?.hasSuffix("/officeDocument") == true
                {
                    main = element.attributes["Target"]
                }
            }
            if part.hasSuffix("/styles.xml"), !part.contains("/glossary/") { collector.take(event) }
            if part.hasSuffix("/numbering.xml"), !part.contains("/glossary/") { lists.take(event) }
        }
        if let main { mainPart = ArchiveListing.folded(main) }
        definitions = WordDefinitions(styles: WordStyleSheet(collector), numbering: WordNumbering(lists))
        for kind in WordNotes.Kind.allCases {
            let name = noteParts.first { $0.hasSuffix("/\(kind.part).xml") && !$0.contains("/glossary/") }
            if let name { notes.append((kind, ArchiveListing.folded(name))) }
        }
    }
}
