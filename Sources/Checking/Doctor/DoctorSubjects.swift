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

    /// Options that cannot be read.
    static func wrongOptions(_ failure: any Failure, _ file: String) -> Finding {
        var (expected, found) = ("training options", failure.description)
        if case TrainingFailure.wrongOption(let name, let wanted, let given) = failure {
            (expected, found) = ("\(name): \(wanted)", given)
        }
        return Finding(
            rule: "training-options", place: FindingPlace(file), expected: expected, found: found,
            hint: "correct it; docs/training.md lists all options", subject: "options \(expected)")
    }
}
