/// The elements that change what is read. All others are transparent: their content is read as if they were not there.
enum WordElement: UInt8 {
    case other
    // WordprocessingML
    case body, paragraph, run, text, tab, tabs, lineBreak, carriageReturn, positionedTab, noBreakHyphen, softHyphen
    case symbol, deletedText, instruction, deletedInstruction, fieldCharacter
    case paragraphProperties, runProperties, paragraphStyle, outlineLevel, numbering, numberingIdentifier, frame
    case inserted, deleted, movedFrom, movedTo
    case table, row, cell, tableProperties, rowProperties, cellProperties, gridSpan, verticalMerge
    case gridBefore, gridAfter, headerRow, insertedCell, deletedCell, formerProperties, textBox
    case numberingLevel, runFonts, note, footnoteReference, endnoteReference, commentReference
    // Office mathematics
    case formula, formulaParagraph, formulaText
    // Parts of a formula; `isPartOfFormula` relies on their order.
    case formulaRun, fraction, numerator, denominator, superscripted, subscripted, bothScripted, preScripted
    case superscript, `subscript`, argument, nary, radical, degree, delimited, accent, bar, groupCharacter, borderBox
    case phantom, function, functionName, lowerLimit, upperLimit, limit, matrix, matrixRow, equationArray
    // Properties of them
    case character, beginCharacter, endCharacter, separatorCharacter, position, shown, alignmentMark, normalText
    case letterStyle, letterScript, fractionType
    // Markup compatibility and flat OPC
    case alternateContent, choice, fallback, packagePart, embeddedObject, annotation, listText

    static let mainNames: [(StaticString, WordElement)] = [
        ("body", .body), ("p", .paragraph), ("r", .run), ("t", .text), ("tab", .tab), ("tabs", .tabs),
        ("br", .lineBreak),
        ("cr", .carriageReturn), ("ptab", .positionedTab), ("noBreakHyphen", .noBreakHyphen),
        ("softHyphen", .softHyphen), ("sym", .symbol), ("delText", .deletedText), ("instrText", .instruction),
        ("delInstrText", .deletedInstruction), ("fldChar", .fieldCharacter), ("pPr", .paragraphProperties),
        ("rPr", .runProperties), ("pStyle", .paragraphStyle), ("outlineLvl", .outlineLevel), ("numPr", .numbering),
        ("numId", .numberingIdentifier), ("ilvl", .numberingLevel), ("rFonts", .runFonts), ("footnote", .note),
        ("endnote", .note), ("comment", .note), ("footnoteReference", .footnoteReference),
        ("endnoteReference", .endnoteReference), ("commentReference", .commentReference), ("framePr", .frame),
        ("ins", .inserted), ("del", .deleted),
        ("moveFrom", .movedFrom), ("moveTo", .movedTo), ("tbl", .table), ("tr", .row), ("tc", .cell),
        ("tblPr", .tableProperties), ("trPr", .rowProperties), ("tcPr", .cellProperties),
        ("gridSpan", .gridSpan), ("vMerge", .verticalMerge), ("vmerge", .verticalMerge), ("listPr", .numbering),
        ("gridBefore", .gridBefore), ("gridAfter", .gridAfter),
        ("tblHeader", .headerRow), ("cellIns", .insertedCell), ("cellDel", .deletedCell),
        ("pPrChange", .formerProperties), ("rPrChange", .formerProperties), ("tblPrChange", .formerProperties),
        ("tblPrExChange", .formerProperties), ("trPrChange", .formerProperties), ("tcPrChange", .formerProperties),
        ("tblGridChange", .formerProperties), ("sectPrChange", .formerProperties),
        ("numberingChange", .formerProperties), ("txbxContent", .textBox),
    ]

    static let mathematicsNames: [(StaticString, WordElement)] = [
        ("oMath", .formula), ("oMathPara", .formulaParagraph), ("r", .formulaRun), ("t", .formulaText),
        ("f", .fraction), ("num", .numerator), ("den", .denominator), ("sSup", .superscripted),
        ("sSub", .subscripted), ("sSubSup", .bothScripted), ("sPre", .preScripted), ("sup", .superscript),
        ("sub", .subscript), ("e", .argument), ("nary", .nary), ("rad", .radical), ("deg", .degree),
        ("d", .delimited), ("acc", .accent), ("bar", .bar), ("groupChr", .groupCharacter),
        ("borderBox", .borderBox), ("phant", .phantom), ("func", .function), ("fName", .functionName),
        ("limLow", .lowerLimit), ("limUpp", .upperLimit), ("lim", .limit), ("m", .matrix), ("mr", .matrixRow),
        ("eqArr", .equationArray), ("chr", .character), ("begChr", .beginCharacter), ("endChr", .endCharacter),
        ("sepChr", .separatorCharacter), ("pos", .position), ("show", .shown), ("aln", .alignmentMark),
        ("nor", .normalText), ("sty", .letterStyle), ("scr", .letterScript), ("type", .fractionType),
    ]

    static let compatibilityNames: [(StaticString, WordElement)] = [
        ("AlternateContent", .alternateContent), ("Choice", .choice), ("Fallback", .fallback),
    ]

    static let annotationNames: [(StaticString, WordElement)] = [("annotation", .annotation)]
    static let auxiliaryNames: [(StaticString, WordElement)] = [("t", .listText)]
    static let officeNames: [(StaticString, WordElement)] = [("OLEObject", .embeddedObject)]

    static let packageNames: [(StaticString, WordElement)] = [("part", .packagePart)]

    /// Whether the element is a structure, an argument or a run of a formula.
    var isPartOfFormula: Bool {
        rawValue >= WordElement.formulaRun.rawValue && rawValue <= WordElement.equationArray.rawValue
    }

    /// Whether character data inside is text of the document in the sense of the ledger.
    var holdsText: Bool {
        switch self {
        case .text, .deletedText, .instruction, .deletedInstruction, .formulaText: true
        default: false
        }
    }
}
