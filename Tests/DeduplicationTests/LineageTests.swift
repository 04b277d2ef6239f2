import Deduplication
import Testing

@Suite struct LineageTests {
    func member(_ specification: String, _ version: String, _ text: String, release: String? = nil) -> LineageMember {
        LineageMember(
            specification: specification, version: SpecificationVersion(version), release: release, text: text)
    }

    @Test func versionsAreOrderedByTheirNumbers() throws {
        let versions = try ["9.10.0", "10.0.0", "v18.5", "18.5.0", "18.5.1"].map {
            try #require(SpecificationVersion($0))
        }
        #expect(versions[0] < versions[1] && versions[1] < versions[2] && versions[3] < versions[4])
        #expect(versions[2] == versions[3])
        #expect(Set(versions).count == 4)
        #expect(versions[2].text == "18.5" && versions[3].text == "18.5.0")
        for text in ["", "18.", ".", "1.x", "٣", "99999999999999999999"] { #expect(SpecificationVersion(text) == nil) }
    }

    @Test func policiesKeepWhatTheySay() {
        let lineage = Lineage([
            member("38.331", "18.0.0", "a"), member("38.331", "17.4.0", "b"), nil, member("38.331", "17.10.0", "c"),
            member("38.331", "18.0.0", "etsi"), member("23.501", "18.0.0", "d"),
            LineageMember(specification: "38.331", version: nil, release: nil, text: "e"),
        ])
        #expect(lineage.specifications == [[[1], [3], [0], [4]], [[5]]])
        #expect(lineage.choices(.keepAll) == [.keep, .keep, .keep, .keep, .keep, .keep, .keep])
        #expect(
            lineage.choices(.newest)
                == [.keep, .superseded(by: 0), .keep, .superseded(by: 0), .superseded(by: 0), .keep, .keep])
        #expect(
            lineage.choices(.newestPerRelease)
                == [.keep, .superseded(by: 3), .keep, .keep, .superseded(by: 0), .keep, .keep])
        #expect(lineage.choices(.basePlusDeltas) == [.delta, .keep, .keep, .delta, .delta, .keep, .keep])
    }

    /// The records of one file are one text: a specification in clauses is not a heap of versions.
    @Test func recordsOfOneTextStayTogether() {
        let lineage = Lineage([
            member("38.331", "17.0.0", "old"), member("38.331", "18.0.0", "new"), member("38.331", "17.0.0", "old"),
            member("38.331", "18.0.0", "new"),
        ])
        #expect(lineage.choices(.newest) == [.superseded(by: 1), .keep, .superseded(by: 1), .keep])
    }

    @Test func releasesAreThoseTheTextsName() {
        let lineage = Lineage([
            member("33.117", "20.0.0", "a", release: "19"), member("33.117", "19.0.0", "b", release: "19"),
            member("33.117", "18.0.0", "c"),
        ])
        #expect(lineage.choices(.newestPerRelease) == [.keep, .superseded(by: 0), .keep])
    }
}
