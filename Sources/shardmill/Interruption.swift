import Files
import Glibc
import Synchronization

/// Ctrl-C, or a scheduler's SIGTERM, during training: the step that is under way ends, a checkpoint is written, the run can go on
/// later. A second signal ends the program at once.
enum Interruption {
    private static let number = Atomic<Int32>(0)
    private static let wakeEnd = Atomic<Int32>(-1)

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

    /// At the first signal removes what is half-written and ends the program, which says so; a second one ends it at once.
    static func removeHalfWritten() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeEnd.store(ends[1], ordering: .relaxed)
        // A handler may not take locks: it wakes a thread that may.
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                var number: UInt8 = 0
                while read(Int32(Int(bitPattern: argument) - 1), &number, 1) != 1 {}
                let removed = TemporaryNames.removeAll()
                Console.error("\ninterrupted\(removed > 0 ? ": nothing was written" : "")")
                _exit(128 + Int32(number))
            }, UnsafeMutableRawPointer(bitPattern: Int(ends[0]) + 1))
        if status != 0 { return }
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interruption.number.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Interruption.wakeEnd.load(ordering: .relaxed), &byte, 1)
            }
        }
    }

    static var wasRequested: Bool { number.load(ordering: .relaxed) != 0 }

    /// What shells expect of a program that a signal ended.
    static var exitStatus: Int32 { 128 + number.load(ordering: .relaxed) }
}
