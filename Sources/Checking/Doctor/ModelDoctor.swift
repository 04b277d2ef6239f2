import Building
import Files
import Shards
import Tokenization
import Transformers

/// Looks at a model with its tokenizer.
struct ModelDoctor {
    let model: ExaminedModel
    let subjects: DoctorSubjects

    /// Findings of the model.
    func run() -> [Finding] {
        var findings = vocabulary() + specialTokens()
        if let sign = model.chatSign, !subjects.sets.contains(where: { $0.isForInstruction }) {
            findings.append(
                Finding(
                    rule: "chat-model", severity: sign.isSure ? .warning : .note, place: FindingPlace(model.path),
                    expected: "a base model for continued pretraining", found: sign.text,
                    hint: sign.isSure
                        ? "start from the base model of the same family: raw text undoes what instruction tuning taught"
                        : "some base models carry one: make sure that this is the base model", subject: "chat"))
        }
        return findings
    }

    private func vocabulary() -> [Finding] {
        guard let tokenizer = subjects.tokenizer, tokenizer.vocabularySize > model.configuration.vocabularySize else {
            return []
        }
        return [
            Finding(
                rule: "vocabulary", place: subjects.tokenizerPath ?? model.path,
                expected: "at most the \(model.configuration.vocabularySize) ids of \(model.path)",
                found: "\(tokenizer.vocabularySize)",
                hint:
                    "it is the tokenizer of another model, or was extended: resize the embedding with the map that `tokenizer extend` writes",
                subject: "tokenizer and model")
        ]
    }

    private func specialTokens() -> [Finding] {
        let shape = model.configuration
        var findings: [Finding] = []
        func add(_ severity: Severity, _ expected: String, _ found: String, _ hint: String) {
            findings.append(
                Finding(
                    rule: "special-tokens", severity: severity, place: FindingPlace(model.path), expected: expected,
                    found: found, hint: hint, subject: "special tokens: \(expected)"))
        }
        for (name, id) in shape.endTokenIDs.map({ ("eos_token_id", $0) })
            + (shape.beginTokenID.map { [("bos_token_id", $0)] } ?? [])
        where id < 0 || id >= shape.vocabularySize {
            add(.error, "\(name) below \(shape.vocabularySize)", "\(id)", "correct config.json")
        }
        guard let tokenizer = subjects.tokenizer else { return findings }
        for name in ["bos_token", "eos_token", "pad_token", "unk_token"] {
            if let token = model.token(name), !token.isEmpty, tokenizer.id(of: token) == nil,
                !tokenizer.specialTokens.contains(where: { $0.text == token })
            {
                add(
                    .error, "the \(name) of tokenizer_config.json, \(token), in the tokenizer", "no such token",
                    "take tokenizer.json and tokenizer_config.json of one model")
            }
        }
        guard let end = tokenizer.endOfText else {
            add(
                .warning, "a token that ends a text", "none in the tokenizer",
                "add one (`shardmill tokenizer train --special-token`, `extend`): documents cannot be separated without"
            )
            return findings
        }
        if shape.endTokenIDs.isEmpty {
            add(
                .warning, "eos_token_id in config.json", "none",
                "set it to \(end), the tokenizer's end token: generation stops there")
        } else if !shape.endTokenIDs.contains(Int(end)) {
            add(
                .warning, "the tokenizer's end token \(end) among eos_token_id of config.json",
                shape.endTokenIDs.map(String.init).joined(separator: ", "),
                "data is separated by one token and the model stops at another: set eos_token_id or pack.separator to match"
            )
        }
        return findings
    }
}
