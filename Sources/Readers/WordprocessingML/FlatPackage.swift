/// What a flat package says before its main part is read: where that part is, and its styles.
struct FlatPackage {
    /// The name of the main part without its leading slash, in lower case.
    private(set) var mainPart = "word/document.xml"
    /// The styles of the package; those of its glossary do not count.
    let styles: WordStyleSheet

    init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
        var main: String?
        var part = ""
        var collector = WordStyleSheet.Collector()
        let elements = WordStyleSheet.Collector.elements.union(["part", "Relationship"])
        try SmallXMLParser.parse(bytes, name: name, elements: elements) { event in
            if case .start(let element) = event {
                if element.localName == "part" { part = element.attributes["name"] ?? "" }
                if main == nil, element.localName == "Relationship", part == "/_rels/.rels",
                    element.attributes["Type"]?.hasSuffix("/officeDocument") == true
                {
                    main = element.attributes["Target"]
                }
            }
            if part.hasSuffix("/styles.xml"), !part.contains("/glossary/") { collector.take(event) }
        }
        if let main { mainPart = ArchiveListing.folded(main) }
        styles = WordStyleSheet(collector)
    }
}
