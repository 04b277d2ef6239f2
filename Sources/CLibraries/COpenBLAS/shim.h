#include <cblas.h>

// Not in the header of OpenBLAS; builds without threads have no such function.
extern int blas_thread_shutdown_(void) __attribute__((weak));

static inline void shardmill_stop_blas_threads(void) {
    if (blas_thread_shutdown_) blas_thread_shutdown_();
}
