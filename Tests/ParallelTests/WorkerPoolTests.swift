import Parallel
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 5]) func mapKeepsOrder(threads: Int) throws {
        let pool = WorkerPool(threads: threads)
        #expect(try pool.map(1000) { index, _ in index * index } == (0..<1000).map { $0 * $0 })
        #expect(try pool.map(0) { index, _ in index } == [])
    }

    @Test(arguments: [1, 2, 5]) func orderedConsumptionIsInOrderAndBounded(threads: Int) throws {
        let pool = WorkerPool(threads: threads)
        let seen = Mutex<[Int]>([])
        try pool.orderedForEach(500, window: 7) { index, _ in
            index
        } consume: { index, result in
            seen.withLock { $0.append(result) }
            if index % 50 == 0 { for _ in 0..<10000 { _ = KeyedHash.mix(1) } }
        }
        #expect(seen.withLock { $0 } == Array(0..<500))
    }

    struct Broken: Error, Equatable { let index: Int }

    @Test(arguments: [1, 2, 5]) func errorsComeOut(threads: Int) {
        let pool = WorkerPool(threads: threads)
        #expect(throws: Broken.self) {
            try pool.forEach(100) { index, _ in if index == 40 { throw Broken(index: index) } }
        }
        #expect(throws: Broken(index: 30)) {
            try pool.orderedForEach(100) { index, _ in
                if index == 30 { throw Broken(index: index) }
            } consume: { _, _ in
            }
        }
        #expect(throws: Broken(index: 20)) {
            try pool.orderedForEach(100) { index, _ in
                index
            } consume: { index, _ in
                if index == 20 { throw Broken(index: index) }
            }
        }
    }

    @Test(arguments: [1, 2, 5]) func workIsTakenInOrderUntilThereIsNone(threads: Int) throws {
        let pool = WorkerPool(threads: threads)
        let given = Mutex(0)
        let seen = Mutex<[Int]>([])
        try pool.orderedForEach(window: 6) {
            given.withLock { given -> Int? in
                given += 1
                return given <= 500 ? given : nil
            }
        } produce: { work, _ in
            #expect(given.withLock { $0 } <= seen.withLock { $0.count } + 6 + 2)
            return work * 2
        } consume: { index, result in
            #expect(result == (index + 1) * 2)
            seen.withLock { $0.append(result) }
        }
        #expect(seen.withLock { $0 } == (1...500).map { $0 * 2 })
        // What the source throws comes out, and nothing behind it is asked for.
        let asked = Mutex(0)
        #expect(throws: Broken(index: 30)) {
            try pool.orderedForEach {
                try asked.withLock { asked -> Int? in
                    asked += 1
                    if asked == 30 { throw Broken(index: asked) }
                    return asked
                }
            } produce: { work, _ in
                work
            } consume: { _, _ in
            }
        }
        #expect(asked.withLock { $0 } == 30)
        #expect(throws: Broken(index: 12)) {
            try pool.orderedForEach {
                asked.withLock { asked -> Int? in
                    asked += 1
                    return asked < 5000 ? asked - 31 : nil
                }
            } produce: { work, _ in
                if work == 12 { throw Broken(index: work) }
            } consume: { _, _ in
            }
        }
        #expect(asked.withLock { $0 } < 100)
    }

    @Test func permutationIsABijection() {
        for count in [1, 2, 3, 17, 64, 1000] {
            let permutation = KeyedPermutation(count: count, seed: 7)
            #expect(Set((0..<count).map { permutation[$0] }) == Set(0..<count))
        }
        let one = KeyedPermutation(count: 1000, seed: 1)
        let two = KeyedPermutation(count: 1000, seed: 2)
        #expect((0..<1000).filter { one[$0] == two[$0] }.count < 20)
    }
}

@Suite struct ShortLivedPoolTests {
    @Test func poolsThatGoAwayBeforeTheirThreadsStart() {
        for _ in 0..<200 { #expect(WorkerPool(threads: 4).threads == 4) }
    }
}
