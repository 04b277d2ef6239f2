@testable import Readers

extension FuzzedReader {
    /// Pieces that the fuzzer puts into inputs: names of elements, attributes and marks of the format.
    public var dictionary: [String] {
        switch self {
        case .word, .docx, .flat: FuzzedReader.wordPieces + FuzzedReader.xmlPieces
        case .pdfxml:
            FuzzedReader.elements(["page", "text", "b", "i", "a", "fontspec", "outline", "item", "image"])
                + ["top=\"", "left=\"", "width=\"", "height=\"", "font=\"", "size=\"", "family=\"", "\n"]
                + FuzzedReader.xmlPieces
        case .html: FuzzedReader.elements(.html) + FuzzedReader.htmlPieces + FuzzedReader.xmlPieces
        case .jats: FuzzedReader.elements(.jats) + FuzzedReader.markupAttributes + FuzzedReader.xmlPieces
        case .tei: FuzzedReader.elements(.tei) + FuzzedReader.markupAttributes + FuzzedReader.xmlPieces
        case .rfc: FuzzedReader.elements(.rfc) + FuzzedReader.markupAttributes + FuzzedReader.xmlPieces
        case .odt: FuzzedReader.elements(.openDocument) + FuzzedReader.markupAttributes + FuzzedReader.xmlPieces
        case .mediawiki:
            FuzzedReader.wikiPieces + FuzzedReader.elements(["page", "title", "ns", "id", "revision", "text"])
        case .text, .markdown: ["---\n", "\n\n", "```", "# ", "- ", "| ", "\u{FEFF}", "\r\n", "\\x00", "\u{2028}"]
        case .jsonl: ["{\"text\":\"", "\"}\n", "\\\\u0041", "\\\\ud83d", "\"id\":", "\"title\":", "null", "[", "1e9"]
        case .csv: ["text", "\"\"", "\",\"", "\r\n", ";", "\t", ",", "\u{FEFF}"]
        case .parquet: ["PAR1", "\\x15\\x00", "\\x19\\x1c", "\\x18\\x04text", "\\x28\\xb5\\x2f\\xfd"]
        case .archive: ["PK\\x03\\x04", "PK\\x05\\x06", "ustar", "word/document.xml", "\\x1f\\x8b\\x08", "BZh9"]
        }
    }

    private static func elements(_ vocabulary: MarkupVocabulary) -> [String] {
        elements(vocabulary.elements.keys.sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) })
    }

    private static func elements(_ names: [String]) -> [String] { names.flatMap { ["<\($0)>", "</\($0)>"] } }

    private static let xmlPieces = [
        "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&amp;", "&#", "&#x1;", "&lt;", ";", "/>", "<", ">", "=\"",
        "<!DOCTYPE a [", "<!ENTITY a \"b\">", "]>", "&a;", "xml:space=\"preserve\"", "encoding=\"",
    ]

    private static let markupAttributes = [
        " colspan=\"2\"", " rowspan=\"2\"", " cols=\"2\"", " title=\"", " target=\"", " type=\"", " place=\"",
        " number-columns-repeated=\"", " c=\"9\"", " level=\"",
    ]

    private static let htmlPieces = [
        " class=MsoToc1", " class=PL", " class=TAH", " class=B1", " class=NO", " colspan=2", " rowspan=0", " start=9",
        " style='font-family:Symbol'", "</", "<!", "<![if x]>", "<![endif]>", "--!>", "<!-->", "&nbsp;", "&hellip",
        "</script>", "</style>", "</title>", "<math><mi>", "</math>", "<_", "<:", "<plaintext>", "\u{93}",
    ]

    private static let wordPieces: [String] =
        elements([
            "w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:tcPr", "w:trPr", "w:pPr", "w:rPr", "w:ins", "w:del",
            "w:moveFrom", "w:moveTo", "w:delText", "w:sdt", "w:sdtContent", "w:hyperlink", "w:smartTag", "w:body",
            "w:instrText", "w:numPr", "mc:AlternateContent", "mc:Choice", "mc:Fallback", "w:txbxContent", "m:oMath",
            "m:oMathPara", "m:r", "m:t", "m:f", "m:num", "m:den", "m:sSup", "m:e", "m:sup", "m:sub", "m:nary", "m:d",
            "m:m", "m:mr", "m:rad", "m:deg", "m:acc", "m:func", "m:fName", "m:limLow", "m:lim", "m:eqArr", "m:box",
            "w:style", "w:footnote", "w:endnote", "w:comment", "w:abstractNum", "w:num", "w:lvl", "w:pict", "w:object",
            "w:drawing", "w:ruby", "w:rt", "w:rubyBase",
        ]) + [
            "<w:br/>", "<w:tab/>", "<w:cr/>", "<w:noBreakHyphen/>", "<w:softHyphen/>", "<w:gridSpan w:val=\"2\"/>",
            "<w:vMerge/>", "<w:vMerge w:val=\"restart\"/>", "<w:gridBefore w:val=\"1\"/>", "<w:tblHeader/>",
            "<w:pStyle w:val=\"", "<w:sym w:font=\"Symbol\" w:char=\"F061\"/>", "<w:vanish/>", "<w:ilvl w:val=\"0\"/>",
            "<w:numId w:val=\"1\"/>", "<w:fldChar w:fldCharType=\"begin\"/>", "<w:fldChar w:fldCharType=\"separate\"/>",
            "<w:fldChar w:fldCharType=\"end\"/>", "<w:footnoteReference w:id=\"1\"/>",
            "<w:endnoteReference w:id=\"1\"/>",
            "<w:commentReference w:id=\"1\"/>", "<m:chr m:val=\"", "<m:begChr m:val=\"", "%%% word/styles.xml\n",
            "<w:vertAlign w:val=\"superscript\"/>", "<w:outlineLvl w:val=\"0\"/>", "<w:start w:val=\"", "Heading1",
            "TAH",
        ]

    private static let wikiPieces = [
        "{{", "}}", "[[", "]]", "{|", "|}", "|-", "||", "!!", "|+", "'''", "''", "== ", " ==\n", "\n* ", "\n# ", "\n: ",
        "\n; ", "&lt;ref&gt;", "&lt;/ref&gt;", "&lt;ref name=x/&gt;", "&lt;!--", "--&gt;", "&lt;nowiki&gt;",
        "&lt;/nowiki&gt;", "&lt;math&gt;", "&lt;/math&gt;", "&lt;syntaxhighlight&gt;", "&lt;/syntaxhighlight&gt;",
        "&lt;table&gt;", "&lt;tr&gt;", "&lt;td&gt;", "&lt;/table&gt;", "&lt;sup&gt;", "&lt;br/&gt;", "&amp;nbsp;",
        "__NOTOC__", "[http://a ", "[[File:", "[[Category:", "#REDIRECT ", "<![CDATA[", "]]>",
    ]
}
