import Building
import Files
import Tokenization
import Training

/// Everything that is to be looked at, as far as it is known.
struct DoctorSubjects {
    var recipes: [String] = []
    var sets: [ExaminedData] = []
    var options: TrainingOptions?
    /// The file that the options come from.
    var optionsPlace = ""
    var run: String?
    var modelPath: String?
    var model: ExaminedModel?
    var tokenizerPath: String?
    var tokenizer: Tokenizer?

    /// Where an option stands in its file.
    func place(of option: String) -> FindingPlace {
        let key = (try? YAMLFile.place(of: option, in: optionsPlace)) ?? nil
        let line = key.flatMap { key in
            Int(key.dropFirst(optionsPlace.utf8.count + 1).prefix { $0.isASCII && $0.isNumber })
        }
        return FindingPlace(optionsPlace, line: line)
    }

    /// Everything that is wrong with options, each option by itself; `first` where only together they make no sense.
    static func wrongOptions(_ json: JSONValue, _ first: TrainingFailure) -> [TrainingFailure] {
        var failures: [TrainingFailure] = []
        func check(_ members: [String: JSONValue]) {
            do { _ = try TrainingOptions(json: .object(members)) } catch let failure as TrainingFailure {
                failures.append(failure)
            } catch {}
        }
        for (name, value) in (json.members ?? [:]).sorted(by: { precedesInByteOrder($0.key, $1.key) }) {
            guard name == "lora", let inner = value.members, !inner.isEmpty else {
                check([name: value])
                continue
            }
            for (key, value) in inner.sorted(by: { precedesInByteOrder($0.key, $1.key) }) {
                check([name: .object([key: value])])
            }
        }
        return failures.isEmpty ? [first] : failures
    }

    /// An option that cannot be read, or a file of them.
    func wrongOption(_ failure: any Failure) -> Finding {
        var (expected, found) = ("training options", failure.description)
        var place = FindingPlace(optionsPlace)
        if case TrainingFailure.wrongOption(let name, let wanted, let given) = failure {
            (expected, found) = ("\(name): \(wanted)", given)
            place = self.place(of: name)
        }
        return Finding(
            rule: "training-options", place: place, expected: expected, found: found,
            hint: "correct it; docs/training.md lists all options", subject: "options \(expected)")
    }
}
