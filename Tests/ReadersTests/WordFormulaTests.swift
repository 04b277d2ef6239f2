import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// Office mathematics as LaTeX.
@Suite struct WordFormulaTests {
    private func read(_ body: String) -> String {
        let result = ReaderFixture.readBody(body)
        #expect(result.failure == nil, "\(result.failureText)")
        for document in result.documents { #expect(document.ledger.isClosed, "\(document.ledger)") }
        return result.text
    }

    /// The LaTeX of one formula, without its dollar signs; it must be sound.
    private func formula(_ inner: String) -> String {
        let text = read("<w:p><m:oMath>\(inner)</m:oMath></w:p>")
        let latex = text.hasPrefix("$") && text.hasSuffix("$") ? String(text.dropFirst().dropLast()) : text
        #expect(LaTeXSyntax.fault(in: latex) == nil, "\(latex)")
        return latex
    }

    private func run(_ text: String, _ properties: String = "") -> String {
        "<m:r><m:rPr>\(properties)</m:rPr><m:t xml:space=\"preserve\">\(text)</m:t></m:r>"
    }

    private func e(_ inner: String) -> String { "<m:e>\(inner)</m:e>" }
    private func sub(_ inner: String) -> String { "<m:sub>\(inner)</m:sub>" }
    private func sup(_ inner: String) -> String { "<m:sup>\(inner)</m:sup>" }
    private func value(_ name: String, _ value: String) -> String { "<m:\(name) m:val=\"\(value)\"/>" }

    @Test func scriptsAndWhatTheyHangOn() {
        #expect(formula("<m:sSub>\(e(run("x")))\(sub(run("i")))</m:sSub>") == "x_{i}")
        #expect(formula("<m:sSup>\(e(run("ab")))\(sup(run("2")))</m:sSup>") == "{ab}^{2}")
        #expect(formula("<m:sSubSup>\(e(run("N")))\(sub(run("ab")))\(sup(run("μ")))</m:sSubSup>") == "N_{ab}^{\\mu}")
        // An empty script is no script, an empty base is an empty group.
        #expect(formula("<m:sSubSup>\(e(run("N")))\(sub(""))\(sup(run("2")))</m:sSubSup>") == "N^{2}")
        #expect(formula("<m:sSup>\(e(""))\(sup(run("2")))</m:sSup>") == "{}^{2}")
        let inner = "<m:sSub>\(e(run("x")))\(sub(run("i")))</m:sSub>"
        #expect(formula("<m:sSub>\(e(inner))\(sub(run("j")))</m:sSub>") == "{x_{i}}_{j}")
        #expect(formula("<m:sPre>\(sub(run("1")))\(sup(run("2")))\(e(run("X")))</m:sPre>") == "{}_{1}^{2}X")
        #expect(formula("<m:sSup>\(e(run("x")))\(sup(run("2")))</m:sSup>" + run("'")) == "x^{2}{}'")
    }

    @Test func fractionsRootsAndBoxes() {
        func fraction(_ type: String) -> String {
            "<m:f><m:fPr>\(type.isEmpty ? "" : value("type", type))</m:fPr><m:num>\(run("a"))</m:num><m:den>\(run("b"))</m:den></m:f>"
        }
        #expect(formula(fraction("")) == "\\frac{a}{b}")
        #expect(formula(fraction("lin")) == "a/b")
        #expect(formula(fraction("skw")) == "a/b")
        #expect(formula(fraction("noBar")) == "\\genfrac{}{}{0pt}{}{a}{b}")
        #expect(
            formula("<m:rad><m:radPr>\(value("degHide", "1"))</m:radPr><m:deg/>\(e(run("y")))</m:rad>") == "\\sqrt{y}")
        #expect(formula("<m:rad><m:deg>\(run("3"))</m:deg>\(e(run("y")))</m:rad>") == "\\sqrt[3]{y}")
        #expect(formula("<m:borderBox>\(e(run("y")))</m:borderBox>") == "\\boxed{y}")
        #expect(formula("<m:box>\(e(run("y")))</m:box>") == "y")
        #expect(
            formula("<m:phant><m:phantPr>\(value("show", "0"))</m:phantPr>\(e(run("y")))</m:phant>") == "\\phantom{y}")
        #expect(formula("<m:phant>\(e(run("y")))</m:phant>") == "{y}")
    }

    @Test func operatorsFunctionsAndLimits() {
        func nary(_ character: String?, _ sub: String, _ sup: String) -> String {
            "<m:nary><m:naryPr>\(character.map { value("chr", $0) } ?? "")</m:naryPr>\(self.sub(sub))\(self.sup(sup))\(e(run("x")))</m:nary>"
        }
        #expect(formula(nary("∑", run("i=0"), run("n"))) == "\\sum_{i=0}^{n} x")
        #expect(formula(nary(nil, "", "")) == "\\int x")
        #expect(formula(nary("⋃", run("i"), "")) == "\\bigcup_{i} x")
        let function = "<m:func><m:fName>\(run("log", value("sty", "p")))</m:fName>\(e(run("x")))</m:func>"
        #expect(formula(function) == "\\log x")
        #expect(formula(function.replacing("log", with: "median")) == "\\operatorname{median} x")
        let limit = "<m:limLow>\(e(run("max", value("sty", "p"))))<m:lim>\(run("k"))</m:lim></m:limLow>"
        #expect(formula("<m:func><m:fName>\(limit)</m:fName>\(e(run("x")))</m:func>") == "\\max_{k} x")
        #expect(formula("<m:limUpp>\(e(run("a")))<m:lim>\(run("b"))</m:lim></m:limUpp>") == "\\overset{b}{a}")
        let brace =
            "<m:groupChr><m:groupChrPr>\(value("chr", "⏞"))\(value("pos", "top"))</m:groupChrPr>\(e(run("a+b")))</m:groupChr>"
        #expect(formula("<m:limUpp>\(e(brace))<m:lim>\(run("n"))</m:lim></m:limUpp>") == "\\overbrace{a+b}^{n}")
        #expect(
            formula("<m:groupChr><m:groupChrPr>\(value("chr", "→"))</m:groupChrPr>\(e(run("a")))</m:groupChr>")
                == "\\underset{\\rightarrow}{a}")
    }

    @Test func delimitersMatricesAndArrays() {
        func brackets(_ properties: String, _ inner: String) -> String {
            "<m:d><m:dPr>\(properties)</m:dPr>\(inner)</m:d>"
        }
        #expect(formula(brackets("", e(run("p")) + e(run("q")))) == "(p|q)")
        #expect(formula(brackets(value("begChr", "⌊") + value("endChr", "⌋"), e(run("p")))) == "\\lfloor p\\rfloor")
        let fraction = "<m:f><m:num>\(run("a"))</m:num><m:den>\(run("b"))</m:den></m:f>"
        #expect(
            formula(brackets(value("begChr", "{") + value("endChr", ""), e(fraction)))
                == "\\left\\{\\frac{a}{b}\\right.")
        #expect(formula(brackets(value("sepChr", ","), e(fraction) + e(run("c")))) == "\\left(\\frac{a}{b},c\\right)")
        let row = "<m:mr>\(e(run("1")))\(e(run("2")))</m:mr>"
        #expect(formula("<m:m>\(row)\(row)</m:m>") == "\\begin{matrix} 1 & 2 \\\\ 1 & 2 \\end{matrix}")
        #expect(
            formula(brackets(value("begChr", "[") + value("endChr", "]"), e("<m:m>\(row)</m:m>")))
                == "\\begin{bmatrix} 1 & 2 \\end{bmatrix}")
        let array = "<m:eqArr>\(e(run("a&amp;=b")))\(e(run("c") + run("=d", "<m:aln/>")))</m:eqArr>"
        #expect(formula(array) == "\\begin{aligned} a&=b \\\\ c&=d \\end{aligned}")
        #expect(
            formula(brackets(value("begChr", "{") + value("endChr", ""), e(array)))
                == "\\begin{cases} a&=b \\\\ c&=d \\end{cases}")
        #expect(formula(run("R&amp;D")) == "R\\&D")
    }

    @Test func accentsAndBars() {
        func accent(_ character: String?) -> String {
            "<m:acc><m:accPr>\(character.map { value("chr", $0) } ?? "")</m:accPr>\(e(run("x")))</m:acc>"
        }
        #expect(formula(accent(nil)) == "\\hat{x}")
        #expect(formula(accent("\u{303}")) == "\\tilde{x}")
        #expect(formula(accent("\u{305}")) == "\\overline{x}")
        #expect(formula(accent("\u{20D7}")) == "\\vec{x}")
        #expect(formula(accent("⌣")) == "\\overset{⌣}{x}")
        #expect(formula("<m:bar><m:barPr>\(value("pos", "top"))</m:barPr>\(e(run("x")))</m:bar>") == "\\overline{x}")
        #expect(formula("<m:bar>\(e(run("x")))</m:bar>") == "\\underline{x}")
        #expect(formula(run("ax\u{304}b")) == "a\\bar{x}b")
    }

    @Test func runsAndTheirLook() {
        #expect(formula(run("RB", value("sty", "p"))) == "\\mathrm{RB}")
        #expect(formula(run("R") + run("B")) == "RB")
        #expect(formula(run("x", value("sty", "b")) + run("y", value("sty", "bi"))) == "\\mathbf{x}\\boldsymbol{y}")
        #expect(formula(run("if x_1 ≤ 2%", "<m:nor/>")) == "\\text{if x\\_1 }\\leq 2\\%")
        #expect(
            formula(run("P", value("scr", "script")) + run("R", value("scr", "double-struck")))
                == "\\mathcal{P}\\mathbb{R}")
        #expect(formula(run("αx≤∞·n")) == "\\alpha x\\leq\\infty\\cdot n")
        #expect(formula(run("𝑁𝐱𝜇")) == "N\\mathbf{x}\\mu")
        #expect(formula(run("a mod b, c")) == "a\\ mod\\ b, c")
        #expect(formula(run("速度v")) == "\\text{速度}v")
        #expect(formula(run("a\u{2061}b\u{2212}c")) == "ab-c")
        #expect(formula(run("#$%&amp;_{}~^\\")) == "\\#\\$\\%\\&\\_\\{\\}\\sim\\wedge\\backslash")
        #expect(formula(run("x'", "")) == "x'")
    }

    @Test func formulasStandInText() {
        let one = "<m:oMath>\(run("a"))</m:oMath>"
        #expect(read("<w:p><w:r><w:t xml:space=\"preserve\">with </w:t></w:r>\(one)\(one)</w:p>") == "with $a$ $a$")
        #expect(read("<w:p><m:oMathPara>\(one)\(one)</m:oMathPara></w:p>") == "$$a$$\n$$a$$")
        #expect(ReaderFixture.readBody("<w:p>\(one)</w:p>").documents[0].spans.map(\.kind) == [.equation])
        #expect(read("<w:p><m:oMath/></w:p>" + ReaderFixture.paragraph("x")) == "x")
        #expect(read("<w:p><m:oMath>\(run(" a "))</m:oMath></w:p>") == "$a$")
        let bar =
            "<m:oMath><m:d><m:dPr>\(value("begChr", "|"))\(value("endChr", "|"))</m:dPr>\(e(run("a|b")))</m:d></m:oMath>"
        #expect(read("<w:p>\(bar)</w:p>") == "$|a|b|$")
        let cell = "<w:tbl><w:tr><w:tc><w:p>\(bar)</w:p></w:tc></w:tr></w:tbl>"
        #expect(read(cell).contains("| $\\vert a\\vert b\\vert$ |"))
    }

    @Test func changesSymbolsAndTabsInside() {
        let inserted = "<m:oMath><w:ins>\(run("a"))</w:ins><w:del>\(run("b"))</w:del></m:oMath>"
        #expect(read("<w:p>\(inserted)</w:p>") == "$a$")
        let word = "<m:r><w:t>x</w:t><w:sym w:font=\"Symbol\" w:char=\"F0A3\"/><w:tab/><w:t>y</w:t></m:r>"
        #expect(formula(word) == "x\\leq y")
        let boxed = "<m:r><w:txbxContent>\(ReaderFixture.paragraph("in"))</w:txbxContent></m:r>"
        #expect(read("<w:p><m:oMath>\(run("a"))\(boxed)\(run("b"))</m:oMath></w:p>") == "$ab$\n\nin")
    }

    @Test func damageLosesNothing() {
        #expect(formula("<m:f>\(run("x"))<m:den>\(run("b"))</m:den></m:f>") == "\\frac{}{b}x")
        #expect(formula("<m:sSub>\(e(run("x")))\(sub(run("i")))\(sub(run("j")))</m:sSub>") == "x_{i}j")
        #expect(formula("<m:t>loose</m:t>") == "loose")
        #expect(
            read("<w:p><m:oMath>\(run("a"))\(ReaderFixture.paragraph("p"))\(run("b"))</m:oMath></w:p>")
                == "$a$\n\n$p$\n\n$b$")
        let deep =
            String(repeating: "<m:rad><m:e>", count: 200) + run("x") + String(repeating: "</m:e></m:rad>", count: 200)
        #expect(formula(deep).hasSuffix("x" + String(repeating: "}", count: 200)))
        #expect(formula("<m:mr>\(e(run("a")))</m:mr><m:num>\(run("b"))</m:num>") == "ab")
        #expect(formula("<m:acc><m:accPr><m:chr/></m:accPr>\(e(run("x")))</m:acc>") == "{x}")
    }

    @Test func hugeFormulasAreBounded() {
        let long = String(repeating: "x", count: 300_000)
        #expect(formula(run(long, "<m:nor/>")).utf8.count == 300_000 + 7)
        let wide = "<w:p><m:oMath>" + String(repeating: "<m:e/>", count: 200_001) + "</m:oMath></w:p>"
        #expect(ReaderFixture.readBody(wide).rule == "too-large")
        let blank =
            String(repeating: "<m:sSub><m:e/><m:sub>", count: 120) + String(repeating: "</m:sub></m:sSub>", count: 120)
        #expect(read("<w:p><m:oMath>\(blank)</m:oMath></w:p>" + ReaderFixture.paragraph("x")) == "x")
    }

    @Test func theParserIsStrict() {
        for bad in [
            "a_{b", "a}", "a_{b}_{c}", "_{a}", "a^{b}'", "\\frac{a}", "\\nosuch", "a&b", "\\left(a", "\\begin{matrix}a",
            "\\begin{matrix}{&}\\end{matrix}", "a%", "\\text{a", "a$b", "\\alphax", "x_i", "\\end{matrix}",
        ] {
            #expect(LaTeXSyntax.fault(in: bad) != nil, "\(bad)")
        }
    }

    /// Every formula of the real files is LaTeX that the strict parser accepts.
    @Test(.enabled(if: TestData.isPresent)) func realFormulasAreSound() throws {
        var formulas = 0
        var faults: [String] = []
        for folder in ["3gpp-docx", "3gpp-tdocs", "torture-docx/pandoc", "torture-docx/poi"] {
            let root = TestData.path(folder)
            for name in try Folder.filesBelow(root) where name.lowercased().hasSuffix(".docx") {
                guard let document = try? RealPackage.part("word/document.xml", of: root + "/" + name) else { continue }
                var body = ""
                for formula in RealPackage.elements("<m:oMath>", "</m:oMath>", in: document) {
                    body += "<w:p>\(String(decoding: formula, as: UTF8.self))</w:p>"
                }
                if body.isEmpty { continue }
                let read = ReaderFixture.readBody(body).documents
                #expect(read.allSatisfy { $0.ledger.isClosed }, "\(name)")
                for document in read {
                    for span in document.spans where span.kind == .equation {
                        formulas += 1
                        let text = String(decoding: document.text[span.start..<span.end], as: UTF8.self)
                        if let fault = LaTeXSyntax.fault(in: String(text.dropFirst().dropLast())) {
                            faults.append("\(name) \(text): \(fault)")
                        }
                    }
                }
            }
        }
        #expect(formulas > 12_000)
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(10))")
    }
}
