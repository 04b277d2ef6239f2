/// The rules by which text is put in and taken out; each has its count in the ledger.
enum MarkupRule: Int, CaseIterable {
    // Put in.
    case layout, title, headingMark, listLabel, codeFence, tableMarkup, tableEscape, mathematics, scripts, entity,
        attribute, noteMark
    // Taken out.
    case whiteSpace, scriptsAndStyles, documentHead, frontMatter, contents, navigation, controls, graphics, revisions
    case comments, alternatives, hyphenation, controlCharacters, unclosedTag
    case templates, wikiMarkup, links, references

    /// The name in ledgers.
    var name: String {
        switch self {
        case .layout: "layout"
        case .title: "title"
        case .headingMark: "heading-mark"
        case .listLabel: "list-label"
        case .codeFence: "code-fence"
        case .tableMarkup: "table-markup"
        case .tableEscape: "table-escape"
        case .mathematics: "equation-markup"
        case .scripts: "script-mark"
        case .entity: "entity"
        case .attribute: "attribute"
        case .noteMark: "note-mark"
        case .whiteSpace: "white-space"
        case .scriptsAndStyles: "script"
        case .documentHead: "document-head"
        case .frontMatter: "front-matter"
        case .contents: "contents"
        case .navigation: "navigation"
        case .controls: "controls"
        case .graphics: "graphics"
        case .revisions: "revisions"
        case .comments: "comments"
        case .alternatives: "alternatives"
        case .hyphenation: "hyphenation"
        case .controlCharacters: "control-characters"
        case .unclosedTag: "unclosed-tag"
        case .templates: "templates"
        case .wikiMarkup: "wiki-markup"
        case .links: "links"
        case .references: "references"
        }
    }
}
