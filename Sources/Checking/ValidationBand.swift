/// Where a figure should lie, and the line of the rules that says so.
public struct ValidationBand: Sendable, Equatable {
    /// The least; nil: none.
    public var least: Double?
    /// The most; nil: none.
    public var most: Double?
    /// The line in the rules file.
    public var line: Int?

    /// Whether a figure lies in it. A figure that is no number does not.
    public func holds(_ value: Double) -> Bool {
        !value.isNaN && value >= (least ?? -.infinity) && value <= (most ?? .infinity)
    }

    /// `at most 5%`, `1.1 to 1.8`.
    func text(_ format: (Double) -> String) -> String {
        switch (least, most) {
        case (let least?, let most?): least == most ? format(least) : "\(format(least)) to \(format(most))"
        case (let least?, nil): "at least \(format(least))"
        case (nil, let most?): "at most \(format(most))"
        case (nil, nil): "any"
        }
    }
}
