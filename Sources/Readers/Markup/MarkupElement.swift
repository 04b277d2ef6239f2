/// A role with what it needs to know.
struct MarkupElement {
    var role: MarkupRole
    var level = 0
    var rule = MarkupRule.frontMatter
}
