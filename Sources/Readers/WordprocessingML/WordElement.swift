/// The elements that change what is read. All others are transparent: their content is read as if they were not there.
enum WordElement: UInt8 {
    case other
    // WordprocessingML
    case body, paragraph, run, text, tab, tabs, lineBreak, carriageReturn, positionedTab, noBreakHyphen, softHyphen
    case symbol, deletedText, instruction, deletedInstruction, fieldCharacter
    case paragraphProperties, runProperties, paragraphStyle, outlineLevel, numbering, numberingIdentifier, frame
    case inserted, deleted, movedFrom, movedTo
    case table, row, cell, tableProperties, rowProperties, cellProperties, gridColumn, gridSpan, verticalMerge
    case gridBefore, gridAfter, headerRow, insertedCell, deletedCell, formerProperties, textBox
    // Office mathematics
    case formula, formulaText, fraction, numerator, denominator, superscripted, subscripted, bothScripted, preScripted
    case superscript, `subscript`, argument, nary, naryProperties, character, radical, degree, delimited
    case delimitedProperties, beginCharacter, endCharacter, separatorCharacter, accent, accentProperties, bar
    case barProperties, position, function, functionName, lowerLimit, upperLimit, limit, matrix, matrixRow
    case equationArray
    // Markup compatibility and flat OPC
    case alternateContent, choice, fallback, packagePart

    static let mainNames: [(StaticString, WordElement)] = [
        ("body", .body), ("p", .paragraph), ("r", .run), ("t", .text), ("tab", .tab), ("tabs", .tabs),
        ("br", .lineBreak),
        ("cr", .carriageReturn), ("ptab", .positionedTab), ("noBreakHyphen", .noBreakHyphen),
        ("softHyphen", .softHyphen), ("sym", .symbol), ("delText", .deletedText), ("instrText", .instruction),
        ("delInstrText", .deletedInstruction), ("fldChar", .fieldCharacter), ("pPr", .paragraphProperties),
        ("rPr", .runProperties), ("pStyle", .paragraphStyle), ("outlineLvl", .outlineLevel), ("numPr", .numbering),
        ("numId", .numberingIdentifier), ("framePr", .frame), ("ins", .inserted), ("del", .deleted),
        ("moveFrom", .movedFrom), ("moveTo", .movedTo), ("tbl", .table), ("tr", .row), ("tc", .cell),
        ("tblPr", .tableProperties), ("trPr", .rowProperties), ("tcPr", .cellProperties), ("gridCol", .gridColumn),
        ("gridSpan", .gridSpan), ("vMerge", .verticalMerge), ("gridBefore", .gridBefore), ("gridAfter", .gridAfter),
        ("tblHeader", .headerRow), ("cellIns", .insertedCell), ("cellDel", .deletedCell),
        ("pPrChange", .formerProperties), ("rPrChange", .formerProperties), ("tblPrChange", .formerProperties),
        ("tblPrExChange", .formerProperties), ("trPrChange", .formerProperties), ("tcPrChange", .formerProperties),
        ("tblGridChange", .formerProperties), ("sectPrChange", .formerProperties),
        ("numberingChange", .formerProperties), ("txbxContent", .textBox),
    ]

    static let mathematicsNames: [(StaticString, WordElement)] = [
        ("oMath", .formula), ("t", .formulaText), ("f", .fraction), ("num", .numerator), ("den", .denominator),
        ("sSup", .superscripted), ("sSub", .subscripted), ("sSubSup", .bothScripted), ("sPre", .preScripted),
        ("sup", .superscript), ("sub", .subscript), ("e", .argument), ("nary", .nary), ("naryPr", .naryProperties),
        ("chr", .character), ("rad", .radical), ("deg", .degree), ("d", .delimited), ("dPr", .delimitedProperties),
        ("begChr", .beginCharacter), ("endChr", .endCharacter), ("sepChr", .separatorCharacter), ("acc", .accent),
        ("accPr", .accentProperties), ("bar", .bar), ("barPr", .barProperties), ("pos", .position), ("func", .function),
        ("fName", .functionName), ("limLow", .lowerLimit), ("limUpp", .upperLimit), ("lim", .limit), ("m", .matrix),
        ("mr", .matrixRow), ("eqArr", .equationArray),
    ]

    static let compatibilityNames: [(StaticString, WordElement)] = [
        ("AlternateContent", .alternateContent), ("Choice", .choice), ("Fallback", .fallback),
    ]

    static let packageNames: [(StaticString, WordElement)] = [("part", .packagePart)]

    /// Whether character data inside is text of the document in the sense of the ledger.
    var holdsText: Bool {
        switch self {
        case .text, .deletedText, .instruction, .deletedInstruction, .formulaText: true
        default: false
        }
    }
}
