import Glibc

/// Where the real documents and references stand that are not part of the repository.
public enum TestData {
    /// The folder: `SHARDMILL_TEST_DATA`, or `../shared/data` beside the checkout. Nil where neither is there: tests that need
    /// it are then shown as skipped.
    public static let folder: String? = {
        if let set = getenv("SHARDMILL_TEST_DATA") { return String(cString: set) }
        let besideCheckout = repository + "/../shared/data"
        return access(besideCheckout, R_OK) == 0 ? besideCheckout : nil
    }()

    /// Whether the folder is there; for `.enabled(if:)`.
    public static var isPresent: Bool { folder != nil }

    /// The root of this repository's checkout.
    public static let repository: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// A path inside the folder. Call only where `isPresent`.
    public static func path(_ inner: String) -> String { folder! + "/" + inner }
}
