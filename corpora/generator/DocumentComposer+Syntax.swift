import Parallel

extension DocumentComposer {
    /// A piece of ASN.1: constants, sequences, choices and enumerations, then what the fields mean.
    mutating func syntax(_ writer: inout DialectWriter) {
        paragraph(sentences: 1, &writer)
        for _ in 0..<about(1) { constant(&writer) }
        for _ in 0..<about(3) {
            blankLine(&writer)
            switch random.nextInt(below: 5) {
            case 0: enumeration(&writer)
            case 1: collection("CHOICE {", &writer)
            default: collection("SEQUENCE {", &writer)
            }
        }
        paragraph(sentences: about(1), &writer)
    }

    private mutating func blankLine(_ writer: inout DialectWriter) {
        writer.block(.code)
    }

    private mutating func constant(_ writer: inout DialectWriter) {
        writer.piece.append("max")
        writer.piece.append(words.nouns.pick(&random), .title)
        writer.piece.append(words.nouns.pick(&random), .title)
        pad(to: 32, &writer)
        writer.piece.append("INTEGER ::= ")
        writer.piece.append(number: 1 << random.nextInt(below: 12))
        writer.piece.append(" -- ")
        writer.piece.append(words.adjectives.pick(&random))
        writer.piece.append(0x20)
        writer.piece.append(words.nouns.pick(&random))
        writer.block(.code)
    }

    private mutating func pad(to column: Int, _ writer: inout DialectWriter) {
        writer.piece.append(spaces: max(1, column - writer.piece.count))
    }

    private mutating func enumeration(_ writer: inout DialectWriter) {
        writer.piece.append(lexicon.types.pick(&random))
        writer.piece.append(" ::= ENUMERATED {")
        writer.block(.code)
        writer.piece.append("    ")
        for index in 0..<about(3) {
            if index > 0 { writer.piece.append(", ") }
            writer.piece.append(words.nouns.pick(&random))
            if chance(3) { writer.piece.append(number: random.nextInt(below: 100)) }
        }
        writer.piece.append(", ...")
        writer.block(.code)
        writer.piece.append("}")
        writer.block(.code)
    }

    private mutating func collection(_ opening: StaticString, _ writer: inout DialectWriter) {
        writer.piece.append(lexicon.types.pick(&random))
        writer.piece.append(" ::= ")
        writer.piece.append(opening)
        writer.block(.code)
        for _ in 0..<about(3) {
            writer.piece.append("    ")
            writer.piece.append(lexicon.fields.pick(&random))
            pad(to: 36, &writer)
            type(&writer)
            if chance(2) {
                pad(to: 76, &writer)
                writer.piece.append(chance(4) ? "DEFAULT 0," : "OPTIONAL,")
                if chance(2) { writer.piece.append(chance(2) ? " -- Need M" : " -- Cond ") }
                if chance(6) { writer.piece.append(words.nouns.pick(&random), .title) }
            } else {
                writer.piece.append(",")
            }
            writer.block(.code)
        }
        writer.piece.append("    ...")
        writer.block(.code)
        writer.piece.append("}")
        writer.block(.code)
    }

    private mutating func type(_ writer: inout DialectWriter) {
        switch random.nextInt(below: 8) {
        case 0, 1:
            writer.piece.append("INTEGER (0..")
            writer.piece.append(number: (1 << (1 + random.nextInt(below: 16))) - 1)
            writer.piece.append(")")
        case 2: writer.piece.append("BOOLEAN")
        case 3:
            writer.piece.append("BIT STRING (SIZE (")
            writer.piece.append(number: 1 + random.nextInt(below: 64))
            writer.piece.append("))")
        case 4:
            writer.piece.append("OCTET STRING (SIZE (1..")
            writer.piece.append(number: 2 + random.nextInt(below: 1000))
            writer.piece.append("))")
        case 5:
            writer.piece.append("SEQUENCE (SIZE (1..")
            writer.piece.append(number: 2 + random.nextInt(below: 64))
            writer.piece.append(")) OF ")
            writer.piece.append(lexicon.types.pick(&random))
        default: writer.piece.append(lexicon.types.pick(&random))
        }
    }
}
