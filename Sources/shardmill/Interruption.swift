import Glibc
import Synchronization

/// Ctrl-C, or a scheduler's SIGTERM, during training: the step that is under way ends, a checkpoint is written, the run can go on
/// later. A second signal ends the program at once.
enum Interruption {
    private static let number = Atomic<Int32>(0)

    /// Catches the signals from now on, also where the program that started this one had blocked them.
    static func install() {
        // Touched here first: a handler must not be the one that sets it up.
        _ = Interruption.number.load(ordering: .relaxed)
        var caught = sigset_t()
        sigemptyset(&caught)
        sigaddset(&caught, SIGINT)
        sigaddset(&caught, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &caught, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interruption.number.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
        }
    }

    /// Ends the program at the first signal, with a remark: for work that a rerun of the same command goes on with.
    static func endWithRemark() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                let remark: StaticString = "\ninterrupted: run the same command again, it goes on where it stopped\n"
                _ = write(2, remark.utf8Start, remark.utf8CodeUnitCount)
                _exit(128 + number)
            }
        }
    }

    static var wasRequested: Bool { number.load(ordering: .relaxed) != 0 }

    /// What shells expect of a program that a signal ended.
    static var exitStatus: Int32 { 128 + number.load(ordering: .relaxed) }
}
