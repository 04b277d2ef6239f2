/// In which order the rows of a corpus stand: those of the corpus that is there as they stood, new ones behind them as a layer of their own.
struct RowArrangement {
    /// For each row the place of its document in canonical order.
    let order: [Int]
    /// The layers, with their numbers of documents.
    let layers: [CorpusLayer]
    /// Why rows of the corpus that is there cannot stay where they are; nil where they do.
    let problem: String?

    /// - Parameters:
    ///   - keys: what stays, in canonical order.
    ///   - earlier: the corpus that is there; nil for none.
    ///   - layer: the layer of new documents.
    init(keys: [RowHistory.Key], earlier: RowHistory?, layer: CorpusLayer) {
        var layer = layer
        var problem: String?
        if let earlier {
            var places: [RowHistory.Key: Int] = [:]
            for (place, key) in keys.enumerated() { places[key] = place }
            let found = earlier.rows.compactMap { places[$0] }
            let lost = earlier.rows.count - found.count
            if lost == 0, RowArrangement.isInOrder(found, earlier.layers) {
                let old = Set(found)
                let new = keys.indices.filter { !old.contains($0) }
                layer.documents = new.count
                order = found + new
                layers = earlier.layers + (new.isEmpty ? [] : [layer])
                self.problem = nil
                return
            }
            problem =
                lost == 0
                ? "its documents stand in another order"
                : "\(lost) of its \(earlier.rows.count) documents left it, changed or changed sides"
        }
        self.problem = problem
        order = Array(keys.indices)
        layer.documents = keys.count
        layers = [layer]
    }

    /// Whether the documents of each layer stand in canonical order, each once: artefacts are read in that order.
    private static func isInOrder(_ places: [Int], _ layers: [CorpusLayer]) -> Bool {
        var start = 0
        for layer in layers {
            let rows = places[start..<start + layer.documents]
            if zip(rows, rows.dropFirst()).contains(where: { $0 >= $1 }) { return false }
            start += layer.documents
        }
        return Set(places).count == places.count
    }
}
