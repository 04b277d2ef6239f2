/// What of a document a model is asked about.
public enum TextExtent: String, Sendable, CaseIterable {
    /// Prose, list items, notes, headings and captions; everything where there is too little of it.
    case prose
    /// The whole text.
    case everything
}
