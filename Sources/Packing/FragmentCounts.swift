public import Files

/// What packing did to documents: how many were cut, where, and how many segments there are.
public struct FragmentCounts: Sendable, Equatable {
    /// Documents with at least one token.
    public var documents = 0
    /// Documents that do not stand in one block, including one that a dropped tail cuts off.
    public var documentsCut = 0
    /// Segments in all blocks.
    public var segments = 0
    /// Cuts inside documents at no place that the document offers.
    public var hardCuts = 0
    /// Cuts at the end of a clause, a paragraph, a table row.
    public var structureCuts: [StructureCut.Rank: Int] = [:]

    /// Nothing counted yet.
    public init() {}

    /// As a JSON object with the members `cuts` (an object: `clause`, `hard`, `paragraph`, `row`), `documents`, `documents_cut`, `segments`.
    public var json: JSONValue {
        .object([
            "documents": .integer(documents), "documents_cut": .integer(documentsCut), "segments": .integer(segments),
            "cuts": .object([
                "hard": .integer(hardCuts), "row": .integer(structureCuts[.row] ?? 0),
                "paragraph": .integer(structureCuts[.paragraph] ?? 0),
                "clause": .integer(structureCuts[.clause] ?? 0),
            ]),
        ])
    }
}
