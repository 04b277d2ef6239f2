import Files

/// A few of many items, chosen by a hash of their keys: the same whatever the order is, and not only the first.
struct SpreadSample<Item> {
    private let size: Int
    private var chosen: [(key: UInt64, item: Item)] = []

    /// A sample of at most `size` items.
    init(_ size: Int) { self.size = max(0, size) }

    /// The items, in the order of their hashes.
    var items: [Item] { chosen.map(\.item) }

    /// Takes an item into the sample or leaves it.
    mutating func offer(_ item: @autoclosure () -> Item, key: String) {
        let hash = XXHash3.hash64(key)
        if chosen.count == size {
            guard let last = chosen.last, hash < last.key else { return }
            chosen.removeLast()
        }
        let place = chosen.firstIndex { $0.key > hash } ?? chosen.count
        chosen.insert((hash, item()), at: place)
    }
}
