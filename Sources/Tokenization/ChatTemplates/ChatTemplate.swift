import Files

/// How a family of models writes a conversation: what stands before and behind the message of each role. Small data files of our own, so
/// that a trainer knows which bytes are markup, which are a message, and which ones to learn.
public struct ChatTemplate: Sendable, Equatable {
    /// Who speaks.
    public enum Role: String, Sendable, CaseIterable { case system, user, assistant }

    /// What someone says.
    public struct Message: Sendable, Equatable {
        /// Who says it.
        public var role: Role
        /// The text.
        public var content: String

        /// A message.
        public init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// A conversation as one text.
    public struct Rendered: Sendable, Equatable {
        /// The text in UTF-8.
        public internal(set) var text: [UInt8] = []
        /// Where each message stands, without its markup: special tokens in it are ordinary text.
        public internal(set) var contents: [Range<Int>] = []
        /// What the model learns to write: the assistant's messages, each with the markup that ends it, and with what of the markup before it
        /// a model that is asked has to write itself (a space, in some families).
        public internal(set) var learnt: [Range<Int>] = []

        init() {}

        /// A text that was rendered before; nil where ranges do not ascend inside the text.
        public init?(text: [UInt8], contents: [Range<Int>], learnt: [Range<Int>]) {
            for ranges in [contents, learnt] {
                var end = 0
                for range in ranges {
                    if range.lowerBound < end || range.upperBound > text.count { return nil }
                    end = range.upperBound
                }
            }
            self.text = text
            self.contents = contents
            self.learnt = learnt
        }
    }

    /// What a template does with a message of the system.
    enum System: String, Sendable { case turn, refused, firstUser = "first_user" }

    struct Turn: Sendable, Equatable {
        var prefix: String
        var suffix: String
    }

    /// The name of the family.
    public let family: String
    private let begin: String
    private let system: System
    private let alternates: Bool
    private let trims: Bool
    private let turns: [Role: Turn]
    private let generation: String

    /// The families that are known.
    public static let families = ["chatml", "gemma", "llama2", "llama3", "mistral", "phi3", "zephyr"]

    /// The template of a known family. Throws `TokenizerFailure.malformed` for a name that is none.
    public init(family: String) throws {
        let files: [String: [UInt8]] = [
            "chatml": PackageResources.chatml_json, "gemma": PackageResources.gemma_json,
            "llama2": PackageResources.llama2_json, "llama3": PackageResources.llama3_json,
            "mistral": PackageResources.mistral_json, "phi3": PackageResources.phi3_json,
            "zephyr": PackageResources.zephyr_json,
        ]
        guard let bytes = files[family] else {
            throw TokenizerFailure.malformed(
                path: "chat template", place: "family", expected: ChatTemplate.families.joined(separator: ", "),
                found: family)
        }
        try self.init(bytes, path: "\(family).json")
    }

    /// A template of one's own, from a file like those of the known families.
    public init(file path: String) throws {
        try self.init(try FileByteStream(path).readAll(limit: 1 << 20), path: path)
    }

    init(_ bytes: [UInt8], path: String) throws {
        self = try JSONParser().parse(bytes, name: path) { element in
            try ChatTemplate(PlacedElement(element: element, path: path, place: ""))
        }
    }

    private init(_ element: PlacedElement) throws {
        let root = try element.expecting(.object, "an object")
        family = try root.string("family")
        begin = try root.optionalString("begin") ?? ""
        let kind = try root.optionalString("system") ?? System.turn.rawValue
        guard let system = System(rawValue: kind) else {
            throw root.unsupported("system \(kind)", "turn, first_user or refused")
        }
        self.system = system
        alternates = try root.bool("alternates", false)
        trims = try root.bool("trims", false)
        let list = try root.object("turns")
        func turn(_ key: StaticString) throws -> Turn {
            let turn = try list.object(key)
            return Turn(prefix: try turn.string("prefix"), suffix: try turn.string("suffix"))
        }
        let assistant = try turn("assistant")
        var turns: [Role: Turn] = [.user: try turn("user"), .assistant: assistant]
        if system != .refused { turns[.system] = try turn("system") }
        self.turns = turns
        generation = try root.optionalString("generation") ?? assistant.prefix
    }

    /// Everything that decides about texts, as one line.
    public var digestText: String {
        func quoted(_ text: String) -> String { "\(text.utf8.count):\(text)" }
        let written = Role.allCases.map { role in
            turns[role].map { "\(role.rawValue)=\(quoted($0.prefix)),\(quoted($0.suffix))" } ?? "\(role.rawValue)=none"
        }
        return "begin=\(quoted(begin)) system=\(system.rawValue) alternates=\(alternates) trims=\(trims) "
            + "generation=\(quoted(generation)) " + written.joined(separator: " ")
    }

    /// The conversation as one text; `asksForAnswer`: with what stands before the assistant's next message.
    ///
    /// Throws `TokenizerFailure.malformed`, which names the message, where the family does not know such a conversation: a system message
    /// that is not the first, and for some families roles that do not alternate.
    public func render(_ messages: [Message], asksForAnswer: Bool = false) throws -> Rendered {
        var out = Rendered()
        out.text += begin.utf8
        var pending: Message?
        var last: Role?
        for (index, message) in messages.enumerated() {
            func fail(_ expected: String) -> TokenizerFailure {
                .malformed(
                    path: "conversation", place: "message \(index + 1)", expected: "\(expected) for \(family)",
                    found: message.role.rawValue)
            }
            if message.role == .system {
                if index > 0 { throw fail("a system message only at the beginning") }
                if system == .refused { throw fail("no system message") }
                if system == .firstUser {
                    pending = message
                    continue
                }
            } else if alternates || pending != nil {
                let wanted: Role = last == .user ? .assistant : .user
                if message.role != wanted { throw fail("a message of the \(wanted.rawValue)") }
            }
            let turn = turns[message.role] ?? Turn(prefix: "", suffix: "")
            // What stands before an answer when one is asked for is given; the rest of the prefix is the model's to write.
            let given = message.role == .assistant && turn.prefix.hasPrefix(generation) ? generation : turn.prefix
            let answer = out.text.count + given.utf8.count
            out.text += turn.prefix.utf8
            // A system message and the question behind it are trimmed as one: white space between them stays.
            var beginsTurn = true
            if let system = pending, let around = turns[.system] {
                out.text += around.prefix.utf8
                append(system.content, to: &out, trimsStart: around.prefix.isEmpty, trimsEnd: false)
                out.text += around.suffix.utf8
                pending = nil
                beginsTurn = false
            }
            append(message.content, to: &out, trimsStart: beginsTurn, trimsEnd: true)
            out.text += turn.suffix.utf8
            if message.role == .assistant { out.learnt.append(answer..<out.text.count) }
            last = message.role
        }
        if pending != nil {
            throw TokenizerFailure.malformed(
                path: "conversation", place: "messages", expected: "a user's message behind the system's for \(family)",
                found: "none")
        }
        if asksForAnswer { out.text += generation.utf8 }
        return out
    }

    private func append(_ content: String, to out: inout Rendered, trimsStart: Bool, trimsEnd: Bool) {
        var scalars = content.unicodeScalars[...]
        if trims, trimsStart { scalars = scalars.drop(while: ChatTemplate.isSpace) }
        if trims, trimsEnd {
            while let last = scalars.last, ChatTemplate.isSpace(last) { scalars.removeLast() }
        }
        let start = out.text.count
        out.text += Substring(scalars).utf8
        out.contents.append(start..<out.text.count)
    }

    /// What Python's `strip` takes for white space, which the families' templates call.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
