/// The versions of specifications among the documents of a corpus, and which of them a policy keeps.
///
/// Documents whose version is not known stay under every policy: what cannot be compared is not called old. Of equal versions, from two
/// publishers or in two formats, the one that comes first stays.
public struct Lineage: Sendable {
    /// What becomes of a member.
    public enum Choice: Sendable, Equatable {
        /// It stays whole.
        case keep
        /// Another text of the specification stays in its place: the index of the first of its members.
        case superseded(by: Int)
        /// What its clauses share with the members before it in the specification's order goes.
        case delta
    }

    private let members: [LineageMember]
    /// Texts of each specification in the order of versions, as indices of members; specifications in the order of their first member.
    public let specifications: [[[Int]]]

    /// The lineage of `members`, in the order in which they stand in the corpus; nil for documents that are no specification.
    ///
    /// Cost: linear but for the sort of the versions of each specification.
    public init(_ documents: [LineageMember?]) {
        let none = LineageMember(specification: "", version: nil, release: nil, text: "")
        members = documents.map { $0 ?? none }
        var numbers: [String: Int] = [:]
        var texts: [[[Int]]] = []
        var textNumbers: [[String: Int]] = []
        for (index, member) in documents.enumerated() {
            guard let member, member.version != nil else { continue }
            let number = numbers[member.specification] ?? texts.count
            if number == texts.count {
                numbers[member.specification] = number
                texts.append([])
                textNumbers.append([:])
            }
            if let text = textNumbers[number][member.text] {
                texts[number][text].append(index)
            } else {
                textNumbers[number][member.text] = texts[number].count
                texts[number].append([index])
            }
        }
        let all = members
        // Sorting by version and then by place keeps the order of arrival among equal versions.
        specifications = texts.map { texts in
            texts.sorted { left, right in
                let (first, second) = (all[left[0]], all[right[0]])
                if let a = first.version, let b = second.version, a != b { return a < b }
                return left[0] < right[0]
            }
        }
    }

    /// What each document becomes under a policy, in the order of `init`.
    public func choices(_ policy: LineagePolicy) -> [Choice] {
        var choices = [Choice](repeating: .keep, count: members.count)
        for texts in specifications where texts.count > 1 {
            switch policy {
            case .keepAll: break
            case .newest: supersede(texts, &choices)
            case .newestPerRelease:
                var releases: [String: [[Int]]] = [:]
                for text in texts { releases[members[text[0]].releaseKey, default: []].append(text) }
                for texts in releases.values { supersede(texts, &choices) }
            case .basePlusDeltas:
                for text in texts.dropFirst() { for index in text { choices[index] = .delta } }
            }
        }
        return choices
    }

    /// Keeps the newest of `texts`, which are in the order of versions, and of equal ones the first.
    private func supersede(_ texts: [[Int]], _ choices: inout [Choice]) {
        guard let newest = texts.last.map({ members[$0[0]].version }),
            let kept = texts.firstIndex(where: { members[$0[0]].version == newest })
        else { return }
        for (place, text) in texts.enumerated() where place != kept {
            for index in text { choices[index] = .superseded(by: texts[kept][0]) }
        }
    }
}
