import Parallel
import Tensors
import Testing
import Transformers

@testable import Evaluation

@Suite struct RowBatcherTests {
    /// What the batcher should give, token by token.
    private struct Oracle {
        var tokens: [Int32] = []
        var labels: [Int32] = []
        var positions: [Int32] = []
        var starts: [Int] = []

        mutating func add(
            _ ids: [UInt32], _ ends: [Int], _ range: Range<Int>, isolates: Bool, spans: [Range<Int>]?
        ) {
            let padding = ends.last ?? 0
            var previousSegment = -1
            var position = 0
            for place in range where place < padding {
                let segment = isolates ? ends.firstIndex { place < $0 } ?? -1 : 0
                let next = isolates ? ends.firstIndex { place + 1 < $0 } ?? -1 : (place + 1 < padding ? 0 : -1)
                if segment != previousSegment {
                    starts.append(tokens.count)
                    position = 0
                }
                previousSegment = segment
                tokens.append(Int32(ids[place]))
                let isLearnt = spans?.contains { $0.contains(place + 1) } ?? true
                labels.append(next == segment && isLearnt ? Int32(ids[place + 1]) : -1)
                positions.append(Int32(position))
                position += 1
            }
        }
    }

    @Test(arguments: [true, false]) func rowsMatchTheSlowOracle(_ isolates: Bool) {
        var random = SeededRandom(seed: 3)
        for _ in 0..<200 {
            var batcher = RowBatcher(isolatesSegments: isolates)
            var oracle = Oracle()
            for _ in 0..<1 + random.nextInt(below: 3) {
                let length = 1 + random.nextInt(below: 24)
                let ids = (0..<length).map { _ in UInt32(random.nextInt(below: 100)) }
                var ends: [Int] = []
                while ends.last ?? 0 < length, random.nextInt(below: 5) > 0 {
                    ends.append(min(length, (ends.last ?? 0) + 1 + random.nextInt(below: 8)))
                }
                let start = random.nextInt(below: length)
                let range = start..<start + 1 + random.nextInt(below: length - start)
                var spans: [Range<Int>]? = random.nextInt(below: 3) == 0 ? nil : []
                var end = 0
                while spans != nil, end < length, random.nextInt(below: 4) > 0 {
                    let start = end + random.nextInt(below: length - end)
                    end = start + 1 + random.nextInt(below: length - start)
                    spans?.append(start..<end)
                }
                batcher.append(ids, segmentEnds: ends, range, lossSpans: spans)
                oracle.add(ids, ends, range, isolates: isolates, spans: spans)
            }
            let batch = batcher.take()
            #expect(batch.tokens == oracle.tokens)
            #expect(batch.labels == oracle.labels)
            #expect(batch.positions == oracle.positions)
            #expect(batch.segments.map(\.queryStart) == oracle.starts)
            #expect(batch.segments.map(\.keyStart) == oracle.starts)
            #expect(batcher.count == 0)
        }
    }

    @Test func cuttingLosesNoTarget() {
        let ids = (0..<20).map { UInt32($0) }
        func targets(_ length: Int) -> Int {
            var batcher = RowBatcher()
            for start in stride(from: 0, to: 20, by: length) {
                batcher.append(ids, segmentEnds: [7, 8, 18], start..<min(20, start + length))
            }
            return batcher.take().labelCount
        }
        #expect(targets(20) == 6 + 0 + 9)
        for length in 1..<20 { #expect(targets(length) == 15) }
    }

    @Test func idsBeyondThirtyTwoBitsAreRefusedByTheModel() {
        var batcher = RowBatcher()
        batcher.append([5, .max], segmentEnds: [2], 0..<2)
        let batch = batcher.take()
        #expect(batch.tokens == [5, .max] && batch.labels == [.max, -1])
    }
}
