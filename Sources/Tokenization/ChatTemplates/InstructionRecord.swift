public import Files

/// A record of instruction data: what is asked, and what a model learns to answer.
public struct InstructionRecord: Sendable, Equatable {
    /// The shapes that are known, by their members.
    public enum Shape: String, Sendable, CaseIterable {
        /// `messages`: a list of `role` and `content`.
        case messages
        /// `conversations`: a list of `from` and `value`, as ShareGPT has it; `system` may stand beside it.
        case conversations
        /// `prompt` and `completion`: two texts, or two lists of messages.
        case promptCompletion = "prompt_completion"
        /// `instruction`, `input` (may be empty or absent) and `output`, as Alpaca has it.
        case alpaca
    }

    /// What it was recognised as.
    public let shape: Shape
    /// Who says what; the last message is the assistant's.
    public let messages: [ChatTemplate.Message]
    /// Messages before this one ask; those of the assistant from here on are learnt.
    public let firstLearnt: Int

    /// The shape of a record by its members; nil where it is none of them. Of several the first in the order of `Shape.allCases`.
    public static func shape(of record: JSONValue) -> Shape? {
        func has(_ key: String) -> Bool { record[key] != nil && record[key] != .null }
        if record["messages"]?.items != nil { return .messages }
        if record["conversations"]?.items != nil { return .conversations }
        if has("prompt"), has("completion") { return .promptCompletion }
        if has("instruction"), has("output") { return .alpaca }
        return nil
    }

    /// Reads a record. Throws `TokenizerFailure.malformed`, which names the member, where it has no known shape, an answer is missing, or
    /// a role is not one of system, user and assistant.
    ///
    /// - Parameter place: Where the record is, for messages: `line 3`.
    public init(_ record: JSONValue, path: String, place: String) throws {
        let reader = Reader(record: record, path: path, place: place)
        guard let shape = InstructionRecord.shape(of: record) else {
            throw reader.fail(
                "", "messages, conversations, prompt and completion, or instruction and output",
                record.members.map {
                    $0.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(8).joined(separator: ", ")
                }
                    ?? "no object")
        }
        self.shape = shape
        switch shape {
        case .messages:
            messages = try reader.messages("messages")
            firstLearnt = 0
        case .conversations:
            messages = try reader.system() + reader.messages("conversations")
            firstLearnt = 0
        case .promptCompletion:
            if record["prompt"]?.items != nil || record["completion"]?.items != nil {
                let prompt = try reader.messages("prompt")
                messages = try prompt + reader.messages("completion")
                firstLearnt = prompt.count
            } else {
                messages = [
                    .init(.user, try reader.text("prompt")), .init(.assistant, try reader.text("completion")),
                ]
                firstLearnt = 1
            }
        case .alpaca:
            let input = try reader.text("input", isOptional: true)
            let instruction = try reader.text("instruction")
            messages =
                try reader.system() + [
                    .init(.user, input.isEmpty ? instruction : instruction + "\n\n" + input),
                    .init(.assistant, try reader.text("output")),
                ]
            firstLearnt = 1
        }
        if !messages[firstLearnt...].contains(where: { $0.role == .assistant && !$0.content.isEmpty }) {
            throw reader.fail("", "an answer of the assistant that is not empty", "none")
        }
    }

    /// The record as one text with what is learnt of it, in the form of a family of models. Throws as `ChatTemplate.render` does.
    public func rendered(_ template: ChatTemplate) throws -> ChatTemplate.Rendered {
        var rendered = try template.render(messages)
        let asked = messages[..<firstLearnt].filter { $0.role == .assistant }.count
        rendered.learnt.removeFirst(asked)
        return rendered
    }

    /// The record as one text without markup, for models that know none: prompt and completion as they stand one after the other;
    /// instruction, input and output with an empty line between them. Nil for conversations, which need a template.
    public var plain: ChatTemplate.Rendered? {
        guard messages.count == 2, messages[0].role == .user, messages[1].role == .assistant,
            shape == .promptCompletion || shape == .alpaca
        else { return nil }
        var rendered = ChatTemplate.Rendered()
        rendered.text += messages[0].content.utf8
        rendered.contents.append(0..<rendered.text.count)
        if shape == .alpaca { rendered.text += "\n\n".utf8 }
        let start = rendered.text.count
        rendered.text += messages[1].content.utf8
        rendered.contents.append(start..<rendered.text.count)
        rendered.learnt.append(start..<rendered.text.count)
        return rendered
    }
}

extension InstructionRecord {
    /// The members of one record.
    private struct Reader {
        let record: JSONValue
        let path: String
        let place: String

        func fail(_ member: String, _ expected: String, _ found: String) -> TokenizerFailure {
            .malformed(
                path: path, place: member.isEmpty ? place : "\(place): \(member)", expected: expected, found: found)
        }

        func text(_ key: String, isOptional: Bool = false) throws -> String {
            let value = record[key]
            if let text = value?.string { return text }
            if isOptional, value == nil || value == .null { return "" }
            throw fail(key, "a text", value == nil ? "none" : "something else")
        }

        func system() throws -> [ChatTemplate.Message] {
            let text = try text("system", isOptional: true)
            return text.isEmpty ? [] : [.init(.system, text)]
        }

        func messages(_ key: String) throws -> [ChatTemplate.Message] {
            guard let items = record[key]?.items else { throw fail(key, "a list of messages", "something else") }
            return try items.enumerated().map { index, item in
                let member = "\(key)[\(index)]"
                guard let name = (item["role"] ?? item["from"])?.string else {
                    throw fail(member, "a message with role and content, or from and value", "none")
                }
                guard let role = Reader.role(name) else {
                    throw fail(member, "system, user or assistant", name)
                }
                guard let content = item["content"] ?? item["value"] else {
                    throw fail(member, "a text in content or value", "none")
                }
                return ChatTemplate.Message(role, try text(of: content, member))
            }
        }

        /// A text, or a list of parts that are texts.
        private func text(of content: JSONValue, _ member: String) throws -> String {
            if let text = content.string { return text }
            guard let parts = content.items else { throw fail(member, "a text", "something else") }
            return try parts.map { part in
                guard part["type"]?.string == "text", let text = part["text"]?.string else {
                    throw fail(member, "parts of type text", part["type"]?.string ?? "something else")
                }
                return text
            }.joined()
        }

        private static func role(_ name: String) -> ChatTemplate.Role? {
            switch name {
            case "system", "developer": .system
            case "user", "human": .user
            case "assistant", "gpt", "model", "chatgpt", "bot": .assistant
            default: nil
            }
        }
    }
}
