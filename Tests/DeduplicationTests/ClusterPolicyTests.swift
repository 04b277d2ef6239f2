import Deduplication
import Testing

@Suite struct ClusterPolicyTests {
    private static let members: [ClusterPolicy.Member] = [
        .init(id: "c", order: 0, length: 10, version: [17, 2], sourceRank: 2),
        .init(id: "b", order: 1, length: 30, version: [], sourceRank: 1),
        .init(id: "e", order: 2, length: 30, version: [17, 10], sourceRank: 1),
        .init(id: "a", order: 3, length: 20, version: [17, 10], sourceRank: 3),
        .init(id: "d", order: 4, length: 5, version: [17, 10, 0], sourceRank: 3),
    ]

    @Test(
        arguments: [
            (.first, "c"), (.longest, "b"), (.newest, "d"), (.sourcePriority, "b"), (.dropAll, nil),
        ] as [(ClusterPolicy, String?)])
    func theRightMemberStays(_ policy: ClusterPolicy, _ expected: String?) {
        let members = ClusterPolicyTests.members
        #expect(policy.kept(of: members).map { members[$0].id } == expected)
        // In any order of the members, and for all but `first` in any order of the input.
        let turned = members.reversed().enumerated().map { index, member in
            var member = member
            if policy != .first { member.order = index }
            return member
        }
        #expect(policy.kept(of: turned).map { turned[$0].id } == expected)
    }

    @Test(arguments: ClusterPolicy.allCases)
    func equalsAreDecidedByTheirIdentifier(_ policy: ClusterPolicy) {
        let members = ["z", "é", "a", "b"].enumerated().map { ClusterPolicy.Member(id: $1, order: $0) }
        let expected = policy == .dropAll ? nil : policy == .first ? 0 : 2
        #expect(policy.kept(of: members) == expected)
        #expect(policy.kept(of: []) == nil)
    }
}
