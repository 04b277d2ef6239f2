internal import Glibc

/// What the machine has.
public enum SystemFacts {
    /// Processors that are online.
    public static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Bytes of memory, of the control group where that allows less; nil where the system does not say.
    public static var memory: Int? {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        guard pages > 0, size > 0 else { return nil }
        let all = pages * size
        // Files of the kernel have no size: read with a limit, not mapped.
        var buffer = [UInt8](repeating: 0, count: 32)
        let file = open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return all }
        defer { close(file) }
        let count = read(file, &buffer, buffer.count)
        let digits = buffer.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return min(all, Int(String(decoding: digits, as: UTF8.self)) ?? all)
    }
}
