import Files
import Transformers

/// A model that is to be trained: its shape, and what its folder says beside it.
struct ExaminedModel {
    let path: String
    let configuration: ModelConfiguration
    /// `tokenizer_config.json`, where there is one.
    let tokenizerConfiguration: JSONValue?
    /// Whether `chat_template.jinja` or `chat_template.json` lies in the folder.
    let hasTemplateFile: Bool

    /// Opens a folder; weights are looked at by name and shape alone. What is wrong is a finding.
    static func open(_ path: String) -> (ExaminedModel?, [Finding]) {
        func finding(_ error: any Error) -> Finding {
            Finding(
                rule: "model", place: path, expected: "a model that can be trained",
                found: "\(error)",
                hint: "take a Hugging Face folder of a family that is computed, with its weights in safetensors",
                subject: "model")
        }
        let configuration: ModelConfiguration
        do {
            configuration = try ModelConfiguration(file: PathText.join(path, "config.json"))
        } catch { return (nil, [finding(error)]) }
        var findings: [Finding] = []
        do { _ = try ModelFolder(path) } catch { findings.append(finding(error)) }
        let settings = try? JSONValue(file: PathText.join(path, "tokenizer_config.json"))
        return (
            ExaminedModel(
                path: path, configuration: configuration, tokenizerConfiguration: settings,
                hasTemplateFile: ["chat_template.jinja", "chat_template.json"].contains {
                    Folder.exists(PathText.join(path, $0))
                }), findings
        )
    }

    /// A token that `tokenizer_config.json` names: a text, or an object with its content.
    func token(_ name: String) -> String? {
        let value = tokenizerConfiguration?[name]
        return value?.string ?? value?["content"]?.string
    }

    /// Why it looks like a model that was tuned for conversations; nil where nothing says so. `isSure` is false where a template is all
    /// there is: some base models carry one.
    var chatSign: (isSure: Bool, text: String)? {
        let names = [
            PathText.name(of: PathText.absolute(path)), configuration.otherMembers["_name_or_path"]?.string ?? "",
        ]
        let marks: Set<String> = ["instruct", "chat", "it", "sft", "dpo", "rlhf", "assistant", "zephyr"]
        for name in names {
            let words = PathText.name(of: name).lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
            if let mark = words.first(where: { marks.contains($0) }) { return (true, "`\(mark)` in the name \(name)") }
        }
        guard let template = tokenizerConfiguration?["chat_template"] else {
            return hasTemplateFile ? (false, "a chat template in its folder") : nil
        }
        // An instruction model ends its text where a turn ends; a base model that carries a template does not.
        if let end = token("eos_token"), !end.isEmpty,
            template.text().contains(end) || template.string?.contains("eos_token") == true
        {
            return (true, "a chat template whose turns end with the model's end token \(end)")
        }
        return (false, "a chat template in tokenizer_config.json")
    }
}
