import Glibc
import Synchronization

extension WorkerPool {
    /// Calls `body(index, worker)` for every index below `count`, in any order on any worker.
    ///
    /// After a throw no further index is started; the error of the smallest index that threw is thrown, so that the same
    /// bad input gives the same message on most runs.
    public func forEach(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) throws -> Void) throws {
        let next = Atomic<Int>(0)
        let failure = FirstFailure()
        onEveryWorker { worker in
            while !failure.isSet {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                do { try body(index, worker) } catch { failure.record(error, index) }
            }
        }
        if let error = failure.error { throw error }
    }

    /// The results of `produce` for every index below `count`, in the order of the indices.
    public func map<Result: Sendable>(
        _ count: Int, _ produce: @Sendable (_ index: Int, _ worker: Int) throws -> Result
    ) throws -> [Result] {
        let results = ResultSlots<Result>(count)
        try forEach(count) { index, worker in results.set(try produce(index, worker), index) }
        return results.taken()
    }

    /// Produces on all workers and consumes one result at a time in the order of the indices, with at most `window` results
    /// waiting: memory stays bounded however slow the consumer is.
    ///
    /// `consume` runs on whichever worker finds the next result ready, never two at once.
    public func orderedForEach<Result: Sendable>(
        _ count: Int, window: Int? = nil,
        produce: @Sendable (_ index: Int, _ worker: Int) throws -> Result,
        consume: @Sendable (_ index: Int, _ result: consuming Result) throws -> Void
    ) throws {
        let width = max(window ?? threads * 4, threads)
        let queue = OrderedQueue<Result>(count: count, window: width)
        let failure = FirstFailure()
        onEveryWorker { worker in
            while let index = queue.takeIndex(failure) {
                do {
                    let result = try produce(index, worker)
                    try queue.deliver(result, at: index, failure, consume)
                } catch {
                    failure.record(error, index)
                    queue.wakeAll()
                }
            }
        }
        if let error = failure.error { throw error }
    }

    /// The same for work whose end is not known before: `next` is asked for it, one call at a time, until it returns nil.
    public func orderedForEach<Work: Sendable, Result: Sendable>(
        window: Int? = nil, taking next: @Sendable () throws -> Work?,
        produce: @Sendable (_ work: consuming Work, _ worker: Int) throws -> Result,
        consume: @Sendable (_ index: Int, _ result: consuming Result) throws -> Void
    ) throws {
        let width = max(window ?? threads * 4, threads)
        let queue = OrderedQueue<Result>(count: Int.max, window: width)
        let failure = FirstFailure()
        let isAtEnd = Mutex(false)
        onEveryWorker { worker in
            while !failure.isSet {
                // Who takes the work takes its place in the order too.
                let taken: (work: Work, index: Int)? = isAtEnd.withLock { isAtEnd in
                    guard !isAtEnd, let index = queue.takeIndex(failure) else { return nil }
                    do {
                        if let work = try next() { return (work, index) }
                    } catch {
                        failure.record(error, index)
                        queue.wakeAll()
                    }
                    isAtEnd = true
                    return nil
                }
                guard let taken else { return }
                do {
                    let result = try produce(taken.work, worker)
                    try queue.deliver(result, at: taken.index, failure, consume)
                } catch {
                    failure.record(error, taken.index)
                    queue.wakeAll()
                }
            }
        }
        if let error = failure.error { throw error }
    }
}

/// The error of the smallest index, and a flag that is cheap to ask.
final class FirstFailure: Sendable {
    private let flag = Atomic<Bool>(false)
    private let slot = Mutex<(index: Int, error: any Error)?>(nil)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    var error: (any Error)? { slot.withLock { $0?.error } }

    func record(_ error: any Error, _ index: Int) {
        slot.withLock { slot in
            if slot == nil || index < slot!.index { slot = (index, error) }
        }
        flag.store(true, ordering: .relaxed)
    }
}

/// One slot an index; each is written once by whoever owns the index.
private final class ResultSlots<Result: Sendable>: @unchecked Sendable {
    // @unchecked: distinct indices are distinct memory, and the pool's own lock orders writes before `taken`.
    private let slots: UnsafeMutableBufferPointer<Result?>

    init(_ count: Int) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: nil)
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func set(_ result: Result, _ index: Int) { slots[index] = result }
    func taken() -> [Result] { slots.map { $0! } }
}

private final class OrderedQueue<Result: Sendable>: @unchecked Sendable {
    // @unchecked: all state is read and written under `lock`, except `consume`, which only the holder of `consuming` runs.
    private let count: Int
    private let window: Int
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let room = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var nextIndex = 0
    private var nextToConsume = 0
    private var isConsuming = false
    private var waiting: [Int: Result] = [:]

    init(count: Int, window: Int) {
        self.count = count
        self.window = window
        pthread_mutex_init(lock, nil)
        pthread_cond_init(room, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(room)
        lock.deallocate()
        room.deallocate()
    }

    func takeIndex(_ failure: FirstFailure) -> Int? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while !failure.isSet, nextIndex < count, nextIndex >= nextToConsume + window { pthread_cond_wait(room, lock) }
        if failure.isSet || nextIndex >= count { return nil }
        nextIndex += 1
        return nextIndex - 1
    }

    func deliver(
        _ result: Result, at index: Int, _ failure: FirstFailure, _ consume: (Int, consuming Result) throws -> Void
    ) throws {
        pthread_mutex_lock(lock)
        waiting[index] = result
        if isConsuming {
            pthread_mutex_unlock(lock)
            return
        }
        isConsuming = true
        while !failure.isSet, let ready = waiting.removeValue(forKey: nextToConsume) {
            let position = nextToConsume
            pthread_mutex_unlock(lock)
            do { try consume(position, ready) } catch { failure.record(error, position) }
            pthread_mutex_lock(lock)
            nextToConsume += 1
            pthread_cond_broadcast(room)
        }
        isConsuming = false
        pthread_cond_broadcast(room)
        pthread_mutex_unlock(lock)
    }

    func wakeAll() {
        pthread_mutex_lock(lock)
        pthread_cond_broadcast(room)
        pthread_mutex_unlock(lock)
    }
}
