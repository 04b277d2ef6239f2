import Building
import Files

/// The recipe of a corpus, with the lines of its sources.
struct RecipePlaces: Sendable {
    let recipe: Recipe
    private let file: String
    private var lines: [String: Int] = [:]

    init(yaml: String, file: String) throws {
        recipe = try Recipe(yaml: yaml, file: file)
        self.file = SourceLocator.fromWorkingFolder(file)
        for source in try RecipeReader.top(yaml, file: file).sections("sources") ?? [] {
            if let name = try source.string("name") { lines[name] = source.line }
        }
    }

    /// Reads a recipe file.
    init(file: String) throws {
        let bytes = try FileByteStream(file).readAll(limit: 1 << 24, hint: "a recipe is a short text")
        try self.init(yaml: String(decoding: bytes, as: UTF8.self), file: file)
    }

    /// The recipe that a corpus was built from, as its work folder has it; nil where there is none that can be read now.
    init?(_ output: OutputFolder) {
        guard let json = try? JSONValue(file: output.work + "/plan.json"), let yaml = json["recipe"]?.string,
            let file = json["file"]?.string, !file.isEmpty, let places = try? RecipePlaces(yaml: yaml, file: file)
        else { return nil }
        self = places
    }

    /// Where a source is named.
    func place(ofSource name: String) -> FindingPlace { FindingPlace(file, line: lines[name]) }
}
