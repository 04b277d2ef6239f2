/// Which documents belong together (union-find with path halving; the smallest member is the root). 4 bytes a document.
struct DisjointSets {
    private var parents: [UInt32]

    init(count: Int) { parents = (0..<UInt32(count)).map { $0 } }

    /// The smallest member of the set of `member`.
    mutating func root(_ member: UInt32) -> UInt32 {
        var member = member
        while parents[Int(member)] != member {
            let above = parents[Int(parents[Int(member)])]
            parents[Int(member)] = above
            member = above
        }
        return member
    }

    /// Makes two sets one; false where they were.
    @discardableResult
    mutating func join(_ first: UInt32, _ second: UInt32) -> Bool {
        let first = root(first)
        let second = root(second)
        if first == second { return false }
        parents[Int(max(first, second))] = min(first, second)
        return true
    }

    /// Sets of two and more members, ascending, in the order of their smallest.
    mutating func clusters() -> [[Int]] {
        // How many members a root has beside itself, then the number of its cluster.
        var members = [UInt32](repeating: 0, count: parents.count)
        for document in parents.indices {
            let root = Int(root(UInt32(document)))
            if root != document { members[root] += 1 }
        }
        var clusters: [[Int]] = []
        for document in parents.indices {
            let root = Int(parents[document] == UInt32(document) ? UInt32(document) : self.root(UInt32(document)))
            if root == document {
                if members[document] == 0 { continue }
                members[document] = UInt32(clusters.count)
                clusters.append([document])
            } else {
                clusters[Int(members[root])].append(document)
            }
        }
        return clusters
    }
}
