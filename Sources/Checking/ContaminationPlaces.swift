import Building
import Files

/// What `contamination.json` of a corpus says: how many items of evaluation sets stand in the documents, and where.
struct ContaminationPlaces: Sendable {
    /// A stretch of a document.
    struct Place: Sendable, Hashable {
        /// The path of the document, relative to its source: of which source is not said.
        let document: String
        /// The first byte of its text that agrees.
        let start: Int
    }

    /// An item that stands in the documents.
    struct Item: Sendable {
        let set: String
        let name: String
        /// How many documents it stands in; the report names the first of them.
        let documents: Int
        let places: [Place]
    }

    let items: Int
    let all: Int
    /// Whether what was found went from the documents.
    let isRemoved: Bool
    let found: [Item]
    /// Why the file cannot be read; nil: it could.
    let problem: (file: FindingPlace, message: String)?

    /// Nil where no evaluation set was looked for. At most `most` items are kept, each with at most `places` of its places.
    init?(_ manifest: Manifest, _ output: OutputFolder, most: Int, places: Int) {
        guard let summary = manifest.contamination else { return nil }
        let sets = summary["sets"]?.items ?? []
        func sum(_ key: String) -> Int { sets.reduce(0) { $0 &+ max(0, $1[key]?.int ?? 0) } }
        items = sum("contaminated")
        all = sum("items")
        let options = manifest.recipe["decontaminate"]?.string ?? ""
        isRemoved = !options.contains("action=report")
        var found: [Item] = []
        var problem: (FindingPlace, String)?
        if items > 0, !isRemoved, most > 0 {
            do {
                for item in try JSONValue(file: output.contamination)["items"]?.items ?? [] where found.count < most {
                    if item["verdict"]?.string != "contaminated" { continue }
                    let stretches = (item["places"]?.items ?? []).prefix(places).compactMap { place in
                        place["document"]?.string.map { Place(document: $0, start: max(0, place["start"]?.int ?? 0)) }
                    }
                    found.append(
                        Item(
                            set: item["set"]?.string ?? "", name: item["id"]?.string ?? "",
                            documents: item["documents"]?.int ?? stretches.count, places: stretches))
                }
            } catch { problem = (FindingPlace(output.contamination), String(describing: error)) }
        }
        self.found = found
        self.problem = problem
    }
}
