import Glibc
import Synchronization

/// Ctrl-C, or a scheduler's SIGTERM, during training: the step that is under way ends, a checkpoint is written, the run can go on
/// later. A second signal ends the program at once.
enum Interruption {
    private static let number = Atomic<Int32>(0)

    /// Catches the signals from now on.
    static func install() {
        for caught in [SIGINT, SIGTERM] {
            signal(caught) { number in
                if Interruption.number.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
        }
    }

    static var wasRequested: Bool { number.load(ordering: .relaxed) != 0 }

    /// What shells expect of a program that a signal ended.
    static var exitStatus: Int32 { 128 + number.load(ordering: .relaxed) }
}
