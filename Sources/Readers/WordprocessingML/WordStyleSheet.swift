import Files

/// The paragraph styles of a document: id → role, through names, `basedOn` and outline levels.
struct WordStyleSheet {
    fileprivate struct Style {
        var name = ""
        var basedOn = ""
        var outlineLevel: Int?
        var isParagraph = true
        /// The list that its paragraphs are in, 0 for none; nil where the style says nothing.
        var list: Int?
        var level: Int?
    }

    /// Roles of styles, by id.
    private var roles: [String: ParagraphRole] = [:]
    private var styles: [String: Style] = [:]
    /// What holds for paragraphs without a style.
    private(set) var defaultStyle = ParagraphStyle()

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
        styles = collector.styles
        defaultStyle.role = roles[collector.defaultStyle] ?? .prose
    }

    /// Takes the events of a style part, which may stand inside a larger text.
    struct Collector {
        static let elements: Set<String> = ["style", "name", "basedOn", "outlineLvl", "numId", "ilvl"]

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
                case "numId": current?.list = value.flatMap { Int($0) } ?? 0
                case "ilvl": current?.level = value.flatMap { Int($0) }
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

    /// What a style id settles. An id that no style has is taken for a name: zeros at its end are ignored (`B10` for B1), and the
    /// names of headings in other languages are known.
    func style(_ id: UnsafeBufferPointer<UInt8>, _ counters: WordCounters) -> ParagraphStyle {
        let text = String(decoding: id, as: UTF8.self)
        if let role = roles[text] {
            var style = ParagraphStyle(role: role)
            (style.list, style.level) = list(of: text, counters)
            return style
        }
        var name = WordStyleSheet.folded(text)
        while true {
            if let role = ParagraphRole(styleName: name) { return ParagraphStyle(role: role) }
            guard name.last == "0" else { break }
            name.removeLast()
        }
        // Word numbers the ids of headings where it cannot spell their names in ASCII.
        if styles.isEmpty, let level = Int(text), level >= 1, level <= 9 {
            return ParagraphStyle(role: ParagraphRole(kind: .heading, level: level))
        }
        return defaultStyle
    }

    /// The list and level that a style or one that it is based on names.
    private func list(of id: String, _ counters: WordCounters) -> (Int, Int) {
        var id = id
        var level: Int?
        for _ in 0..<32 {
            guard let style = styles[id] else { break }
            level = level ?? style.level
            if let list = style.list {
                return list <= 0 ? (0, 0) : (list, counters.level(list, style: id) ?? level ?? 0)
            }
            id = style.basedOn
        }
        return (0, 0)
    }
}
