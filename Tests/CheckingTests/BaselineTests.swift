import Building
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Checking

@Suite struct BaselineTests {
    @Test func theStabilityIndexIsTheSumOverClasses() throws {
        let before = Distribution(["a": 50, "b": 30, "c": 20])
        let after = Distribution(["a": 60, "b": 60, "c": 80])
        let expected =
            (0.3 - 0.5) * log(0.3 / 0.5) + (0.3 - 0.3) * log(1.0) + (0.4 - 0.2) * log(0.4 / 0.2)
        let found = try #require(before.stabilityIndex(to: after))
        #expect(abs(found - expected) < 1e-12)
        #expect(abs(found - after.stabilityIndex(to: before)!) < 1e-12)
        #expect(before.stabilityIndex(to: Distribution(["a": 500, "b": 300, "c": 200])) == 0)
        #expect(before.largestChange(to: after)?.name == "a" || before.largestChange(to: after)?.name == "c")
    }

    @Test func aClassThatIsNewOrGoneHasAFiniteWeight() throws {
        let index = try #require(Distribution(["a": 1]).stabilityIndex(to: Distribution(["b": 1])))
        #expect(abs(index - 2 * (1 - 0.0001) * log(1 / 0.0001)) < 1e-9)
        #expect(Distribution().stabilityIndex(to: Distribution(["a": 1])) == nil)
        #expect(Distribution(["a": 0]).stabilityIndex(to: Distribution(["a": 1])) == nil)
    }

    @Test func aCorpusIsAsItsOwnBaseline() throws {
        let corpus = try CheckedCorpus()
        let made = try #require(corpus.check { $0.makesBaseline = true }.baseline)
        let path = corpus.folder.write(made.json.encoded(.pretty), to: "baseline.json")
        let read = try Baseline(file: path)
        #expect(read == made)
        #expect(Set(made.distributions.keys) == Set(DriftMeasure.distributions))
        #expect(Set(made.figures.keys) == Set(DriftMeasure.figures))
        #expect(made.figures["document_count"] == 20 && made.figures["unreadable_share"]! > 0)
        // Counted here: blocks' tokens are bytes of documents and one end token each.
        let tokens = made.distributions["tokens"]!
        #expect(tokens.counts["\(ByteTokenizer.end)"] == 20)
        #expect(Double(tokens.total) == made.figures["token_count"]! + 20)
        let report = try corpus.check(baseline: read).report
        #expect(report.findings.isEmpty && report.checked.contains("drift"))
    }

    @Test func whatChangedIsNamedWithItsFigures() throws {
        let corpus = try CheckedCorpus()
        let before = try #require(corpus.check { $0.makesBaseline = true }.baseline)
        for number in 0..<40 {
            corpus.folder.write(
                CheckedCorpus.german.split(separator: "\n\n").map { "\($0) \(number)" }.joined(separator: "\n\n"),
                to: "texts/german-\(number).md")
        }
        try corpus.build(update: true)
        let report = try corpus.check("drift: {measures: {rejects: off}}", baseline: before).report
        let drifted = report.findings.map { String($0.subject.dropFirst("drift ".utf8.count)) }
        for name in ["document_count", "token_count", "text_bytes", "languages", "sources", "tokens"] {
            #expect(drifted.contains(name), "\(name): \(report.findings)")
        }
        #expect(!drifted.contains("rejects") && !drifted.contains("bytes_per_token"))
        #expect(report.findings.allSatisfy { $0.rule == "drift" && $0.place.line == 1 && $0.severity == .error })
        let languages = try #require(report.findings.first { $0.subject == "drift languages" })
        #expect(languages.found.contains("most of it") && languages.found.contains("before"), "\(languages)")
        // The same with wide limits.
        let wide = try corpus.check("drift: {psi: 100, change: 10000%}", baseline: before).report
        #expect(wide.findings.isEmpty, "\(wide.findings)")
    }

    @Test func aDamagedCorpusMakesNoBaseline() throws {
        let corpus = try CheckedCorpus()
        let path = corpus.path + "/train/shard.00000.mds.zstd"
        try AtomicFile.write(Array(try FileByteStream(path).readAll(limit: 1 << 24).dropLast(3)), to: path)
        let outcome = try corpus.check { $0.makesBaseline = true }
        #expect(outcome.baseline == nil && !outcome.report.isSound)
        #expect(outcome.report.remarks.contains { $0.contains("baseline") }, "\(outcome.report.remarks)")
    }

    @Test func aCorpusWithAnyDamageMakesNoBaseline() throws {
        let corpus = try CheckedCorpus()
        let path = corpus.path + "/manifest.json"
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        let digest = try Manifest(folder: corpus.path).rootDigest
        let other = String(repeating: "0", count: 64)
        try AtomicFile.write(Array(text.replacing(digest, with: other).utf8), to: path)
        let outcome = try corpus.check { $0.makesBaseline = true }
        #expect(Set(outcome.report.findings.map(\.rule)) == ["manifest", "root-digest"] && outcome.baseline == nil)
    }

    @Test func aShareThatWasNothingMayBeALittle() {
        func baseline(_ share: Double) -> Baseline {
            Baseline(
                name: "x", rootDigest: "", figures: ["unreadable_share": share, "bytes_per_token": 1 + share],
                distributions: [:], frequentTokens: [], digests: [:], sample: 1)
        }
        let none = baseline(0)
        var strict = ValidationRules()
        strict.drift.measures["unreadable_share"] = 0
        #expect(none.drift(of: baseline(0.001), ValidationRules()).isEmpty)
        #expect(none.drift(of: baseline(0.01), ValidationRules()).map(\.subject) == ["drift unreadable_share"])
        #expect(none.drift(of: baseline(0.001), strict).map(\.subject) == ["drift unreadable_share"])
    }

    @Test func languagesAreComparedByTheDocumentsThatWereLookedAt() throws {
        func baseline(_ told: Int?) -> Baseline {
            Baseline(
                name: "x", rootDigest: "", figures: [:],
                distributions: [
                    "languages": Distribution(["en": 10, "de": 10]), "document_tokens": Distribution(["1": 5000]),
                ], frequentTokens: [], digests: [:], sample: 1, languageDocuments: told)
        }
        let languages = Distribution(["en": 10, "de": 10])
        #expect(baseline(5000).chance("languages", languages, languages, baseline(5000)) == 0)
        #expect(baseline(nil).chance("languages", languages, languages, baseline(nil)) == 0)
        let chance = baseline(50).chance("languages", languages, languages, baseline(100))
        #expect(abs(chance - 2 * (1.0 / 50 + 1.0 / 100)) < 1e-12)
        #expect(baseline(50).chance("document_tokens", languages, languages, baseline(100)) == 0)
        let folder = TemporaryFolder()
        let read = try Baseline(file: folder.write(baseline(50).json.encoded(), to: "b.json"))
        #expect(read.languageDocuments == 50)
    }

    @Test func aDigestThatIsEmptySaysNothing() throws {
        let corpus = try CheckedCorpus()
        let before = try #require(corpus.check { $0.makesBaseline = true }.baseline)
        let name = try #require(before.digests.keys.first { $0.hasPrefix("documents/") })
        let path = corpus.path + "/manifest.json"
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        let digest = try #require(before.digests[name])
        try AtomicFile.write(Array(text.replacing(digest, with: "").utf8), to: path)
        var known = before
        known.digests[name] = ""
        let report = try corpus.check(baseline: known) { $0.changedOnly = true }.report
        #expect(report.coverage.first { $0.name == "parts" }?.looked == 1, "\(report.coverage)")
    }

    @Test func textsOfWhatDidNotChangeAreNotJudged() throws {
        let corpus = try CheckedCorpus()
        let before = try #require(corpus.check { $0.makesBaseline = true }.baseline)
        let report = try corpus.check("fertility: 1.5\nlanguages: {de: 99%}", baseline: before) {
            $0.changedOnly = true
        }.report
        #expect(report.findings.isEmpty && !report.checked.contains("fertility"), "\(report.findings)")
        #expect(!report.checked.contains("languages") && report.checked.contains("drift"))
        #expect(report.remarks.contains { $0.hasPrefix("fertility of the corpus") }, "\(report.remarks)")
        let whole = try corpus.check("fertility: 1.5", baseline: before).report
        #expect(whole.checked.contains("fertility") && whole.findings.map(\.rule) == ["fertility"])
    }

    @Test func onlyWhatChangedIsRead() throws {
        let corpus = try CheckedCorpus()
        let before = try #require(corpus.check { $0.makesBaseline = true }.baseline)
        let same = try corpus.check(baseline: before) { $0.changedOnly = true }.report
        #expect(same.coverage.map(\.looked) == [0, 0, 0, 0] && same.findings.isEmpty && !same.remarks.isEmpty)
        // A shard that is another than the baseline's is read, and its damage found; of the others it is not.
        var changed = before
        changed.digests["train/shard.00001.mds.zstd"] = "sha256:0"
        for name in ["train/shard.00001.mds.zstd", "train/shard.00002.mds.zstd"] {
            let path = corpus.path + "/" + name
            var bytes = try FileByteStream(path).readAll(limit: 1 << 24)
            bytes[bytes.count / 2] ^= 1
            try AtomicFile.write(bytes, to: path)
        }
        let report = try corpus.check(baseline: changed) { $0.changedOnly = true }.report
        #expect(report.findings.map(\.subject) == ["train/shard.00001.mds.zstd"], "\(report.findings)")
        #expect(report.coverage.first?.looked == 1)
    }

    @Test(arguments: [
        "{", "[]", "{}", #"{"schema": 2}"#, #"{"schema": 1, "name": "x"}"#,
        #"{"schema": 1, "name": "x", "root_digest": "d", "figures": {"a": "b"}, "distributions": {}}"#,
        #"{"schema": 1, "name": "x", "root_digest": "d", "figures": {}, "distributions": {"kinds": {"a": -1}}}"#,
        #"{"schema": 1, "name": "x", "root_digest": "d", "figures": {}, "distributions": {"kinds": 3}}"#,
    ]) func whatIsNoBaselineIsRefused(text: String) {
        let folder = TemporaryFolder()
        let path = folder.write(text, to: "b.json")
        #expect(throws: FileFailure.self) { try Baseline(file: path) }
    }

    @Test func aBaselineMayHoldAnyCounts() throws {
        let most = Distribution(["a": .max, "b": .max])
        // A total that wrapped around is no share of anything: no crash.
        _ = most.stabilityIndex(to: Distribution(["a": 1]))
        #expect(Baseline.change(from: 0, to: 1) == .infinity && Baseline.change(from: 0, to: 0) == 0)
        #expect(abs(Baseline.change(from: 2, to: 3) - 0.5) < 1e-12)
    }

    /// Samples of one population, drawn here, against the limit that chance raises.
    @Test func aSampleOfTheSameIsNoDrift() throws {
        var random = SeededRandom(seed: 7)
        func draw(_ count: Int) -> Distribution {
            var distribution = Distribution()
            for _ in 0..<count { distribution.add(String(1 << random.nextInt(below: 8)), 1) }
            return distribution
        }
        func baseline(_ counts: Distribution, sample: Double) -> Baseline {
            Baseline(
                name: "x", rootDigest: "", figures: [:], distributions: ["document_tokens": counts], frequentTokens: [],
                digests: [:], sample: sample)
        }
        let whole = baseline(draw(20_000), sample: 1)
        var alarms = 0
        var plain = 0
        for _ in 0..<200 {
            let drawn = draw(30)
            alarms += whole.drift(of: baseline(drawn, sample: 0.01), ValidationRules()).count
            plain += whole.drift(of: baseline(drawn, sample: 1), ValidationRules()).count
        }
        #expect(alarms < 40 && alarms < plain / 2, "\(alarms) of 200, \(plain) without")
        // Another population is.
        let other = baseline(Distribution(["1": 30]), sample: 0.01)
        #expect(whole.drift(of: other, ValidationRules()).count == 1)
        #expect(whole.chance("document_tokens", draw(10), draw(10), whole) == 0)
    }

    @Test func aSampleIsChosenByNamesAndGrowsByAddition() {
        let names = (0..<200).map { "train/shard.\($0).mds.zstd" }
        var last: Set<Int> = []
        for share in [0.001, 0.01, 0.1, 0.5, 1] {
            let picks = CorpusSample(share: share).picks(names)
            #expect(picks.count == max(1, Int((share * 200).rounded(.up))) && picks == picks.sorted())
            #expect(last.isSubset(of: picks))
            last = Set(picks)
        }
        #expect(CorpusSample(share: 0.5).picks([]).isEmpty)
        let ids = (0..<20_000).map { "document \($0)" }
        let held = ids.count { CorpusSample.holds($0, share: 0.01) }
        #expect((150...250).contains(held))
        #expect(ids.allSatisfy { !CorpusSample.holds($0, share: 0.01) || CorpusSample.holds($0, share: 0.02) })
    }
}
