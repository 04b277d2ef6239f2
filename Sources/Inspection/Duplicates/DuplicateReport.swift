public import Building
import Deduplication
public import Files

/// The largest clusters of duplicates, each with what differs between the member that stays and the one least like it.
public struct DuplicateReport {
    /// One cluster.
    struct Cluster {
        var number: Int
        var kept: String?
        var members: [DuplicateRemoval]
        /// The two that are compared; nil where all texts are equal.
        var compared: (old: String, new: String, jaccard: Double?)?
        var difference: WordDifference?
    }

    private let search: DuplicateSearch
    let clusters: [Cluster]
    private let clusterCount: Int

    /// Identifiers of a cluster that are listed.
    private static let mostListed = 8

    /// The report of a search that has found its clusters, with at most `most` of them.
    public init(_ search: DuplicateSearch, most: Int) throws {
        self.search = search
        var byCluster: [Int: [DuplicateRemoval]] = [:]
        for removal in search.removals where removal.cluster > 0 {
            byCluster[removal.cluster, default: []].append(removal)
        }
        clusterCount = byCluster.count
        let numbers = byCluster.keys.sorted { (-byCluster[$0]!.count, $0) < (-byCluster[$1]!.count, $1) }.prefix(most)
        clusters = try numbers.map { number in
            let members = byCluster[number]!
            var cluster = Cluster(number: number, kept: members[0].kept, members: members)
            let all = search.found.clusters[number - 1]
            let gone = Set(members.map(\.record))
            // Where none stays, the first is compared with the last.
            let first = all.first { !gone.contains($0) } ?? all[0]
            let other = members.filter { $0.record != first }.min {
                ($0.jaccard ?? 1, $0.record) < ($1.jaccard ?? 1, $1.record)
            }
            if let other, other.rule != .exact {
                let old = try search.record(first)
                let new = try search.record(other.record)
                if old.text != new.text {
                    cluster.compared = (
                        DuplicateReport.name(old.id, first, search), DuplicateReport.name(new.id, other.record, search),
                        other.jaccard
                    )
                    cluster.difference = WordDifference(old.text, new.text)
                }
            }
            return cluster
        }
    }

    private var removedCount: Int { search.count - search.keptCount }

    /// The identifier of a record, with its file where there are several.
    private func name(_ id: String, _ record: Int) -> String { DuplicateReport.name(id, record, search) }

    private static func name(_ id: String, _ record: Int, _ search: DuplicateSearch) -> String {
        search.fileCount > 1 ? "\(id) (\(search.path(of: record)))" : id
    }

    private static func jaccard(_ value: Double?) -> String { value.map { NumberText.decimal($0, 3) } ?? "–" }

    private func heading(_ cluster: Cluster) -> String {
        "cluster \(cluster.number): \(NumberText.count(cluster.members.count + (cluster.kept == nil ? 0 : 1))) documents, "
            + (cluster.kept.map { "\($0) stays" } ?? "none stays")
    }

    private static func rest(_ cluster: Cluster) -> String? {
        let more = cluster.members.count - mostListed
        return more > 0 ? "and \(NumberText.count(more)) more" : nil
    }

    /// For a terminal.
    public func text(colours: Bool) -> String {
        var out =
            "\(NumberText.count(search.count)) documents, \(NumberText.count(removedCount)) duplicates in "
            + "\(NumberText.count(clusterCount)) clusters\n"
        for cluster in clusters {
            out += "\n" + TerminalText.bold(TerminalText.sanitized(heading(cluster)), colours) + "\n"
            for member in cluster.members.prefix(DuplicateReport.mostListed) {
                out +=
                    "  \(DuplicateReport.jaccard(member.jaccard))  \(member.rule.rawValue)  \(TerminalText.sanitized(name(member.id, member.record)))\n"
            }
            if let rest = DuplicateReport.rest(cluster) { out += "  \(rest)\n" }
            if let compared = cluster.compared, let difference = cluster.difference {
                out +=
                    "  [-\(TerminalText.sanitized(compared.old))-] {+\(TerminalText.sanitized(compared.new))+}:\n  "
                    + difference.text(colours: colours).split(separator: "\n").joined(separator: "\n  ") + "\n"
            } else if cluster.members.allSatisfy({ $0.rule == .exact }) {
                out += "  all texts are equal\n"
            }
        }
        out.removeLast()
        return out
    }

    /// For people with a browser: one page.
    public func html(title: String) -> String {
        let sections = clusters.map { cluster -> (String, String) in
            var rows = cluster.members.prefix(DuplicateReport.mostListed).map {
                [name($0.id, $0.record), $0.rule.rawValue, DuplicateReport.jaccard($0.jaccard)]
            }
            if let rest = DuplicateReport.rest(cluster) { rows.append([rest, "", ""]) }
            var body = HTMLText.table(["removed", "rule", "Jaccard"], rows, textColumns: 2)
            if let compared = cluster.compared, let difference = cluster.difference {
                body +=
                    "<p class=\"faint\"><del class=\"bad\">\(HTMLText.escape(compared.old))</del> "
                    + "<ins class=\"good\">\(HTMLText.escape(compared.new))</ins></p>\n" + difference.html
            } else if cluster.members.allSatisfy({ $0.rule == .exact }) {
                body += "<p>All texts are equal.</p>\n"
            }
            return (heading(cluster), body)
        }
        return ReportPage.html(
            "duplicates", title, sections,
            tiles: [
                ("documents", NumberText.count(search.count)), ("removed", NumberText.count(removedCount)),
                ("clusters", NumberText.count(clusterCount)),
            ])
    }

    /// For machines.
    public var json: JSONValue {
        [
            "documents": .integer(search.count), "removed": .integer(removedCount),
            "clusters": .integer(clusterCount),
            "largest": .array(
                clusters.map { cluster in
                    [
                        "cluster": .integer(cluster.number), "kept": cluster.kept.map { .string($0) } ?? .null,
                        "removed": .array(
                            cluster.members.map { member in
                                [
                                    "id": .string(member.id), "rule": .string(member.rule.rawValue),
                                    "jaccard": member.jaccard.map { .double($0) } ?? .null,
                                ]
                            }),
                    ]
                }),
        ]
    }
}
