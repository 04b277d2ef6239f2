/// The units of measure that are split off a number, in Latin, Cyrillic and Arabic letters.
enum EnglishUnits {
    /// Scalars of the longest unit.
    static let longest = 5

    static func contains(_ scalars: UnsafePointer<UInt32>, _ count: Int) -> Bool {
        var key: UInt64 = 0
        var second: UInt64 = 0
        for index in 0..<count {
            if index < 3 {
                key = key << 21 | UInt64(scalars[index])
            } else {
                second = second << 21 | UInt64(scalars[index])
            }
        }
        return keys.contains(Key(first: key, second: second, count: count))
    }

    private struct Key: Hashable {
        let first: UInt64
        let second: UInt64
        let count: Int
    }

    private static let keys: Set<Key> = {
        var keys: Set<Key> = []
        let lengths = "km m dm cm mm км м дм см мм كم م سم مم".split(separator: " ").map(String.init)
        let areas = lengths.flatMap { [$0, $0 + "²", $0 + "³"] }
        let others =
            """
            ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa mbar mb MB kb KB gb GB tb TB T G M K % нм кг г мг м/с \
            км/ч кПа Па мбар Кб КБ кб Мб МБ мб Гб ГБ гб Тб ТБ тбكم غرام جرام جم كغ ملغ كوب اكواب
            """
        for unit in areas + others.split(separator: " ").map(String.init) {
            let scalars = unit.unicodeScalars.map { UInt64($0.value) }
            let first = scalars.prefix(3).reduce(0) { $0 << 21 | $1 }
            let second = scalars.dropFirst(3).reduce(0) { $0 << 21 | $1 }
            keys.insert(Key(first: first, second: second, count: scalars.count))
        }
        return keys
    }()
}
