/// What a paragraph style settles: the role of its paragraphs, and the list that they are in.
struct ParagraphStyle: Equatable {
    var role = ParagraphRole.prose
    /// The list, 0 for none.
    var list = 0
    var level = 0
}
