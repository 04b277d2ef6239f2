import COpenBLAS

/// Threads that OpenBLAS starts when it is loaded, long before a product is asked for.
public enum LibraryThreads {
    /// Ends them. They wait for work in a loop that costs a core for tens of milliseconds, in every process that is linked with the
    /// library. The first product brings them back.
    public static func stop() { shardmill_stop_blas_threads() }
}
