import Files

/// The list definitions of a document (`numbering.xml`).
struct WordNumbering {
    /// One level of a list.
    struct Level {
        var start = 0
        var format = NumberFormat.decimal
        /// The label, with `%1` … `%9` for the numbers of the levels.
        var text = ""
        /// Whether every number of the label is decimal (`w:isLgl`).
        var isLegal = false
        /// The level, counted from 1, after which this one begins again; 0 for never, nil for any above it.
        var restart: Int?
        /// The paragraph style that brings this level.
        var style = ""
    }

    /// A list that paragraphs name.
    struct List {
        /// Lists of one definition count together.
        var definition: Int
        /// Numbers that a level begins again at when the list is first used there.
        var starts: [Int: Int] = [:]
        var levels: [Level?]
    }

    static let levels = 9

    private var lists: [Int: List] = [:]
    /// How many definitions there are.
    private(set) var definitions = 0

    /// No lists.
    init() {}

    /// Reads `numbering.xml`.
    init(_ bytes: [UInt8], name: String) throws {
        var collector = Collector()
        try SmallXMLParser.parse(bytes, name: name, elements: Collector.elements) { collector.take($0) }
        self.init(collector)
    }

    init(_ collector: Collector) {
        var collector = collector
        collector.finish()
        var byStyle: [String: Int] = [:]
        for (index, definition) in collector.definitions.enumerated() where !definition.styleLink.isEmpty {
            byStyle[definition.styleLink] = index
        }
        definitions = collector.definitions.count
        let index = Dictionary(
            collector.definitions.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (id, entry) in collector.lists {
            guard var definition = index[entry.definition] else { continue }
            // A definition may only point to the one that a numbering style holds.
            if let linked = byStyle[collector.definitions[definition].numberingStyle] { definition = linked }
            var list = List(
                definition: definition, starts: entry.starts, levels: collector.definitions[definition].levels)
            for (level, override) in entry.levels where level < WordNumbering.levels { list.levels[level] = override }
            lists[id] = list
        }
    }

    /// The list of an id; nil where the document defines none.
    func list(_ id: Int) -> List? { lists[id] }

    /// Takes the events of a numbering part, which may stand inside a larger text.
    struct Collector {
        static let elements: Set<String> = [
            "abstractNum", "lvl", "start", "numFmt", "lvlText", "isLgl", "lvlRestart", "pStyle", "styleLink",
            "numStyleLink", "num", "abstractNumId", "lvlOverride", "startOverride",
        ]

        fileprivate struct Definition {
            var id = 0
            var styleLink = ""
            var numberingStyle = ""
            var levels = [Level?](repeating: nil, count: WordNumbering.levels)
        }

        fileprivate struct Entry {
            var definition = 0
            var starts: [Int: Int] = [:]
            var levels: [Int: Level] = [:]
        }

        fileprivate var definitions: [Definition] = []
        fileprivate var lists: [Int: Entry] = [:]
        private var isInDefinition = false
        private var entryId: Int?
        private var entry = Entry()
        private var overridden = 0
        private var levelIndex: Int?
        private var level = Level()

        mutating func take(_ event: SmallXMLParser.Event) {
            switch event {
            case .start(let element): if WordNamespaces.main.contains(element.namespace) { start(element) }
            case .end("lvl"): endLevel()
            case .end("abstractNum"): isInDefinition = false
            case .end("num"): finish()
            default: break
            }
        }

        fileprivate mutating func finish() {
            if let entryId, lists[entryId] == nil { lists[entryId] = entry }
            entryId = nil
        }

        private mutating func start(_ element: SmallXMLParser.Element) {
            let value = element.attributes["val"] ?? ""
            let number = Int(value) ?? 0
            switch element.localName {
            case "abstractNum":
                definitions.append(Definition(id: Int(element.attributes["abstractNumId"] ?? "") ?? -1))
                isInDefinition = true
            case "styleLink": if isInDefinition { definitions[definitions.count - 1].styleLink = value }
            case "numStyleLink": if isInDefinition { definitions[definitions.count - 1].numberingStyle = value }
            case "num":
                finish()
                entryId = Int(element.attributes["numId"] ?? "")
                entry = Entry()
            case "abstractNumId": entry.definition = number
            case "lvlOverride": overridden = Int(element.attributes["ilvl"] ?? "") ?? 0
            case "startOverride": entry.starts[overridden] = number
            case "lvl":
                levelIndex = Int(element.attributes["ilvl"] ?? "")
                level = Level()
            case "start": level.start = min(max(number, 0), 1_000_000)
            case "numFmt": level.format = NumberFormat(name: value)
            case "lvlText": level.text = value
            case "isLgl": level.isLegal = !["0", "false", "off"].contains(value)
            case "lvlRestart": level.restart = number
            case "pStyle": level.style = value
            default: break
            }
        }

        private mutating func endLevel() {
            guard let index = levelIndex, index >= 0, index < WordNumbering.levels else { return }
            levelIndex = nil
            if isInDefinition {
                definitions[definitions.count - 1].levels[index] = level
            } else {
                entry.levels[index] = level
            }
        }
    }
}
