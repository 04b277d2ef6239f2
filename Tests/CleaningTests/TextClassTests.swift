import Documents
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Cleaning

/// The program that trains the models of these tests.
private enum FastTextProgram {
    static let isInstalled = ExternalProgram.run(["fasttext", "help"]).status >= 0
}

/// Scores of fastText models beside those of the `fasttext` program, which also trains the models here.
@Suite(.enabled(if: FastTextProgram.isInstalled)) struct TextClassTests {
    let folder = TemporaryFolder()

    private static let goodWords = "network message timer session request answer procedure signal entity function"
        .split(
            separator: " ")
    private static let badWords = "cheap buy click winner casino free offer lucky bonus deal".split(separator: " ")

    private static func line(_ good: Bool, _ random: inout SeededRandom) -> String {
        let words = good ? goodWords : badWords
        var line: [Substring] = []
        for _ in 0..<12 {
            line.append(
                random.nextInt(below: 5) == 0
                    ? (good ? badWords : goodWords)[random.nextInt(below: 10)] : words[random.nextInt(below: 10)])
        }
        return line.joined(separator: " ")
    }

    /// Trains a model and returns its path.
    private func model(_ name: String = "m", _ arguments: [String] = [], suffix: String = ".bin") -> String {
        var random = SeededRandom(seed: 4)
        var lines = ""
        for index in 0..<400 {
            let good = index % 2 == 0
            lines += "__label__\(good ? "good" : "bad") " + TextClassTests.line(good, &random) + "\n"
        }
        folder.write(lines, to: "\(name).txt")
        let outcome = ExternalProgram.run(
            [
                "fasttext", "supervised", "-input", folder("\(name).txt"), "-output", folder(name), "-dim", "8",
                "-epoch",
                "5", "-thread", "1", "-bucket", "500", "-verbose", "0",
            ] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return folder(name) + suffix
    }

    private static func options(_ label: String = "__label__good", _ more: [String: JSONValue] = [:]) throws
        -> TextClassOptions
    {
        var members: [String: JSONValue] = [
            "name": .string("quality"), "model": .string("m.bin"), "label": .string(label), "min": .double(0.5),
        ]
        members.merge(more) { $1 }
        return try TextClassOptions(recipe: .object(members))
    }

    private static func document(_ text: String) -> Document {
        Document(id: "1", source: "s", text: Array(text.utf8))
    }

    @Test(arguments: [
        [], ["-wordNgrams", "2"], ["-minn", "2", "-maxn", "4"], ["-loss", "hs"], ["-loss", "ova"], ["-loss", "ns"],
    ])
    func scoresAreThoseOfTheProgram(_ arguments: [String]) throws {
        let path = model("m", arguments)
        let classifier = try TextClassifier(TextClassTests.options(), path: path)
        var random = SeededRandom(seed: 9)
        var lines = (0..<60).map { TextClassTests.line($0 % 3 != 0, &random) }
        lines += ["", "unknown", "Network, message!", "été 中文 \u{1F600}", "__label__good network", "a\tb  c "]
        folder.write(lines.joined(separator: "\n") + "\n", to: "lines")
        let outcome = ExternalProgram.run(["fasttext", "predict-prob", path, folder("lines"), "-1"])
        #expect(outcome.status == 0)
        let printed = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        for (line, found) in zip(lines, printed) {
            let words = found.split(separator: " ")
            let place = words.firstIndex(of: "__label__good")
            let expected = place.flatMap { Double(words[$0 + 1]) }
            let score = classifier.score(TextClassTests.document(line))
            if let expected, let score {
                // The program prints six digits.
                #expect(abs(Double(score) / 1e6 - min(1, expected)) < 1.1e-6, "\(line)")
            } else {
                #expect((expected == nil) == (score == nil), "\(line): \(found)")
            }
        }
    }

    @Test func quantizedModelsAreTakenToo() throws {
        let path = model("m", ["-minn", "2", "-maxn", "3"])
        let small = String(path.dropLast(4)) + ".ftz"
        var random = SeededRandom(seed: 5)
        for arguments in [
            ["-dsub", "2"], ["-qnorm", "-dsub", "3"], ["-qnorm", "-cutoff", "300", "-retrain", "-dsub", "2"],
        ] {
            let outcome = ExternalProgram.run(
                ["fasttext", "quantize", "-input", folder("m.txt"), "-output", folder("m"), "-thread", "1"] + arguments)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let classifier = try TextClassifier(TextClassTests.options(), path: small)
            let lines = ["network message timer session request", "cheap casino winner click bonus", "unseen"]
            folder.write(lines.joined(separator: "\n") + "\n", to: "lines")
            let printed = ExternalProgram.run(["fasttext", "predict-prob", small, folder("lines"), "-1"]).output
            for (line, found) in zip(lines, printed.split(separator: "\n")) {
                let words = found.split(separator: " ")
                let place = try #require(words.firstIndex(of: "__label__good"))
                let expected = try #require(Double(words[place + 1]))
                let score = try #require(classifier.score(TextClassTests.document(line)))
                #expect(abs(Double(score) / 1e6 - min(1, expected)) < 1.1e-6)
            }
            let whole = try ByteStream.open(small).readAll(limit: 1 << 24)
            for _ in 0..<40 {
                folder.write(Array(whole[..<random.nextInt(below: whole.count)]), to: "cut.ftz")
                #expect(throws: CleaningFailure.self) {
                    try TextClassifier(TextClassTests.options(), path: folder("cut.ftz"))
                }
            }
            for _ in 0..<100 {
                var bytes = whole
                bytes[random.nextInt(below: bytes.count)] = UInt8(random.nextInt(below: 256))
                folder.write(bytes, to: "changed.ftz")
                if let changed = try? TextClassifier(TextClassTests.options(), path: folder("changed.ftz")) {
                    if let score = changed.score(TextClassTests.document("network casino unseen")) {
                        #expect((0...1_000_000).contains(score))
                    }
                }
            }
        }
    }

    @Test func severalLinesAreOneTextAndProseIsAsked() throws {
        let path = model()
        let prose = try TextClassifier(TextClassTests.options(), path: path)
        let all = try TextClassifier(
            TextClassTests.options("__label__good", ["text": .string("everything")]), path: path)
        let good = String(repeating: "network message timer\nsession ", count: 20)
        let bad = String(repeating: "casino winner ", count: 200)
        var document = TextClassTests.document(good + bad)
        document.spans = [
            TextSpan(kind: .prose, start: 0, end: good.utf8.count),
            TextSpan(kind: .table, start: good.utf8.count, end: document.text.count),
        ]
        let inProse = try #require(prose.score(document))
        let inAll = try #require(all.score(document))
        #expect(inProse > 900_000 && inAll < 300_000)
        #expect(prose.score(TextClassTests.document(good)) == inProse)
        #expect(prose.score(TextClassTests.document(good.replacing("\n", with: " "))) == inProse)
    }

    @Test func everyThreadScoresTheSame() throws {
        let classifier = try TextClassifier(TextClassTests.options(), path: model("m", ["-minn", "2", "-maxn", "4"]))
        var random = SeededRandom(seed: 1)
        let documents = (0..<20).map { TextClassTests.document(TextClassTests.line($0 % 2 == 0, &random)) }
        let serial = documents.map(classifier.score)
        let all = try WorkerPool(threads: 8).map(2000) { index, _ in classifier.score(documents[index % 20]) }
        #expect(all.indices.allSatisfy { all[$0] == serial[$0 % 20] })
    }

    @Test func theRuleAsksBothEnds() throws {
        var options = CleaningOptions()
        options.textClasses = [try TextClassTests.options("a", ["min": .double(0.25), "max": .double(0.75)])]
        let rules = TextClassRules(options)
        func violation(_ millionths: Int?) -> String? {
            rules.firstViolation([TextClassScore(name: "quality", millionths: millionths)]).map {
                "\($0.rule) \($0.value) \($0.threshold)"
            }
        }
        #expect(violation(250_000) == nil)
        #expect(violation(750_000) == nil)
        #expect(violation(nil) == nil)
        #expect(violation(249_999) == "class-quality 0.249 at least 0.250")
        #expect(violation(750_001) == "class-quality 0.750 at most 0.750")
        options.profiles = [.none]
        #expect(TextClassRules(options).firstViolation([TextClassScore(name: "quality", millionths: 0)]) != nil)
    }

    @Test func scoresSurviveTheirJSON() throws {
        let scores = [TextClassScore(name: "a", millionths: 12), TextClassScore(name: "b", millionths: nil)]
        let parsed = try JSONParser().parse(TextClassScore.json(scores).encoded(), name: "t") { $0.value }
        #expect(TextClassScore.scores(json: parsed) == scores)
        #expect(TextClassScore.scores(json: .null) == [])
    }

    @Test func aLabelThatTheModelHasNotIsNamed() throws {
        let path = model()
        let error = #expect(throws: CleaningFailure.self) {
            try TextClassifier(TextClassTests.options("__label__best"), path: path)
        }
        #expect(
            error?.description
                == "\(path): has no label __label__best; it has __label__good, __label__bad"
                || error?.description == "\(path): has no label __label__best; it has __label__bad, __label__good")
    }

    /// A file cut anywhere, a file that goes on, and none at all: a failure with the path, never more.
    @Test(arguments: [[], ["-minn", "2", "-maxn", "3"]]) func damagedModelsFail(_ arguments: [String]) throws {
        let path = model("m", arguments)
        let whole = try ByteStream.open(path).readAll(limit: 1 << 24)
        var random = SeededRandom(seed: 2)
        var lengths = [0, 1, 4, 7, 8, 20, 60, 63, 64, 70, 92, 100, whole.count - 1, whole.count / 2]
        for _ in 0..<60 { lengths.append(random.nextInt(below: whole.count)) }
        for length in lengths {
            folder.write(Array(whole[..<length]), to: "cut.bin")
            let error = #expect(throws: CleaningFailure.self, "\(length)") {
                try TextClassifier(TextClassTests.options(), path: folder("cut.bin"))
            }
            #expect(error?.description.hasPrefix(folder("cut.bin")) == true)
        }
        folder.write(whole + [0], to: "cut.bin")
        #expect(throws: CleaningFailure.self) {
            try TextClassifier(TextClassTests.options(), path: folder("cut.bin"))
        }
        folder.write((0..<5000).map { _ in UInt8(random.nextInt(below: 256)) }, to: "cut.bin")
        #expect(throws: CleaningFailure.self) {
            try TextClassifier(TextClassTests.options(), path: folder("cut.bin"))
        }
        #expect(throws: FileFailure.missing(path: folder("none.bin"))) {
            try TextClassifier(TextClassTests.options(), path: folder("none.bin"))
        }
    }

    /// Bytes changed anywhere, most of them in the head and the dictionary: a failure or a score, never a crash or a hang.
    @Test(arguments: [[], ["-minn", "2", "-maxn", "3", "-wordNgrams", "2"], ["-loss", "hs"]])
    func changedModelsNeverCrash(_ arguments: [String]) throws {
        let whole = try ByteStream.open(model("m", arguments)).readAll(limit: 1 << 24)
        var random = SeededRandom(seed: 7)
        let document = TextClassTests.document("network message cheap casino unseen wordforms")
        for round in 0..<400 {
            var bytes = whole
            for _ in 0..<1 + random.nextInt(below: 3) {
                let limit = round % 3 == 0 ? bytes.count : min(bytes.count, 500)
                bytes[random.nextInt(below: limit)] =
                    [0, 1, 0x7F, 0xFF, UInt8(random.nextInt(below: 256))][
                        random.nextInt(below: 5)]
            }
            folder.write(bytes, to: "changed.bin")
            guard let classifier = try? TextClassifier(TextClassTests.options(), path: folder("changed.bin")) else {
                continue
            }
            if let score = classifier.score(document) { #expect((0...1_000_000).contains(score)) }
        }
    }

    @Test func entriesOfARecipeAreReadStrictly() throws {
        let good: [String: JSONValue] = ["name": .string("q"), "model": .string("m"), "label": .string("l")]
        #expect(try TextClassOptions(recipe: .object(good)).least == nil)
        for (key, value): (String, JSONValue) in [
            ("name", .string("a b")), ("name", .null), ("model", .integer(1)), ("min", .double(2)),
            ("max", .string("x")),
            ("text", .string("some")), ("threshold", .double(1)),
        ] {
            var members = good
            members[key] = value
            #expect(throws: CleaningFailure.self, "\(key)") { try TextClassOptions(recipe: .object(members)) }
        }
    }
}
