import Files

/// Recognises evaluation items in JSON by the names of members.
struct EvaluationGatherer {
    private(set) var items: [EvaluationItem] = []
    private(set) var unrecognised: [String] = []
    /// What the first record without a question is.
    private(set) var found = "no record"

    private static let questions = [
        "question", "statement", "query", "prompt", "problem", "instruction", "input", "ctx", "goal", "sentence",
    ]
    private static let answers = [
        "answer", "answers", "correct_answer", "target", "output", "completion", "response", "best_answer", "label",
        "gold",
    ]
    private static let options = ["options", "choices", "endings", "candidates", "distractors", "incorrect_answers"]
    private static let identifiers = ["id", "question_id", "qid", "uid", "item_id", "idx"]
    /// Members that hold records.
    private static let containers = [
        "data", "paragraphs", "qas", "questions", "items", "records", "rows", "examples", "test", "validation", "dev",
        "train",
    ]

    /// Takes a whole JSON text.
    mutating func take(root: JSONElement) {
        switch root.kind {
        case .array: takeItems(root, place: "")
        case .object: take(record: root, place: "record")
        default: note(root, place: "root")
        }
    }

    private mutating func takeItems(_ array: JSONElement, place: String) {
        var number = 0
        array.forEachItem { item in
            take(record: item, place: place + "[\(number)]")
            number += 1
        }
    }

    /// Takes one record: an item, or an object that holds items in a member of a known name or, each an object with a question, under keys.
    mutating func take(record: JSONElement, place: String, key: String? = nil) {
        guard record.kind == .object else { return note(record, place: place) }
        if let item = item(record, key: key) {
            items.append(item)
            return
        }
        // A wrapper such as datasets-server's: {"row_idx": …, "row": {…}}.
        if let row = member(record, ["row"]), row.kind == .object { return take(record: row, place: place) }
        var isContainer = false
        var keyed: [(String, JSONElement)] = []
        record.forEachMember { name, value in
            let name = String(decoding: name, as: UTF8.self)
            if value.kind == .array, EvaluationGatherer.containers.contains(EvaluationGatherer.lowered(name)) {
                isContainer = true
                takeItems(value, place: place.isEmpty ? name : place + "." + name)
            } else if value.kind == .object {
                keyed.append((name, value))
            }
        }
        if isContainer { return }
        if keyed.isEmpty { return note(record, place: place) }
        for (name, value) in keyed { take(record: value, place: name, key: name) }
    }

    private mutating func note(_ element: JSONElement, place: String) {
        if unrecognised.isEmpty {
            var names: [String] = []
            element.forEachMember { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
            found =
                names.isEmpty
                ? "a value of kind \(element.kind)" : "a record with " + names.prefix(8).joined(separator: ", ")
        }
        unrecognised.append(place)
    }

    // MARK: One record

    private static func lowered(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The value of the first of `names` that the record has, whatever its case.
    private func member(_ record: JSONElement, _ names: [String]) -> JSONElement? {
        var best: (rank: Int, value: JSONElement)?
        record.forEachMember { name, value in
            let name = EvaluationGatherer.lowered(String(decoding: name, as: UTF8.self))
            guard let rank = names.firstIndex(of: name), rank < best?.rank ?? Int.max else { return }
            if value.kind == .null { return }
            best = (rank, value)
        }
        return best?.value
    }

    private func item(_ record: JSONElement, key: String?) -> EvaluationItem? {
        var parts: [EvaluationItem.Part] = []
        var options = self.options(of: record)
        if let question = questionText(record) {
            parts.append(EvaluationItem.Part(kind: .question, text: question))
            if let answer = member(record, EvaluationGatherer.answers) {
                for text in answerTexts(answer, options) {
                    parts.append(EvaluationItem.Part(kind: .answer, text: text))
                }
            }
        } else if let messages = member(record, ["messages", "conversations"]), messages.kind == .array {
            messages.forEachItem { message in
                let role = member(message, ["role", "from"])?.string ?? ""
                guard let text = member(message, ["content", "value"])?.utf8, !text.isEmpty else { return }
                let isQuestion = role == "user" || role == "human"
                if !isQuestion, role != "assistant", role != "gpt" { return }
                parts.append(EvaluationItem.Part(kind: isQuestion ? .question : .answer, text: Array(text)))
            }
            options = []
            if !parts.contains(where: { $0.kind == .question }) { return nil }
        } else {
            return nil
        }
        for option in options { parts.append(EvaluationItem.Part(kind: .option, text: option.text)) }
        let id = member(record, EvaluationGatherer.identifiers).flatMap { $0.string ?? $0.int.map(String.init) }
        return EvaluationItem(id: id ?? key ?? String(items.count), index: items.count, parts: parts)
    }

    /// The question: a text, or an object with one (`{"stem": …}`).
    private func questionText(_ record: JSONElement) -> [UInt8]? {
        guard let value = member(record, EvaluationGatherer.questions) else { return nil }
        if let text = value.utf8 { return text.isEmpty ? nil : Array(text) }
        if value.kind == .object { return member(value, ["stem", "text"])?.utf8.map { Array($0) } }
        return nil
    }

    private struct Option {
        var label: String
        var text: [UInt8]
    }

    /// Options in an array of texts or of objects, in an object of texts by their labels, in an object of the arrays `text` and `label`, or as
    /// members `option 1`, `option_a`, `A` … of the record.
    private func options(of record: JSONElement) -> [Option] {
        var found: [Option] = []
        var holder = member(record, EvaluationGatherer.options)
        if holder == nil, let question = member(record, ["question"]), question.kind == .object {
            holder = member(question, EvaluationGatherer.options)
        }
        if let holder {
            if let texts = member(holder, ["text"]), texts.kind == .array {
                var labels: [String] = []
                member(holder, ["label"])?.forEachItem { labels.append($0.string ?? "") }
                texts.forEachItem { text in
                    let label = found.count < labels.count ? labels[found.count] : ""
                    if let text = text.utf8 { found.append(Option(label: label, text: Array(text))) }
                }
            } else if holder.kind == .object {
                holder.forEachMember { name, value in
                    guard let text = value.utf8 else { return }
                    found.append(Option(label: String(decoding: name, as: UTF8.self), text: Array(text)))
                }
            } else {
                holder.forEachItem { value in
                    if let text = value.utf8 {
                        found.append(Option(label: "", text: Array(text)))
                    } else if let text = member(value, ["text", "option", "value"])?.utf8 {
                        found.append(
                            Option(label: member(value, ["label", "key", "id"])?.string ?? "", text: Array(text)))
                    }
                }
            }
            return found
        }
        record.forEachMember { name, value in
            guard let text = value.utf8 else { return }
            let name = String(decoding: name, as: UTF8.self)
            let lowered = EvaluationGatherer.lowered(name)
            let isLetter = name.utf8.count == 1 && name.utf8.first! >= 0x41 && name.utf8.first! <= 0x48
            if isLetter || lowered.hasPrefix("option") || lowered.hasPrefix("choice") || lowered.hasPrefix("ending") {
                found.append(Option(label: name, text: Array(text)))
            }
        }
        return found
    }

    /// The texts of an answer. A number or a label stands for the option it names; `option 2: text` is the text.
    private func answerTexts(_ answer: JSONElement, _ options: [Option]) -> [[UInt8]] {
        switch answer.kind {
        case .string:
            let text = answer.string ?? ""
            let names = [text, "option \(text)", "option\(text)", "option_\(text)"]
            if let option = options.first(where: { names.contains($0.label) }) { return [option.text] }
            for option in options where !option.label.isEmpty && text.hasPrefix(option.label + ":") {
                return [option.text]
            }
            if text.utf8.count == 1, let letter = text.utf8.first, !options.isEmpty {
                // A letter or a digit for one of some options without labels.
                let number = letter >= 0x41 && letter <= 0x5A ? Int(letter) - 0x41 : Int(letter) - 0x30
                if options.indices.contains(number) { return [options[number].text] }
            }
            return text.isEmpty ? [] : [Array(text.utf8)]
        case .integer:
            let number = answer.int ?? -1
            return options.indices.contains(number) ? [options[number].text] : [Array(String(number).utf8)]
        case .array:
            var texts: [[UInt8]] = []
            answer.forEachItem { item in
                for text in answerTexts(item, options) where !texts.contains(text) { texts.append(text) }
            }
            return texts
        case .object:
            guard let text = member(answer, ["text", "value", "answer"]) else { return [] }
            return answerTexts(text, options)
        case .unsigned, .double, .bool, .null: return []
        }
    }
}
