import Glibc

/// Keyed 64-bit mixing: the same number for the same key everywhere, for decisions that must not depend on order.
public enum KeyedHash {
    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every input bit moves half the output bits.
    @inlinable public static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number for `value` under `seed`.
    @inlinable public static func mix(_ value: UInt64, seed: UInt64) -> UInt64 {
        mix(mix(seed) ^ value)
    }
}

/// SplitMix64: a small, fast generator whose whole state is one number, so that it can stand in a checkpoint.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    /// The state; two generators of equal state give the same numbers from there on.
    public var state: UInt64

    /// A generator for `seed`.
    public init(seed: UInt64) { state = KeyedHash.mix(seed) }

    /// The next 64 bits.
    @inlinable public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0 ..< 1 with 53 random bits.
    @inlinable public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number below `bound`, by multiplication (Lemire 2019, without the rejection step: the bias is below bound / 2^64).
    @inlinable public mutating func nextInt(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number from the standard normal distribution (Box and Muller; one of the pair is used).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUniform())).squareRoot()
        return radius * cos(2 * Double.pi * nextUniform())
    }
}
