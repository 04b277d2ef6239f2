import Files

/// The paragraph styles of a document: id → role, through names, `basedOn` and outline levels.
struct WordStyleSheet {
    fileprivate struct Style {
        var name = ""
        var basedOn = ""
        var outlineLevel: Int?
        var isParagraph = true
    }

    /// Roles of styles, by id.
    private var roles: [String: ParagraphRole] = [:]
    /// The role of paragraphs without a style.
    private(set) var defaultRole = ParagraphRole.prose

    /// No styles known: ids are then taken for names.
    init() {}

    /// Reads `styles.xml`.
    init(_ bytes: [UInt8], name: String) throws {
        var collector = Collector()
        try SmallXMLParser.parse(bytes, name: name, elements: Collector.elements) { collector.take($0) }
        self.init(collector)
    }

    /// The styles that a collector has met.
    init(_ collector: Collector) {
        for id in collector.styles.keys { roles[id] = WordStyleSheet.role(of: id, collector.styles) }
        defaultRole = roles[collector.defaultStyle] ?? .prose
    }

    /// Takes the events of a style part, which may stand inside a larger text.
    struct Collector {
        static let elements: Set<String> = ["style", "name", "basedOn", "outlineLvl"]

        fileprivate var styles: [String: Style] = [:]
        fileprivate var defaultStyle = ""
        private var id = ""
        private var current: Style?

        mutating func take(_ event: SmallXMLParser.Event) {
            switch event {
            case .start(let element):
                guard WordNamespaces.main.contains(element.namespace) else { return }
                let value = element.attributes["val"]
                switch element.localName {
                case "style":
                    id = element.attributes["styleId"] ?? ""
                    current = Style(isParagraph: (element.attributes["type"] ?? "paragraph") == "paragraph")
                    if current?.isParagraph == true, ["1", "true", "on"].contains(element.attributes["default"]) {
                        defaultStyle = id
                    }
                case "name": current?.name = value ?? ""
                case "basedOn": current?.basedOn = value ?? ""
                case "outlineLvl": if let level = value.flatMap({ Int($0) }) { current?.outlineLevel = level }
                default: break
                }
            case .end("style"):
                if let style = current, style.isParagraph, styles[id] == nil { styles[id] = style }
                current = nil
            default: break
            }
        }
    }

    /// The role of the first style on the way down `basedOn` whose name or outline level settles one. A chain that runs in a circle ends
    /// as prose.
    private static func role(of id: String, _ styles: [String: Style]) -> ParagraphRole {
        var id = id
        for _ in 0..<32 {
            guard let style = styles[id] else { return .prose }
            if let role = ParagraphRole(styleName: folded(style.name)) { return role }
            if let level = style.outlineLevel, level >= 0 {
                return level < 9 ? ParagraphRole(kind: .heading, level: level + 1) : .prose
            }
            id = style.basedOn
        }
        return .prose
    }

    private static func folded(_ name: String) -> String {
        // A name may carry aliases after a comma.
        let first = name.split(separator: ",").first.map(String.init) ?? ""
        return first.lowercased().split(separator: " ").joined()
    }

    /// The role of a style id. An id that no style has is taken for a name, with zeros at its end ignored (`B10` for B1).
    func role(_ id: UnsafeBufferPointer<UInt8>) -> ParagraphRole {
        let text = String(decoding: id, as: UTF8.self)
        if let role = roles[text] { return role }
        var name = WordStyleSheet.folded(text)
        while true {
            if let role = ParagraphRole(styleName: name) { return role }
            guard name.last == "0" else { return defaultRole }
            name.removeLast()
        }
    }
}
