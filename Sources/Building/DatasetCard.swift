import Files
import Packing

/// `README.md` of a built corpus: the card a person reads first.
struct DatasetCard {
    let manifest: Manifest

    var text: String {
        var lines: [String] = []
        let licences = Set(manifest.sources.compactMap(\.licence)).sorted(by: precedesInByteOrder)
        lines += ["---", "pretty_name: \(JSONValue.string(manifest.name).text())"]
        if !licences.isEmpty {
            lines += ["license: other", "license_name: \(JSONValue.string(licences.joined(separator: "; ")).text())"]
        }
        lines += ["task_categories:", "- text-generation", "---", "", "# \(manifest.name)", ""]
        lines += [
            "Token blocks of \(manifest.blockLength) ids in MosaicML Streaming (MDS) shards, zstd-compressed, made by "
                + "\(manifest.tool). Separator between documents: `\(manifest.separator)`.", "",
        ]
        lines += ["| split | documents | families | blocks | shards | document tokens | separators | padding |"]
        lines += ["| --- | --: | --: | --: | --: | --: | --: | --: |"]
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            lines.append(
                "| \(split.rawValue) | \(counts.documents) | \(counts.families) | \(counts.blocks) | \(counts.shards) "
                    + "| \(counts.ledger.documentTokens) | \(counts.ledger.separators) | \(counts.ledger.padding) |")
        }
        lines += [
            "", "| source | licence | files | documents | text bytes | tokens |",
            "| --- | --- | --: | --: | --: | --: |",
        ]
        for source in manifest.sources {
            lines.append(
                "| \(source.name) | \(source.licence ?? "not stated") | \(source.files) | \(source.documents) "
                    + "| \(source.textBytes) | \(source.tokens) |")
        }
        if !manifest.rejected.isEmpty {
            lines += ["", "| dropped because | how many |", "| --- | --: |"]
            for rule in manifest.rejected.keys.sorted(by: precedesInByteOrder) {
                lines.append("| \(rule) | \(manifest.rejected[rule] ?? 0) |")
            }
        }
        lines += [
            "",
            "Columns of a sample: `tokens`, `segment_ends` (one past the last token of each segment; what follows the last is "
                + "padding), `segment_documents` (row in `documents/`, counted through its parts)"
                + (manifest.splits.values.contains { $0.lossTokens != nil }
                    ? ", `loss_spans` (pairs start, end of the positions that carry loss)." : "."),
            "",
            "Root digest: `\(manifest.rootDigest)`", "",
        ]
        return lines.joined(separator: "\n")
    }
}
