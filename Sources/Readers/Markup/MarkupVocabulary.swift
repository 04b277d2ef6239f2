/// The element names of one dialect and their roles. Names are local names: a prefix is a document's own choice.
struct MarkupVocabulary {
    let elements: [String: MarkupElement]
    /// The dialects that need to be told apart.
    enum Kind { case html, jats, tei, rfc, openDocument }
    let kind: Kind

    private init(_ kind: Kind, _ groups: [(MarkupElement, String)]) {
        var elements: [String: MarkupElement] = [:]
        for (element, names) in groups {
            for name in names.split(separator: " ") { elements[String(name)] = element }
        }
        self.elements = elements
        self.kind = kind
    }

    private static func drop(_ rule: MarkupRule) -> MarkupElement { MarkupElement(role: .dropped, rule: rule) }
    private static func role(_ role: MarkupRole, level: Int = 0) -> MarkupElement {
        MarkupElement(role: role, level: level)
    }

    private static let mathML: (MarkupElement, String) = (role(.mathematics), "math")

    /// HTML 4 and 5 and what Word saves as a web page.
    static let html = MarkupVocabulary(
        .html,
        [
            (drop(.scriptsAndStyles), "script style noscript template"), (drop(.navigation), "nav"),
            (drop(.controls), "select textarea button datalist option optgroup"), (drop(.graphics), "svg"),
            (role(.title), "title"),
            (role(.heading, level: 1), "h1"), (role(.heading, level: 2), "h2"), (role(.heading, level: 3), "h3"),
            (role(.heading, level: 4), "h4"), (role(.heading, level: 5), "h5"), (role(.heading, level: 6), "h6"),
            (
                role(.block),
                "html body p div article section main header footer aside blockquote address center fieldset form "
                    + "figure hr dl dt dd details summary legend iframe frameset noframes"
            ),
            (role(.bulletList), "ul menu dir"), (role(.numberedList), "ol"), (role(.item), "li"),
            (role(.code), "pre listing xmp plaintext"), (role(.table), "table"), (role(.row), "tr"),
            (role(.headerRows), "thead"), (role(.cell), "td"), (role(.headerCell), "th"),
            (role(.caption), "caption figcaption"), (role(.lineBreak), "br"), (role(.superscript), "sup"),
            (role(.lowered), "sub"), (role(.link), "a"), mathML,
        ])

    /// JATS (articles of journals) and NISO STS (standards).
    static let jats = MarkupVocabulary(
        .jats,
        [
            (
                drop(.frontMatter),
                "journal-meta article-id article-categories contrib-group aff author-notes pub-date volume-id issue-id "
                    + "history permissions related-article self-uri counts custom-meta-group funding-group object-id "
                    + "nat-meta reg-meta std-meta processing-meta content-language article-version support-group conference "
                    + "pub-history"
            ),
            (role(.title), "article-title"), (role(.frontMatter), "article-meta iso-meta"),
            (role(.section), "sec abstract ack app glossary ref-list term-sec body-part"),
            (role(.heading), "title"), (role(.label), "label"),
            (
                role(.block),
                "article standard front body back title-group subtitle trans-title-group p disp-quote "
                    + "boxed-text supplementary-material statement verse-group verse-line def-list def-item "
                    + "term def app-group attrib sig-block sig speech speaker disp-formula disp-formula-group "
                    + "fig-group chem-struct-wrap notes bio floats-group intro main release-date meta-note tig "
                    + "termEntry langSet definition"
            ),
            (role(.figure), "fig table-wrap"),
            (role(.citation), "ref element-citation mixed-citation nlm-citation citation"),
            (role(.bulletList), "list kwd-group"), (role(.item), "list-item kwd"),
            (role(.note), "fn table-wrap-foot non-normative-note non-normative-example normative-note note example"),
            (role(.caption), "caption"), (role(.code), "preformat code"), (role(.table), "table"),
            (role(.row), "tr row"),
            (role(.headerRows), "thead"), (role(.cell), "td entry"), (role(.headerCell), "th"),
            (role(.lineBreak), "break"),
            (role(.superscript), "sup"), (role(.lowered), "sub"), (role(.link), "xref ext-link fn-ref uri"),
            (role(.alternatives), "alternatives"), (role(.tex), "tex-math"), mathML,
            (drop(.graphics), "svg long-desc alt-text"),
            (
                role(.word),
                "surname given-names suffix prefix collab year month day season volume issue source fpage lpage "
                    + "publisher-name publisher-loc pub-id edition chapter-title person-group name comment subject "
                    + "std-ref doc-ref elocation-id issue-title supplement alt-title etal size page-range string-name institution addr-line country date-in-citation"
            ),
        ])

    /// TEI, also in the form GROBID writes.
    static let tei = MarkupVocabulary(
        .tei,
        [
            (drop(.documentHead), "encodingDesc publicationStmt sourceDesc revisionDesc langUsage respStmt"),
            (role(.frontMatter), "teiHeader"), (role(.title, level: 1), "title"), (role(.alternatives), "choice"),
            (role(.inline, level: 1), "sic orig abbr"), (role(.section), "div div1 div2 div3 div4 div5 div6 div7"),
            (role(.heading), "head"), (role(.title), "docTitle"),
            (
                role(.block),
                "text front body back group p lg l sp stage quote epigraph opener closer salute signed trailer "
                    + "titlePart byline docAuthor docDate docImprint dateline argument figDesc listBibl "
                    + "ab address affiliation titlePage castList castItem entry keywords abstract"
            ),
            (role(.formulaText), "formula"),
            (role(.figure), "figure"), (role(.citation), "biblStruct bibl"),
            (role(.bulletList), "list"), (role(.item), "item"), (role(.note), "note"), (role(.table), "table"),
            (role(.row), "row"), (role(.cell), "cell"), (role(.printedLineEnd), "lb"), (role(.lineBreak), "pb cb"),
            (role(.code), "eg egXML"), (role(.link), "ref"), mathML,
            (role(.word), "label forename surname persName orgName date addrLine postCode settlement country"),
        ])

    /// RFC XML, the vocabularies 2 and 3.
    static let rfc = MarkupVocabulary(
        .rfc,
        [
            (
                drop(.frontMatter),
                "author area workgroup keyword seriesInfo format link toc boilerplate iref"
            ),
            (drop(.graphics), "svg"), (drop(.comments), "cref"),
            (
                role(.section),
                "section abstract note references referencegroup"
            ),
            (role(.title), "title"), (role(.heading), "name"),
            (
                role(.block),
                "rfc front middle back t dl dt dd preamble postamble blockquote aside refcontent annotation artset "
                    + "displayreference"
            ),
            (role(.bulletList), "ul list"), (role(.numberedList), "ol"), (role(.item), "li"),
            (role(.code), "artwork sourcecode"), (role(.figure), "figure"), (role(.citation), "reference"),
            (role(.table), "table texttable"), (role(.gridHeader), "ttcol"), (role(.gridCell), "c"), (role(.row), "tr"),
            (role(.headerRows), "thead"),
            (role(.cell), "td"), (role(.headerCell), "th"), (role(.lineBreak), "br vspace"),
            (role(.superscript), "sup"),
            (role(.lowered), "sub"), (role(.reference), "xref relref eref"), (role(.word), "date"), mathML,
        ])

    /// OpenDocument text: `content.xml` or a flat `.fodt`.
    static let openDocument = MarkupVocabulary(
        .openDocument,
        [
            (drop(.documentHead), "meta settings styles automatic-styles master-styles font-face-decls scripts forms"),
            (drop(.revisions), "tracked-changes"), (drop(.comments), "annotation"),
            (
                drop(.contents),
                "table-of-content illustration-index table-index object-index user-index alphabetical-index"
            ),
            (drop(.graphics), "desc"),
            (
                role(.block),
                "p text-box list-header section body text document-content document bibliography index-body"
            ),
            (role(.heading), "h"), (role(.bulletList), "list"), (role(.item), "list-item"), (role(.note), "note"),
            (role(.table), "table"), (role(.headerRows), "table-header-rows"), (role(.row), "table-row"),
            (role(.cell), "table-cell"), (drop(.alternatives), "covered-table-cell"),
            (role(.foreign), "spreadsheet presentation drawing chart image"), (role(.tab), "tab"), (role(.spaces), "s"),
            (role(.lineBreak), "line-break"), (drop(.noteMark), "note-citation"), (role(.link), "a"), mathML,
        ])
}
