import Parallel
import Testing

@testable import Tensors

@Suite struct BufferHeapTests {
    @Test func whatIsGivenBackIsTakenAgain() {
        let heap = BufferHeap()
        var addresses: [[UnsafeMutablePointer<Float>]] = []
        for _ in 0..<3 {
            let buffers = [1000, 1_000_000, 17].map { FloatBuffer(count: $0, in: heap, livesLong: false) }
            addresses.append(buffers.map(\.address))
            buffers[1][999_999] = 1
        }
        #expect(addresses[0] == addresses[1] && addresses[0] == addresses[2])
        #expect(heap.extent == 4 << 20)
    }

    /// Long-lived blocks gather at the high end, so that what lies below them is free in one piece.
    @Test func longLivesLieApart() {
        let heap = BufferHeap()
        do { _ = FloatBuffer(count: 1 << 20, in: heap, livesLong: false) }
        let long = (0..<3).map { _ in FloatBuffer(count: 1 << 16, in: heap, livesLong: true) }
        let short = FloatBuffer(count: (1 << 20) - 3 << 16, in: heap, livesLong: false)
        #expect(long.allSatisfy { $0.address > short.address } && heap.extent == 4 << 20)
    }

    /// No two buffers that are alive share a float, whatever the order.
    @Test func aliveBuffersDoNotOverlap() {
        let heap = BufferHeap()
        var random = SeededRandom(seed: 3)
        var alive: [(buffer: FloatBuffer, mark: Float)] = []
        for step in 0..<2000 {
            if !alive.isEmpty, random.nextInt(below: 2) == 0 || alive.count > 40 {
                let (buffer, mark) = alive.remove(at: random.nextInt(below: alive.count))
                #expect(buffer.array.allSatisfy { $0 == mark })
            } else {
                let made = FloatBuffer(
                    count: random.nextInt(below: 3000), in: heap, livesLong: random.nextInt(below: 2) == 0)
                #expect(Int(bitPattern: made.address) % 64 == 0)
                made.values.update(repeating: Float(step))
                alive.append((made, Float(step)))
            }
        }
        alive = []
        // Everything merged again: a buffer as large as the heap needs no more of it.
        let extent = heap.extent
        do { _ = FloatBuffer(count: extent / 4, in: heap, livesLong: true) }
        #expect(heap.extent == extent)
    }
}
