/// Which of several known names was probably meant by one that is not known.
public enum NearestName {
    /// The known name of the smallest edit distance, the first of equals; nil where none is known.
    public static func to(_ name: String, among known: some Sequence<String>) -> String? {
        known.min { distance($0, name) < distance($1, name) }
    }

    /// Levenshtein's distance, in bytes of UTF-8.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, a) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
