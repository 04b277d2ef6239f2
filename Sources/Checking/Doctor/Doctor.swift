import Building
import Files
public import Parallel
import Tokenization
import Training

/// A look at everything that a training rests on before it costs anything: recipe, shards, tokenizer, model, options.
///
/// Reads names, headers and samples only; it takes seconds, whatever the size of the data.
public struct Doctor {
    private let targets: [DoctorTarget]
    private let names: [String]
    private let options: DoctorOptions
    private let pool: WorkerPool

    /// Throws `FileFailure` where a target is not there, `TrainingFailure` where it is nothing that can be looked at.
    public init(_ targets: [String], options: DoctorOptions = DoctorOptions(), pool: WorkerPool) throws {
        names = targets
        self.targets = try targets.map { try DoctorTarget($0) }
        self.options = options
        self.pool = pool
    }

    /// Looks. Throws where the model or tokenizer that was named is not there.
    public func run() throws -> DoctorReport {
        var report = DoctorReport(
            validation: ValidationReport(tool: options.tool, target: names.joined(separator: " "), kind: "preflight"))
        var subjects = DoctorSubjects()
        var findings: [Finding] = []
        for target in targets { findings += try take(target, into: &subjects) }
        subjects.modelPath = options.model ?? subjects.modelPath
        subjects.tokenizerPath = options.tokenizer ?? subjects.tokenizerPath
        for path in [options.model, options.tokenizer].compactMap({ $0 }) where !Folder.exists(path) {
            throw FileFailure.missing(path: path)
        }
        if let path = subjects.modelPath {
            let (model, found) = ExaminedModel.open(path)
            subjects.model = model
            findings += found
        }
        let tokenizerPath = subjects.tokenizerPath ?? subjects.modelPath
        if let tokenizerPath {
            do {
                subjects.tokenizer = try Tokenizer.load(tokenizerPath)
            } catch {
                let finding = Finding(
                    rule: "tokenizer", severity: subjects.tokenizerPath == nil ? .warning : .error,
                    place: FindingPlace(tokenizerPath), expected: "a tokenizer that can be loaded",
                    found: MessageText.oneLine("\(error)"),
                    hint: "name the tokenizer that made the data with --tokenizer", subject: "tokenizer")
                findings.append(finding)
            }
        }
        for recipe in subjects.recipes {
            let doctor = RecipeDoctor(file: recipe, subjects: subjects, options: options)
            findings += try doctor.run(&report.validation)
        }
        for index in subjects.sets.indices {
            let doctor = DataDoctor(subjects: subjects, options: options, pool: pool)
            findings += doctor.run(&subjects.sets[index], &report.validation)
        }
        // What a model's tokenizer says of a data set is said already.
        let named = Set(findings.filter { $0.rule == "vocabulary" }.map(\.place.file))
        findings += TrainingSet.disagreements(subjects.sets.map(\.set)).filter { !named.contains($0.path) }.map {
            Finding($0, rule: "vocabulary")
        }
        if let model = subjects.model { findings += ModelDoctor(model: model, subjects: subjects).run() }
        findings += try TrainingDoctor(subjects: subjects, options: options).run(&report)
        report.validation.checked = CheckRule.doctor.map(\.id)
        report.validation.take(findings, ValidationRules(), today: .today, isWhole: false)
        return report
    }

    private func take(_ target: DoctorTarget, into subjects: inout DoctorSubjects) throws -> [Finding] {
        switch target {
        case .recipe(let file): subjects.recipes.append(file)
        case .data(let path, let weight):
            let (set, findings) = ExaminedData.open(path, weight: weight)
            if let set { subjects.sets.append(set) }
            return findings
        case .configuration(let file):
            subjects.optionsPlace = file
            do {
                let json = try YAMLFile.json(file)
                do { subjects.options = try TrainingOptions(json: json) } catch let failure as TrainingFailure {
                    return DoctorSubjects.wrongOptions(json, failure).map { wrong in
                        subjects.wrongOption(wrong)
                    }
                }
            } catch let failure as any Failure { return [subjects.wrongOption(failure)] }
        case .run(let folder):
            subjects.run = folder
            subjects.optionsPlace = PathText.join(folder, "run.json")
            do {
                guard let record = try RunRecord(folder: folder) else { return [] }
                subjects.options = record.options
                subjects.modelPath = record.modelPath
                subjects.tokenizerPath = record.tokenizerPath
                var findings: [Finding] = []
                for (path, weight) in record.data {
                    let (set, found) = ExaminedData.open(path, weight: weight)
                    if let set { subjects.sets.append(set) }
                    findings += found
                }
                return findings
            } catch let failure as any Failure {
                return [subjects.wrongOption(failure)]
            }
        }
        return []
    }
}
