import Building
import Files

/// What `contamination.json` of a corpus says: how many items of evaluation sets stand in the documents, and where.
struct ContaminationPlaces: Sendable {
    struct Place: Sendable {
        let set: String
        let item: String
        /// The path of the document, relative to its source.
        let document: String
        /// The first byte of its text that agrees.
        let start: Int
    }

    let items: Int
    let all: Int
    /// Whether what was found went from the documents.
    let isRemoved: Bool
    let places: [Place]

    /// Nil where no evaluation set was looked for. At most `most` places are kept, the first of each item.
    init?(_ manifest: Manifest, _ output: OutputFolder, most: Int) throws {
        guard let summary = manifest.contamination else { return nil }
        let sets = summary["sets"]?.items ?? []
        items = sets.reduce(0) { $0 + ($1["contaminated"]?.int ?? 0) }
        all = sets.reduce(0) { $0 + ($1["items"]?.int ?? 0) }
        let options = manifest.recipe["decontaminate"]?.string ?? ""
        isRemoved = !options.contains("action=report")
        var places: [Place] = []
        if items > 0, !isRemoved, Folder.exists(output.contamination) {
            for item in try JSONValue(file: output.contamination)["items"]?.items ?? [] where places.count < most {
                guard item["verdict"]?.string == "contaminated", let first = item["places"]?.items?.first,
                    let document = first["document"]?.string
                else { continue }
                places.append(
                    Place(
                        set: item["set"]?.string ?? "", item: item["id"]?.string ?? "", document: document,
                        start: max(0, first["start"]?.int ?? 0)))
            }
        }
        self.places = places
    }
}
