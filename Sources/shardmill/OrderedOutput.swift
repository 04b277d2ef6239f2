import Documents
import Glibc

/// Brings what workers write into the order of their pieces: the piece whose turn it is writes at once, the others hold what they have
/// up to a bound and then wait. The piece whose turn it is never waits, so someone always goes on.
final class OrderedOutput: @unchecked Sendable {
    // @unchecked: everything below `lock` is read and written under it.

    /// What a piece has given since it last wrote.
    struct Piece: Sendable {
        var bytes: [UInt8] = []
        var documents = 0
        var rejections: [Rejection] = []
        /// Lines of a table of its own, which waits until the piece is finished.
        var abbreviations: [UInt8] = []

        /// So many bytes are worth a call of `append`; they stay in the cache of a core.
        static let enough = 1 << 18
    }

    /// A piece holds at most this, and so do all finished pieces together, before it waits for its turn.
    private static let mostHeld = 24 << 20

    private let write: @Sendable ([UInt8]) throws -> Void
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let moved = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var turn = 0
    private var finished: [Int: (Piece, (Piece) -> Void)] = [:]
    private var held = 0
    private var failure: (any Error)?

    init(write: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.write = write
        pthread_mutex_init(lock, nil)
        pthread_cond_init(moved, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(moved)
        lock.deallocate()
        moved.deallocate()
    }

    /// Writes the bytes of a piece that is not finished and empties them, if it is its turn or it holds too much.
    func append(_ piece: inout Piece, _ index: Int) throws {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if turn != index, piece.bytes.count < OrderedOutput.mostHeld, failure == nil { return }
        try waitForTurn(index)
        try put(piece.bytes)
        piece.bytes.removeAll(keepingCapacity: true)
    }

    /// Takes the rest of a piece. `report` is called in the order of pieces.
    func finish(_ piece: Piece, _ index: Int, report: @escaping (Piece) -> Void) throws {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if turn != index, held + piece.bytes.count > OrderedOutput.mostHeld { try waitForTurn(index) }
        if let failure { throw failure }
        finished[index] = (piece, report)
        held += piece.bytes.count
        while let (next, report) = finished.removeValue(forKey: turn) {
            held -= next.bytes.count
            try put(next.bytes)
            report(next)
            turn += 1
        }
        pthread_cond_broadcast(moved)
    }

    private func waitForTurn(_ index: Int) throws {
        while turn != index, failure == nil { pthread_cond_wait(moved, lock) }
        if let failure { throw failure }
    }

    private func put(_ bytes: [UInt8]) throws {
        do { try write(bytes) } catch {
            failure = error
            pthread_cond_broadcast(moved)
            throw error
        }
    }
}
