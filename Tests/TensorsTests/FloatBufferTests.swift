import Tensors
import Testing

@Suite struct FloatBufferTests {
    @Test(arguments: [0, 1, 1000, 300_000, 1_000_001])
    func startsAtZeroAndAligned(count: Int) {
        let buffer = FloatBuffer(count: count)
        #expect(buffer.count == count && buffer.array.allSatisfy { $0 == 0 })
        #expect(Int(bitPattern: buffer.address) % 64 == 0)
        if count > 0 {
            buffer[count - 1] = 3
            #expect(buffer[count - 1] == 3)
        }
    }

    @Test func borrowedMemoryIsReadOnly() {
        final class Owner {}
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
        memory.initialize(repeating: 2)
        let buffer = FloatBuffer(borrowing: UnsafeBufferPointer(memory), owner: Owner())
        #expect(!buffer.isWritable && buffer.array == [2, 2, 2])
    }

    @Test func outOfBoundsTraps() async {
        await #expect(processExitsWith: .failure) { _ = FloatBuffer(count: 3)[3] }
        await #expect(processExitsWith: .failure) { FloatBuffer(count: 3).write([1, 2], at: 2) }
        await #expect(processExitsWith: .failure) {
            CPUBackend(threads: 1).scale(FloatBuffer(count: 3), by: 1, count: 4)
        }
    }

    @Test func copies() {
        let backend = CPUBackend(threads: 2)
        let target = backend.makeBuffer(5)
        backend.write([1, 2, 3], to: target, at: 1)
        backend.copy(target, from: 1, to: target, at: 3, count: 2)
        #expect(backend.read(target, from: 0, count: 5) == [0, 1, 2, 1, 2])
    }
}
