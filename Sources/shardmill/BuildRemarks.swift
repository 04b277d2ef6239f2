import Building
import Deduplication
import Files
import Packing

/// What a person should know of a corpus beside its counts: what versions cost, what leaks, what was decided for them.
struct BuildRemarks {
    let manifest: Manifest

    init(_ manifest: Manifest) { self.manifest = manifest }

    /// Lines for the end of a build.
    var lines: [String] {
        var lines: [String] = []
        let lineage = manifest.lineage
        if lineage.withSeveralTexts > 0 {
            let costs = LineagePolicy.allCases.compactMap { policy in
                lineage.costs[policy].map { "\(policy.rawValue) \(NumberText.count($0.tokens))" }
            }
            lines.append(
                "lineage    \(lineage.withSeveralTexts) of \(Readable.counted(lineage.specifications, "specification")) in several "
                    + "texts; tokens under each policy: \(costs.joined(separator: ", "))")
        }
        if let leakage = manifest.leakage, leakage.split.ngrams > 0 {
            lines.append(
                "leakage    \(NumberText.percent(leakage.split.share)) of validation's \(leakage.ngram)-grams stand in training"
                    + " (\(NumberText.percent(leakage.random.share)) if documents were drawn at random)")
        }
        for set in manifest.contamination?["sets"]?.items ?? [] {
            let found = set["contaminated"]?.int ?? 0
            lines.append(
                "evaluation \(set["set"]?.string ?? ""): \(NumberText.count(found)) of "
                    + "\(Readable.counted(set["items"]?.int ?? 0, "item")) stand in documents, "
                    + "\(NumberText.count(set["not_checkable"]?.int ?? 0)) are too short to tell")
        }
        return lines
    }

    /// What was decided that nobody may have expected.
    var warnings: [String] {
        var warnings: [String] = []
        for family in manifest.oversized {
            warnings.append(
                "the family of \(BuildRemarks.names(family.families)) holds \(NumberText.count(family.tokens)) tokens, more than "
                    + "split.max_family allows in validation: it went to training")
        }
        let left = manifest.mergers.reduce(0) { $0 + $1.leftTraining }
        if left > 0 {
            warnings.append(
                "\(Readable.counted(left, "document")) left training (family-merge): near duplicates of theirs are in validation"
            )
        }
        for source in manifest.mixture?["sources"]?.items ?? [] {
            guard let target = source["target"]?.int, let drawn = source["realised"]?.int,
                abs(drawn - target) > target / 20
            else { continue }
            warnings.append(
                "source \(source["name"]?.string ?? ""): the mixture wants \(NumberText.count(target)) tokens and got "
                    + "\(NumberText.count(drawn)): documents are not divided, and passages may go from texts after they are drawn"
            )
        }
        if let leakage = manifest.leakage, leakage.split.ngrams > 0,
            leakage.split.share > max(0.05, 2 * leakage.random.share)
        {
            warnings.append(
                "\(NumberText.percent(leakage.split.share)) of validation's \(leakage.ngram)-grams stand in training: near copies "
                    + "are on both sides; dedupe.minhash finds them")
        }
        return warnings
    }

    private static func names(_ families: [String]) -> String {
        families.prefix(3).joined(separator: ", ") + (families.count > 3 ? " and \(families.count - 3) more" : "")
    }
}
