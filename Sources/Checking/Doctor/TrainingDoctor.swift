import Building
import Files
import Shards
import Training
import Transformers

/// Looks at training options beside a model and data.
struct TrainingDoctor {
    /// Peaks that are usual: full training, adapters, and both of models of less than `smallModel` parameters, which bear more.
    static let fullRates = 1e-6...1e-3
    static let smallRates = 1e-5...1e-2
    static let adapterRates = 1e-5...2e-3
    static let smallModel = 50_000_000
    /// Days from which a training is worth a second thought.
    static let manyDays = 30.0

    let subjects: DoctorSubjects
    let options: DoctorOptions

    /// Findings of the options; estimates go to the report.
    func run(_ report: inout DoctorReport) throws -> [Finding] {
        var findings = threads()
        guard let training = subjects.options else {
            if subjects.model != nil, !subjects.sets.isEmpty {
                findings += positions(subjects.sets.compactMap(\.length).max(), place: subjects.sets[0].train.folder)
                report.validation.remarks.append(
                    "learning rate, adapters, memory and time: "
                        + (subjects.optionsPlace.isEmpty
                            ? "name a training configuration or the folder of a run"
                            : "correct \(subjects.optionsPlace) first"))
            }
            return findings
        }
        findings += learningRate(training) + rows(training)
        guard let model = subjects.model else {
            report.validation.remarks.append("adapters, positions, memory and time: name the model with --model")
            return findings
        }
        var adapters: [AdapterTarget] = []
        if training.method == .lora {
            let adapter = AdapterConfiguration(
                rank: training.lora.rank, alpha: training.lora.alpha, targets: training.lora.targets,
                usesRankStabilizedScale: training.lora.usesRankStabilizedScale)
            do { adapters = try adapter.adapterTargets(in: model.configuration) } catch let failure as ModelFailure {
                findings.append(targets(failure))
                return findings
            }
        }
        guard let length = training.sequenceLength ?? subjects.sets.compactMap(\.length).max() else {
            report.validation.remarks.append("memory and time: name the data")
            return findings
        }
        findings += positions(length, place: nil)
        let trained =
            training.method == .full
            ? Double(model.configuration.parameterCount)
            : adapters.reduce(0) { $0 + Double($1.rank) * Double($1.layer.inputSize + $1.layer.outputSize) }
        let estimate = TrainingEstimate(
            configuration: model.configuration, options: training, length: length, trained: trained)
        findings += memory(estimate, &report)
        findings += try time(estimate, training, &report)
        findings += DiskSpace.findings(
            needed: estimate.disk, at: subjects.run ?? options.output, what: "checkpoints and result")
        return findings
    }

    private func threads() -> [Finding] {
        if options.threads <= options.processors { return [] }
        return [
            Finding(
                rule: "threads", severity: .warning, place: FindingPlace("--threads"),
                expected: "at most the \(options.processors) processors of this machine", found: "\(options.threads)",
                hint: "leave --threads out", subject: "threads")
        ]
    }

    private func learningRate(_ training: TrainingOptions) -> [Finding] {
        let size = subjects.model?.configuration.parameterCount ?? TrainingDoctor.smallModel
        let usual =
            size < TrainingDoctor.smallModel
            ? TrainingDoctor.smallRates
            : training.method == .lora ? TrainingDoctor.adapterRates : TrainingDoctor.fullRates
        if usual.contains(training.learningRate) { return [] }
        let isHigh = training.learningRate > usual.upperBound
        return [
            Finding(
                rule: "learning-rate", severity: .warning, place: subjects.place(of: "learning_rate"),
                expected:
                    "a peak from \(usual.lowerBound) to \(usual.upperBound), usual for the method \(training.method.rawValue)",
                found: "\(training.learningRate)",
                hint: isHigh
                    ? "lower it: training diverges or forgets what the model knew"
                    : "raise it: the model hardly moves", subject: "learning rate")
        ]
    }

    /// Rows against blocks.
    private func rows(_ training: TrainingOptions) -> [Finding] {
        guard let wanted = training.sequenceLength else { return [] }
        var findings: [Finding] = []
        for set in subjects.sets {
            guard let length = set.length else { continue }
            if wanted < length, set.isForInstruction {
                findings.append(
                    Finding(
                        rule: "instructions", severity: .warning, place: subjects.place(of: "sequence_length"),
                        expected:
                            "rows as long as a block (\(length)), in which the conversations of \(set.path) stand whole",
                        found: "\(wanted), which cuts them",
                        hint: "leave sequence_length out, or repack with --length \(wanted)",
                        subject: "conversations of \(set.path)"))
            }
            if wanted > length {
                findings.append(
                    Finding(
                        rule: "sequence-length", place: subjects.place(of: "sequence_length"),
                        expected: "at most the \(length) tokens of a block of \(set.path)", found: "\(wanted)",
                        hint: "build or repack with longer blocks, or leave sequence_length out",
                        subject: "rows of \(set.path)"))
            } else if length % wanted != 0 {
                findings.append(
                    Finding(
                        rule: "sequence-length", severity: .note, place: subjects.place(of: "sequence_length"),
                        expected: "a divisor of \(length), the tokens of a block of \(set.path)", found: "\(wanted)",
                        hint: "the last row of every block is \(length % wanted) tokens short: choose a divisor",
                        subject: "rows of \(set.path)"))
            }
        }
        return findings
    }

    /// Rows against the positions of the model.
    private func positions(_ length: Int?, place: String?) -> [Finding] {
        guard let model = subjects.model, let length, length > model.configuration.maximumPositions else { return [] }
        return [
            Finding(
                rule: "sequence-length", place: place.map { FindingPlace($0) } ?? subjects.place(of: "sequence_length"),
                expected:
                    "rows of at most \(model.configuration.maximumPositions) tokens, the positions of \(model.path)",
                found: "\(length)", hint: "set sequence_length, or repack the data with shorter blocks",
                subject: "positions")
        ]
    }

    private func targets(_ failure: ModelFailure) -> Finding {
        var (expected, found) = ("targets that match linear layers", failure.description)
        if case .usage(let subject, let wanted, let given) = failure {
            (expected, found) = ("\(subject): \(wanted)", given)
        }
        return Finding(
            rule: "lora-targets", place: subjects.place(of: "lora.targets"), expected: expected, found: found,
            hint: "correct lora.targets, or leave it out for all seven linear layers", subject: "targets")
    }

    private func memory(_ estimate: TrainingEstimate, _ report: inout DoctorReport) -> [Finding] {
        let bytes = estimate.memory
        report.estimates.append(
            .init(
                name: "memory", value: bytes, unit: "bytes", text: "about \(FigureText.bytes(bytes))",
                basis:
                    "reckoned from \(estimate.configuration.parameterCount) parameters, \(FigureText.count(estimate.trained)) of them trained, and passes of "
                    + "\(FigureText.count(estimate.tokensPerPass)) tokens; activations: \(estimate.options.activations.rawValue)"
            ))
        guard let there = options.memory, bytes > 0.9 * Double(there) else { return [] }
        return [
            Finding(
                rule: "memory", severity: bytes > Double(there) ? .error : .warning,
                place: subjects.place(of: "batch_rows"),
                expected: "at most \(FigureText.bytes(Double(there))), the memory of this machine",
                found: "about \(FigureText.bytes(bytes)) (an estimate)",
                hint:
                    "lower batch_rows for more gradient_accumulation, shorten sequence_length, set activations: recompute-layer, or train with "
                    + "the method lora", subject: "memory")
        ]
    }

    private func time(
        _ estimate: TrainingEstimate, _ training: TrainingOptions, _ report: inout DoctorReport
    ) throws -> [Finding] {
        guard let (steps, tokens) = TrainingEstimate.tokens(training, subjects.sets) else {
            report.validation.remarks.append("time: name the data")
            return []
        }
        let measured = try subjects.run.map { try RunSpeed(folder: $0) }
        let made = min(steps, measured?.steps ?? 0)
        let left = tokens * Double(steps - made) / Double(max(1, steps))
        let speed: Double
        let basis: String
        if let rate = measured?.tokensPerSecond {
            speed = rate
            basis = "\(FigureText.ratio(rate)) tokens a second measured over \(made) of \(steps) steps of this run"
        } else {
            let operations = options.operationsPerSecond ?? ProductSpeed.measure(threads: options.threads)
            speed = TrainingEstimate.efficiency * operations / estimate.operationsPerToken
            basis =
                "\(FigureText.ratio(speed)) tokens a second, reckoned from the shape of the model and "
                + "\(FigureText.ratio(operations / 1e9)) GFLOP/s of matrix products with \(options.threads) threads"
        }
        report.estimates.append(
            .init(
                name: "tokens", value: tokens, unit: "tokens", text: "\(FigureText.count(tokens)) in \(steps) steps",
                basis: "from steps or epochs, batch_rows, gradient_accumulation and the blocks"))
        let seconds = left / speed
        report.estimates.append(
            .init(
                name: "time", value: seconds, unit: "seconds",
                text: "about \(FigureText.duration(seconds))\(made > 0 ? " more" : "")", basis: basis))
        guard seconds > TrainingDoctor.manyDays * 86_400 else { return [] }
        return [
            Finding(
                rule: "time", severity: .warning, place: subjects.place(of: "steps"),
                expected: "a training of at most \(FigureText.number(TrainingDoctor.manyDays)) days",
                found: "about \(FigureText.duration(seconds)) (an estimate)",
                hint: "take fewer tokens, a smaller model, adapters, or a faster machine", subject: "time")
        ]
    }
}
