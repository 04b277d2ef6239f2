/// A strict parser of the LaTeX that formulas may be written in: every command known and with its arguments in braces, scripts on
/// something and only once, `&` and `\\` inside environments only, delimiters and environments closed.
struct LaTeXSyntax {
    /// What is wrong, nil where nothing is.
    static func fault(in text: String) -> String? {
        var parser = LaTeXSyntax(text)
        do {
            try parser.items(until: .end)
            return nil
        } catch let fault as Fault {
            return fault.what
        } catch {
            return "\(error)"
        }
    }

    private struct Fault: Error { let what: String }

    private enum Stop: Equatable { case end, brace, bracket, right, environment }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private func fail(_ what: String) -> Fault {
        Fault(what: "\(what) at \(index): …" + String(String.UnicodeScalarView(scalars[max(0, index - 20)..<index])))
    }

    /// The next token: a command with its backslash, or one scalar; nil at the end.
    private mutating func next() -> String? {
        guard index < scalars.count else { return nil }
        let first = scalars[index]
        index += 1
        if first != "\\" { return String(Character(first)) }
        var name = "\\"
        while index < scalars.count, scalars[index].isASCII, scalars[index].properties.isAlphabetic {
            name.unicodeScalars.append(scalars[index])
            index += 1
        }
        if name == "\\", index < scalars.count {
            name.unicodeScalars.append(scalars[index])
            index += 1
        }
        return name
    }

    private mutating func group() throws {
        guard next() == "{" else { throw fail("expected {") }
        try items(until: .brace)
    }

    private mutating func name() throws -> String {
        guard next() == "{" else { throw fail("expected {name}") }
        var name = ""
        while let token = next(), token != "}" { name += token }
        return name
    }

    private mutating func textGroup() throws {
        guard next() == "{" else { throw fail("expected {text}") }
        while let token = next() {
            switch token {
            case "}": return
            case "\\textbackslash", "\\textasciicircum", "\\textasciitilde", "\\textbar":
                guard next() == "{", next() == "}" else { throw fail("expected {}") }
            case "\\#", "\\$", "\\%", "\\&", "\\_", "\\{", "\\}": break
            case "#", "$", "%", "&", "_", "{", "^", "~": throw fail("bare \(token) in text")
            default: if token.hasPrefix("\\") { throw fail("\(token) in text") }
            }
        }
        throw fail("text without an end")
    }

    private mutating func delimiter() throws {
        while index < scalars.count, scalars[index] == " " { index += 1 }
        guard let token = next(), LaTeXSyntax.delimiters.contains(token) else { throw fail("no delimiter") }
    }

    private mutating func items(until stop: Stop) throws {
        var hasNucleus = false
        var hasSub = false
        var hasSuper = false
        while let token = next() {
            switch token {
            case " ": continue
            case "_", "^":
                if !hasNucleus { throw fail("script on nothing") }
                if token == "_" ? hasSub : hasSuper { throw fail("double script") }
                if token == "_" { hasSub = true } else { hasSuper = true }
                try group()
                continue
            case "'":
                if hasSuper { throw fail("prime after a superscript") }
                if !hasNucleus { hasNucleus = true }
                continue
            case "}":
                if stop != .brace { throw fail("} without {") }
                return
            case "]" where stop == .bracket: return
            case "{": try items(until: .brace)
            case "&", "\\\\":
                if stop != .environment { throw fail("\(token) outside an environment") }
                (hasNucleus, hasSub, hasSuper) = (false, false, false)
                continue
            case "\\right":
                if stop != .right { throw fail("\\right without \\left") }
                return try delimiter()
            case "\\left":
                try delimiter()
                try items(until: .right)
            case "\\end":
                if stop != .environment { throw fail("\\end without \\begin") }
                return
            case "\\begin":
                let environment = try name()
                if !LaTeXSyntax.environments.contains(environment) { throw fail("environment \(environment)") }
                try items(until: .environment)
                if try name() != environment { throw fail("end of another environment") }
            case "\\text": try textGroup()
            case "\\sqrt":
                if index < scalars.count, scalars[index] == "[" {
                    index += 1
                    try items(until: .bracket)
                }
                try group()
            case "\\genfrac":
                guard try [name(), name(), name()] == ["", "", "0pt"] else { throw fail("\\genfrac") }
                guard next() == "{", next() == "}" else { throw fail("\\genfrac") }
                try group()
                try group()
            case "#", "$", "%", "~", "\"": if token != "\"" { throw fail("bare \(token)") }
            default:
                if token.hasPrefix("\\") { try command(token) }
            }
            (hasNucleus, hasSub, hasSuper) = (true, false, false)
        }
        if stop != .end { throw fail("\(stop) is missing") }
    }

    private mutating func command(_ token: String) throws {
        if let count = LaTeXSyntax.arguments[token] {
            for _ in 0..<count { try group() }
        } else if !LaTeXSyntax.symbols.contains(token) {
            throw fail("unknown command \(token)")
        } else if token.count > 2, index < scalars.count, scalars[index].isASCII, scalars[index].properties.isAlphabetic
        {
            throw fail("command runs on")
        }
    }

    private static let environments: Set<String> = [
        "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "aligned", "cases",
    ]

    private static let delimiters: Set<String> = [
        "(", ")", "[", "]", "/", "|", ".", "\\{", "\\}", "\\backslash", "\\langle", "\\rangle", "\\lceil", "\\rceil",
        "\\lfloor", "\\rfloor", "\\Vert", "\\vert", "\\parallel", "\\uparrow", "\\downarrow", "\\llbracket",
        "\\rrbracket",
    ]

    private static let arguments: [String: Int] = [
        "\\frac": 2, "\\overset": 2, "\\underset": 2, "\\operatorname": 1, "\\mathrm": 1, "\\mathbf": 1,
        "\\boldsymbol": 1,
        "\\mathcal": 1, "\\mathfrak": 1, "\\mathbb": 1, "\\mathsf": 1, "\\mathtt": 1, "\\hat": 1, "\\tilde": 1,
        "\\bar": 1,
        "\\overline": 1, "\\underline": 1, "\\vec": 1, "\\dot": 1, "\\ddot": 1, "\\dddot": 1, "\\ddddot": 1,
        "\\check": 1,
        "\\breve": 1, "\\acute": 1, "\\grave": 1, "\\mathring": 1, "\\overleftarrow": 1, "\\overleftrightarrow": 1,
        "\\overbrace": 1, "\\underbrace": 1, "\\boxed": 1, "\\phantom": 1,
    ]

    private static let symbols: Set<String> = Set(
        """
        alpha beta gamma delta varepsilon epsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho \
        varrho sigma varsigma tau upsilon varphi phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega \
        leq geq neq approx cong simeq equiv sim propto ll gg in notin ni subset supset subseteq supseteq nsubset subsetneq prec \
        succ preceq succeq perp parallel mid vdash models triangleq doteq leqq geqq leqslant geqslant nless ngtr nleq ngeq \
        lesssim gtrsim nmid nparallel asymp bowtie sqsubset sqsupset sqsubseteq sqsupseteq times cdot div pm mp circ bullet star \
        oplus otimes ominus oslash odot cup cap wedge vee neg setminus uplus sqcap sqcup sum prod coprod int iint iiint oint \
        bigcup bigcap bigwedge bigvee bigoplus bigotimes bigodot biguplus bigsqcup surd partial nabla forall exists nexists \
        emptyset infty angle therefore because triangle triangledown square lozenge diamond dagger ddagger leftarrow rightarrow \
        leftrightarrow uparrow downarrow updownarrow Leftarrow Rightarrow Leftrightarrow Uparrow Downarrow longleftarrow \
        longrightarrow longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow mapsto longmapsto hookrightarrow \
        hookleftarrow nearrow searrow swarrow nwarrow rightharpoonup leftharpoonup rightleftharpoons nrightarrow ldots cdots \
        vdots ddots lceil rceil lfloor rfloor langle rangle Vert vert llbracket rrbracket ell hbar Re Im wp aleph imath jmath \
        degree backslash prime quad arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf \
        limsup ln log max min Pr sec sin sinh sup tan tanh
        """.split(separator: " ").map { "\\" + $0 } + [
            "\\ ", "\\,", "\\:", "\\;", "\\#", "\\$", "\\%", "\\&", "\\_", "\\{", "\\}",
        ])
}
