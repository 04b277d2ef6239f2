import Building
import Files
import Packing
import Tokenization

/// A recipe before it is built: whether it is understood, its sources are there, and what it names can be opened. Nothing is read but
/// names and the tokenizer.
public struct RecipeCheck: Sendable {
    private let file: String
    private let options: ValidationOptions

    /// A check of the recipe in `file`.
    public init(file: String, options: ValidationOptions = ValidationOptions()) {
        self.file = file
        self.options = options
    }

    /// Runs the check. Throws only where there is no such file.
    public func run() throws -> ValidationReport {
        if !Folder.exists(file) { throw FileFailure.missing(path: file) }
        var report = ValidationReport(tool: options.tool, target: file, kind: "recipe")
        report.checked = ["tokenizer", "licence", "recipe"]
        if options.rules.separator != nil { report.checked.insert("separators", at: 0) }
        var findings: [Finding] = []
        do {
            let places = try RecipePlaces(file: file)
            findings = try check(places, &report)
        } catch let failure as any Failure where failure.kind != .inputOutput {
            var failures: [any Failure] = [failure]
            if case BuildFailure.several(let several) = failure { failures = several }
            findings = failures.map(problem)
        }
        for index in findings.indices where findings[index].severity == .error {
            findings[index].severity = options.rules.severity(findings[index].rule)
        }
        report.take(findings, options.rules, today: options.today, isWhole: false)
        return report
    }

    /// A failure as a finding at the line that it names.
    private func problem(_ failure: any Failure) -> Finding {
        var text = failure.description
        var line: Int?
        if text.hasPrefix(file + ":") {
            text = String(text.dropFirst(file.count + 1))
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits) {
                line = number
                text = String(text.dropFirst(digits.count))
            }
            while text.hasPrefix(":") || text.hasPrefix(" ") { text.removeFirst() }
        }
        var (expected, found) = ("a recipe that can be built", text)
        // `key: expected A, found B` is one already.
        if let start = text.firstRange(of: "expected "), let end = text.ranges(of: ", found ").last,
            start.upperBound <= end.lowerBound
        {
            expected = String(text[..<start.lowerBound]) + String(text[start.upperBound..<end.lowerBound])
            found = String(text[end.upperBound...])
        }
        return Finding(
            rule: "recipe", place: FindingPlace(SourceLocator.fromWorkingFolder(file), line: line),
            expected: expected, found: found, hint: "see docs/recipes.md", subject: text)
    }

    private func check(_ places: RecipePlaces, _ report: inout ValidationReport) throws -> [Finding] {
        let recipe = places.recipe
        let own = SourceLocator.fromWorkingFolder(file)
        var findings: [Finding] = []
        var files = 0
        for source in recipe.sources {
            let place = places.place(ofSource: source.name)
            do {
                let own = try PathPattern.expand(source.paths.map { PathPattern($0, relativeTo: recipe.folder) }).count
                files += own
                if own == 0 {
                    findings.append(
                        Finding(
                            rule: "recipe", severity: .warning, place: place,
                            expected: "files of the source \(source.name)", found: "none: its folder is empty",
                            hint: "correct `path:`, or put the files there", subject: "source \(source.name)"))
                }
            } catch {
                findings.append(
                    Finding(
                        rule: "recipe", place: place, expected: "files of the source \(source.name)",
                        found: "\(error)", hint: "correct `path:`; it is relative to the recipe",
                        subject: "source \(source.name)"))
            }
            let allowed = options.rules.licences ?? []
            let licence = source.licence ?? ""
            if licence.isEmpty || !allowed.isEmpty && !allowed.contains(licence) {
                findings.append(
                    Finding(
                        rule: "licence", severity: options.rules.licences == nil ? .warning : .error, place: place,
                        expected: "a licence of the source \(source.name)"
                            + (allowed.isEmpty ? "" : " among \(allowed.joined(separator: ", "))"),
                        found: licence.isEmpty ? "none" : "`\(licence)`", hint: "state `licence:`",
                        subject: "source \(source.name)"))
            }
        }
        let line = try? YAMLFile.place(of: "tokenizer", in: file).flatMap { place in
            Int(place.dropFirst(file.count + 1).prefix { $0.isASCII && $0.isNumber })
        }
        do {
            let tokenizer = try Tokenizer.load(recipe.tokenizerPath)
            let lacks = [
                recipe.separator.hasEnd && tokenizer.endOfText == nil ? "end" : nil,
                recipe.separator.hasBegin && tokenizer.beginningOfText == nil ? "begin" : nil,
            ].compactMap { $0 }
            if !lacks.isEmpty {
                findings.append(
                    Finding(
                        rule: "separators", place: FindingPlace(own, line: line ?? nil),
                        expected:
                            "a tokenizer with the token that pack.separator: \(recipe.separator.rawValue) asks for",
                        found: "no \(lacks.joined(separator: " and no ")) token",
                        hint: "choose another separator, or a tokenizer that has it", subject: "tokenizer"))
            }
        } catch {
            findings.append(
                Finding(
                    rule: "tokenizer", place: FindingPlace(own, line: line ?? nil),
                    expected: "a tokenizer that can be loaded", found: "\(error)",
                    hint: "correct `tokenizer:`; it is relative to the recipe", subject: "tokenizer"))
        }
        for set in recipe.decontamination?.against ?? [] where !Folder.exists(PathText.join(recipe.folder, set)) {
            findings.append(
                Finding(
                    rule: "recipe", place: FindingPlace(own), expected: "the evaluation set \(set)",
                    found: "no such file", hint: "correct `decontaminate.against`", subject: "set \(set)"))
        }
        if let separator = options.rules.separator, separator != recipe.separator.rawValue {
            findings.append(
                Finding(
                    rule: "separators", place: FindingPlace(own), expected: "the separator policy \(separator)",
                    found: recipe.separator.rawValue, hint: "set pack.separator in the recipe", subject: "policy"))
        }
        report.coverage = [
            .init(name: "sources", looked: recipe.sources.count, all: recipe.sources.count),
            .init(name: "files", looked: files, all: files),
        ]
        report.remarks = ["what the files hold: build, or validate the inputs"]
        return findings
    }
}
