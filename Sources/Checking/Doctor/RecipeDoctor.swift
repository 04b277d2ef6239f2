import Building
import Documents
import Files
import Inspection
import Packing
import Readers
import Tokenization
import Transformers

/// Looks at a recipe before it is built: what keeps it from being built, what it leaves out, and how its tokenizer fits its texts.
struct RecipeDoctor {
    /// Files and bytes of text that are read of each source.
    static let sampleFiles = 3
    static let sampleBytes = 200_000
    /// Tokens a word above which, together with few bytes a token, a tokenizer does not fit a text.
    static let fertility = 2.5
    static let bytesPerToken = 2.5

    let file: String
    let subjects: DoctorSubjects
    let options: DoctorOptions

    /// Findings of the recipe; what was looked at goes to the report.
    func run(_ report: inout ValidationReport) throws -> [Finding] {
        let check = try RecipeCheck(file: file).run()
        report.coverage += check.coverage
        var findings = check.findings
        guard let places = try? RecipePlaces(file: file) else { return findings }
        let recipe = places.recipe
        if recipe.validationShare <= 0 {
            findings.append(
                Finding(
                    rule: "validation-split", severity: .warning, place: place("split.validation"),
                    expected: "a share of families to hold out", found: "0",
                    hint: "set split.validation, such as 1%: without it nobody sees when the model learns by heart",
                    subject: "validation"))
        }
        if !recipe.exactDuplicates { findings.append(RecipeDoctor.duplicates("exact", place("dedupe"))) }
        if recipe.nearDuplicates == nil { findings.append(RecipeDoctor.duplicates("minhash", place("dedupe"))) }
        if recipe.separator == .none {
            findings.append(
                Finding(
                    rule: "separators", severity: .warning, place: place("pack.separator"),
                    expected: "a separator between documents", found: "none",
                    hint: "set pack.separator: eos, or the model never learns where a text ends", subject: "separators")
            )
        }
        if recipe.strategy == .concatenate, recipe.sources.contains(where: { $0.instructions != nil }) {
            findings.append(RecipeDoctor.cutConversations(place("pack.strategy")))
        }
        findings += diskSpace(recipe)
        if let positions = subjects.model?.configuration.maximumPositions, recipe.blockLength > positions {
            findings.append(
                Finding(
                    rule: "sequence-length", place: place("pack.length"),
                    expected: "at most the \(positions) positions of \(subjects.model?.path ?? "")",
                    found: "\(recipe.blockLength)", hint: "set pack.length to a length that the model knows",
                    subject: "length"))
        }
        guard let tokenizer = try? Tokenizer.load(recipe.tokenizerPath) else { return findings }
        findings += fit(tokenizer)
        for source in recipe.sources {
            if let finding = try fertility(source, recipe, tokenizer, places, &report) { findings.append(finding) }
        }
        return findings
    }

    /// A way of removing duplicates that is off.
    static func duplicates(_ key: String, _ place: FindingPlace) -> Finding {
        Finding(
            rule: "near-duplicates", severity: .warning, place: place,
            expected: key == "exact" ? "equal documents taken once" : "near duplicates looked for",
            found: "dedupe.\(key) is off",
            hint: "leave it on: what stands in training twice is learnt by heart, and validation leaks",
            subject: "dedupe.\(key)")
    }

    /// Conversations that blocks cut wherever they end.
    static func cutConversations(_ place: FindingPlace) -> Finding {
        Finding(
            rule: "instructions", severity: .warning, place: place,
            expected: "conversations that stand whole in a block", found: "pack.strategy: concatenate, which cuts them",
            hint: "set pack.strategy: best-fit: an answer without its question teaches to invent", subject: "strategy")
    }

    private func place(_ key: String) -> FindingPlace {
        let own = SourceLocator.fromWorkingFolder(file)
        for candidate in [key, String(key.prefix { $0 != "." })] {
            guard let found = (try? YAMLFile.place(of: candidate, in: file)) ?? nil else { continue }
            let digits = found.dropFirst(file.count + 1).prefix { $0.isASCII && $0.isNumber }
            return FindingPlace(own, line: Int(digits))
        }
        return FindingPlace(own)
    }

    /// Tokens at 2 to 4 bytes for 3 to 4 bytes of text, documents and shards compressed: about the input once more, as `build` reckons.
    private func diskSpace(_ recipe: Recipe) -> [Finding] {
        var needed = 0
        for source in recipe.sources {
            let patterns = source.paths.map { PathPattern($0, relativeTo: recipe.folder) }
            for match in (try? PathPattern.expand(patterns)) ?? [] {
                needed += (try? Folder.fileSize(match.path)) ?? 0
            }
        }
        return DiskSpace.findings(needed: Double(needed), at: options.output, what: "the corpus")
    }

    private func fit(_ tokenizer: Tokenizer) -> [Finding] {
        var findings: [Finding] = []
        func add(_ expected: String, _ found: String) {
            findings.append(
                Finding(
                    rule: "vocabulary", place: place("tokenizer"), expected: expected, found: found,
                    hint: "name the model's own tokenizer in the recipe", subject: "recipe's tokenizer"))
        }
        if let model = subjects.model, tokenizer.vocabularySize > model.configuration.vocabularySize {
            add("at most the \(model.configuration.vocabularySize) ids of \(model.path)", "\(tokenizer.vocabularySize)")
        } else if let own = subjects.tokenizer, own.digest != tokenizer.digest {
            add("the tokenizer of the model (\(own.digest.prefix(12)))", "another one (\(tokenizer.digest.prefix(12)))")
        }
        return findings
    }

    /// What ends the reading of a file of which enough is known.
    private struct Enough: Error {}

    private func fertility(
        _ source: RecipeSource, _ recipe: Recipe, _ tokenizer: Tokenizer, _ places: RecipePlaces,
        _ report: inout ValidationReport
    ) throws -> Finding? {
        let patterns = source.paths.map { PathPattern($0, relativeTo: recipe.folder) }
        guard let matches = try? PathPattern.expand(patterns), !matches.isEmpty else { return nil }
        let picked = CorpusSample(
            share: min(1, Double(RecipeDoctor.sampleFiles) / Double(matches.count))
        ).picks(matches.map(\.relativePath))
        let encoder = tokenizer.makeEncoder()
        var reader = DocumentReader(
            options: source.options(recipe.read), renderer: source.instructions?.renderer)
        var counts = (bytes: 0, tokens: 0, words: 0)
        for index in picked {
            let match = matches[index]
            var left = RecipeDoctor.sampleBytes / picked.count
            let input = InputFile(path: match.path, relativePath: match.relativePath, source: source.name)
            do {
                try reader.read(
                    input,
                    emit: { document in
                        let text = document.text.prefix(left)
                        var ids: [UInt32] = []
                        try text.withUnsafeBytes { bytes in
                            try encoder.encode(bytes, into: &ids)
                            counts.words += WordCount.count(bytes, 0..<bytes.count)
                        }
                        counts.bytes += text.count
                        counts.tokens += ids.count
                        left -= text.count
                        if left <= 0 { throw Enough() }
                    }, reject: { _ in })
            } catch is Enough {
            } catch {
                // What cannot be read is counted by the build, and named by `validate`.
                continue
            }
        }
        if counts.words < 20 { return nil }
        report.coverage.append(
            .init(name: "files of \(source.name)", looked: picked.count, all: matches.count))
        let fertility = Double(counts.tokens) / Double(counts.words)
        let density = Double(counts.bytes) / Double(max(1, counts.tokens))
        // Scripts without spaces have few words and many bytes a character: there the second figure tells.
        guard fertility > RecipeDoctor.fertility, density < RecipeDoctor.bytesPerToken else { return nil }
        return Finding(
            rule: "fertility", severity: .warning, place: places.place(ofSource: source.name),
            expected:
                "at most \(FigureText.number(RecipeDoctor.fertility)) tokens a word in a sample of the source \(source.name)",
            found: "\(FigureText.ratio(fertility)), \(FigureText.ratio(density)) bytes a token",
            hint:
                "the tokenizer does not fit these texts: compare others with `shardmill tokenizer compare`, or extend it",
            subject: "source \(source.name)")
    }
}
