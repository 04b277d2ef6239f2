/// What mathematical characters are called in LaTeX.
enum LaTeXSymbols {
    /// The command or characters for a scalar in mathematics; nil where it stands for itself.
    static func command(_ scalar: UInt32) -> String? { commands[scalar] }

    /// The accent that a combining or spacing character makes over its base; nil for all others.
    static func accent(_ scalar: UInt32) -> String? {
        switch scalar {
        case 0x300, 0x60: "\\grave"
        case 0x301, 0xB4: "\\acute"
        case 0x302, 0x5E, 0x2C6: "\\hat"
        case 0x303, 0x7E, 0x2DC: "\\tilde"
        case 0x304, 0xAF: "\\bar"
        case 0x305, 0x33F, 0x203E: "\\overline"
        case 0x306, 0x2D8: "\\breve"
        case 0x307, 0x2D9: "\\dot"
        case 0x308, 0xA8: "\\ddot"
        case 0x30A, 0x2DA: "\\mathring"
        case 0x30C, 0x2C7: "\\check"
        case 0x20D7, 0x20D1: "\\vec"
        case 0x20D6, 0x20D0: "\\overleftarrow"
        case 0x20DB: "\\dddot"
        case 0x20DC: "\\ddddot"
        case 0x20E1: "\\overleftrightarrow"
        case 0x332, 0x5F, 0x333: "\\underline"
        default: nil
        }
    }

    /// The operator with limits for a character of `m:nary`.
    static func largeOperator(_ scalar: UInt32) -> String? { largeOperators[scalar] }

    /// Whether LaTeX has an operator of this name.
    static func isFunction(_ name: String) -> Bool { functions.contains(name) }

    /// The delimiter for a character: itself or a command; nil where `\left` takes no such thing.
    static func delimiter(_ scalar: UInt32) -> String? {
        switch scalar {
        case 0x28, 0x29, 0x5B, 0x5D, 0x2F, 0x7C: Unicode.Scalar(scalar).map { String(Character($0)) }
        case 0x7B: "\\{"
        case 0x7D: "\\}"
        case 0x5C: "\\backslash"
        case 0x3C, 0x2329, 0x27E8, 0x3008: "\\langle"
        case 0x3E, 0x232A, 0x27E9, 0x3009: "\\rangle"
        case 0x2308, 0x2309, 0x230A, 0x230B, 0x2016, 0x2225, 0x27E6, 0x27E7, 0x2191, 0x2193: commands[scalar]
        case 0x2223: "|"
        default: nil
        }
    }

    private static let functions: Set<String> = [
        "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd",
        "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec", "sin", "sinh",
        "sup", "tan", "tanh",
    ]

    private static let largeOperators: [UInt32: String] = [
        0x2211: "\\sum", 0x220F: "\\prod", 0x2210: "\\coprod", 0x222B: "\\int", 0x222C: "\\iint", 0x222D: "\\iiint",
        0x222E: "\\oint", 0x22C3: "\\bigcup", 0x22C2: "\\bigcap", 0x22C0: "\\bigwedge", 0x22C1: "\\bigvee",
        0x2A01: "\\bigoplus", 0x2A02: "\\bigotimes", 0x2A00: "\\bigodot", 0x2A04: "\\biguplus", 0x2A06: "\\bigsqcup",
    ]

    private static let commands: [UInt32: String] = {
        var map: [UInt32: String] = [:]
        for table in [greek, relations, operators, arrows, others] {
            for entry in table.split(separator: " ") {
                let name = entry.unicodeScalars.dropFirst()
                map[entry.unicodeScalars[entry.unicodeScalars.startIndex].value] =
                    "\\" + String(String.UnicodeScalarView(name))
            }
        }
        for (scalar, text) in literal { map[scalar] = text }
        return map
    }()

    // Each entry is a character and the name of its command.
    private static let greek = """
        αalpha βbeta γgamma δdelta εvarepsilon ϵepsilon ζzeta ηeta θtheta ϑvartheta ιiota κkappa ϰvarkappa λlambda μmu µmu \
        νnu ξxi πpi ϖvarpi ρrho ϱvarrho σsigma ςvarsigma τtau υupsilon φvarphi ϕphi χchi ψpsi ωomega ΓGamma ΔDelta \
        ΘTheta ΛLambda ΞXi ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega ∆Delta ΩOmega
        """
    private static let relations = """
        ≤leq ≥geq ≠neq ≈approx ≅cong ≃simeq ≡equiv ∼sim ∝propto ≪ll ≫gg ∈in ∉notin ∋ni ⊂subset ⊃supset ⊆subseteq \
        ⊇supseteq ⊄nsubset ⊊subsetneq ≺prec ≻succ ⪯preceq ⪰succeq ⊥perp ∥parallel ∣mid ⊢vdash ⊨models ≜triangleq ≐doteq \
        ≦leqq ≧geqq ⩽leqslant ⩾geqslant ≮nless ≯ngtr ≰nleq ≱ngeq ≲lesssim ≳gtrsim ∤nmid ∦nparallel ≍asymp ⋈bowtie \
        ⊏sqsubset ⊐sqsupset ⊑sqsubseteq ⊒sqsupseteq
        """
    private static let operators = """
        ×times ⋅cdot ·cdot ÷div ±pm ∓mp ∘circ ∙bullet •bullet ⋆star ⊕oplus ⊗otimes ⊖ominus ⊘oslash ⊙odot ∪cup ∩cap ∧wedge \
        ∨vee ¬neg ∖setminus ⊎uplus ⊓sqcap ⊔sqcup ∑sum ∏prod ∐coprod ∫int ∬iint ∭iiint ∮oint ⋃bigcup ⋂bigcap ⋀bigwedge \
        ⋁bigvee ⨁bigoplus ⨂bigotimes √surd ∂partial ∇nabla ∀forall ∃exists ∄nexists ∅emptyset ∞infty ∠angle ∴therefore \
        ∵because △triangle ▽triangledown □square ◊lozenge ⋄diamond †dagger ‡ddagger
        """
    private static let arrows = """
        ←leftarrow →rightarrow ↔leftrightarrow ↑uparrow ↓downarrow ↕updownarrow ⇐Leftarrow ⇒Rightarrow ⇔Leftrightarrow \
        ⇑Uparrow ⇓Downarrow ⟵longleftarrow ⟶longrightarrow ⟷longleftrightarrow ⟸Longleftarrow ⟹Longrightarrow \
        ⟺Longleftrightarrow ↦mapsto ⟼longmapsto ↪hookrightarrow ↩hookleftarrow ↗nearrow ↘searrow ↙swarrow ↖nwarrow \
        ⇀rightharpoonup ↼leftharpoonup ⇌rightleftharpoons ↛nrightarrow
        """
    private static let others = """
        …ldots ⋯cdots ⋮vdots ⋱ddots ⌈lceil ⌉rceil ⌊lfloor ⌋rfloor ⟨langle ⟩rangle 〈langle 〉rangle 〈langle 〉rangle ‖Vert \
        ⟦llbracket ⟧rrbracket ℓell ℏhbar ℜRe ℑIm ℘wp ℵaleph ıimath ȷjmath °degree
        """
    /// Where the text is no command of one name, and where a character of the source is special to TeX.
    private static let literal: [(UInt32, String)] = [
        (0x2212, "-"), (0x2010, "-"), (0x2011, "-"), (0x2013, "-"), (0x2014, "-"), (0x2217, "*"), (0x2215, "/"),
        (0x2044, "/"),
        (0x2236, ":"), (0x2032, "'"), (0x2019, "'"), (0x2033, "''"), (0x2034, "'''"), (0x2016, "\\Vert"),
        (0x22C5, "\\cdot"),
        (0x23, "\\#"), (0x24, "\\$"), (0x25, "\\%"), (0x26, "\\&"), (0x5F, "\\_"), (0x7B, "\\{"), (0x7D, "\\}"),
        (0x5C, "\\backslash"), (0x5E, "\\wedge"), (0x7E, "\\sim"), (0x60, "'"),
        (0xA0, "\\ "), (0x2003, "\\quad"), (0x2002, "\\ "), (0x2004, "\\ "), (0x2005, "\\:"), (0x2006, "\\,"),
        (0x2007, "\\ "),
        (0x2009, "\\,"), (0x200A, "\\,"), (0x202F, "\\,"), (0x205F, "\\:"), (0x3000, "\\quad"),
        // Without a width and a sign of their own.
        (0x200B, ""), (0x2060, ""), (0x2061, ""), (0x2062, ""), (0x2063, ""), (0x2064, ""), (0xFEFF, ""), (0xAD, ""),
        (0x210E, "h"), (0x2102, "\\mathbb{C}"), (0x210D, "\\mathbb{H}"), (0x2115, "\\mathbb{N}"),
        (0x2119, "\\mathbb{P}"),
        (0x211A, "\\mathbb{Q}"), (0x211D, "\\mathbb{R}"), (0x2124, "\\mathbb{Z}"), (0x2112, "\\mathcal{L}"),
        (0x210B, "\\mathcal{H}"), (0x2110, "\\mathcal{I}"), (0x211B, "\\mathcal{R}"), (0x2130, "\\mathcal{E}"),
        (0x2131, "\\mathcal{F}"), (0x2133, "\\mathcal{M}"), (0x212C, "\\mathcal{B}"),
    ]

    /// Mathematical letters and digits of U+1D400 …: the plain scalar, and the command for its look (empty for plain italics).
    static func styledLetter(_ scalar: UInt32) -> (plain: UInt32, command: String)? {
        guard scalar >= 0x1D400, scalar <= 0x1D7FF else { return nil }
        if scalar <= 0x1D6A3 {
            let offset = scalar - 0x1D400
            let letter = offset % 52
            return (letter < 26 ? 0x41 + letter : 0x61 + letter - 26, letterCommands[Int(offset / 52)])
        }
        if scalar >= 0x1D7CE {
            let offset = scalar - 0x1D7CE
            return (0x30 + offset % 10, ["\\mathbf", "\\mathbb", "\\mathsf", "\\mathsf", "\\mathtt"][Int(offset / 10)])
        }
        if scalar < 0x1D6A8 { return scalar == 0x1D6A4 ? (0x131, "") : (0x237, "") }
        if scalar > 0x1D7CB { return nil }
        let offset = scalar - 0x1D6A8
        let letter = offset % 58
        let command = ["\\boldsymbol", "", "\\boldsymbol", "\\boldsymbol", "\\boldsymbol"][Int(offset / 58)]
        switch letter {
        case 17: return (0x3B8, command)
        case 25: return (0x2207, command)
        case 0..<25: return (0x391 + letter, command)
        case 26..<51: return (0x3B1 + letter - 26, command)
        default: return ([0x2202, 0x3F5, 0x3D1, 0x3F0, 0x3D5, 0x3F1, 0x3D6][Int(letter - 51)], command)
        }
    }

    private static let letterCommands = [
        "\\mathbf", "", "\\boldsymbol", "\\mathcal", "\\boldsymbol", "\\mathfrak", "\\mathbb", "\\mathfrak", "\\mathsf",
        "\\mathsf", "\\mathsf", "\\mathsf", "\\mathtt",
    ]
}
