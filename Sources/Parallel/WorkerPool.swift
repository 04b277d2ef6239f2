import Glibc

/// The one thread pool: `threads` workers, of which the calling thread is worker 0.
///
/// Work is an index below a count; workers take the next index from an atomic counter, so what an index yields must not
/// depend on which worker takes it. The pool's threads sleep between runs. A run must not be started from inside a run of
/// the same pool.
public final class WorkerPool: @unchecked Sendable {
    // @unchecked: every stored property below `lock` is read and written under it.

    /// Number of workers, the caller included; at least 1.
    public let threads: Int

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var handles: [pthread_t] = []
    private var generation = 0
    private var running = 0
    private var stopping = false
    private var job: (@Sendable (Int) -> Void)?

    /// The number of processors that are online.
    public static var availableProcessors: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Starts `threads - 1` threads, with stacks of 16 MiB.
    public init(threads: Int = WorkerPool.availableProcessors) {
        self.threads = max(1, threads)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(done, nil)
        for worker in 1..<max(2, self.threads) where worker < self.threads { start(worker) }
    }

    deinit {
        pthread_mutex_lock(lock)
        stopping = true
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(lock)
        for handle in handles { pthread_join(handle, nil) }
        pthread_cond_destroy(wake)
        pthread_cond_destroy(done)
        pthread_mutex_destroy(lock)
        lock.deallocate()
        wake.deallocate()
        done.deallocate()
    }

    private final class Start {
        // Unchecked: `deinit` joins every thread, but it may begin before a thread has read this, and a checked reference traps then.
        unowned(unsafe) let pool: WorkerPool
        let worker: Int
        init(pool: WorkerPool, worker: Int) {
            self.pool = pool
            self.worker = worker
        }
    }

    private func start(_ worker: Int) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 16 << 20)
        var handle = pthread_t()
        let argument = Unmanaged.passRetained(Start(pool: self, worker: worker)).toOpaque()
        let status = pthread_create(
            &handle, &attributes,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                start.pool.loop(start.worker)
                return nil
            }, argument)
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "the system refused a thread (error \(status))")
        handles.append(handle)
    }

    private func loop(_ worker: Int) {
        var seen = 0
        pthread_mutex_lock(lock)
        while true {
            while generation == seen, !stopping { pthread_cond_wait(wake, lock) }
            if stopping { break }
            seen = generation
            let job = self.job
            pthread_mutex_unlock(lock)
            job?(worker)
            pthread_mutex_lock(lock)
            running -= 1
            if running == 0 { pthread_cond_signal(done) }
        }
        pthread_mutex_unlock(lock)
    }

    /// Runs `body(worker)` once on every worker, the caller as worker 0, and waits for all of them.
    public func onEveryWorker(_ body: @Sendable (_ worker: Int) -> Void) {
        if threads == 1 { return body(0) }
        withoutActuallyEscaping(body) { escaping in
            pthread_mutex_lock(lock)
            job = escaping
            running = threads - 1
            generation += 1
            pthread_cond_broadcast(wake)
            pthread_mutex_unlock(lock)
            body(0)
            pthread_mutex_lock(lock)
            while running > 0 { pthread_cond_wait(done, lock) }
            job = nil
            pthread_mutex_unlock(lock)
        }
    }
}
