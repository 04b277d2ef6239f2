import Files

/// An element of a JSON file together with where it stands, so that every failure can say so.
struct PlacedElement {
    let element: JSONElement
    let path: String
    let place: String

    /// The member `key`, nil where it is absent or null.
    func optional(_ key: StaticString) -> PlacedElement? {
        guard let member = element[key], member.kind != .null else { return nil }
        return PlacedElement(element: member, path: path, place: place.isEmpty ? "\(key)" : "\(place).\(key)")
    }

    /// The member `key`; throws where it is absent or null.
    func required(_ key: StaticString, _ expected: String) throws -> PlacedElement {
        if let member = optional(key) { return member }
        let found = element[key] == nil ? "none" : "null"
        throw TokenizerFailure.malformed(
            path: path, place: place.isEmpty ? "\(key)" : "\(place).\(key)", expected: expected, found: found)
    }

    /// An object that must be here.
    func object(_ key: StaticString) throws -> PlacedElement {
        let member = try required(key, "an object")
        return try member.expecting(.object, "an object")
    }

    /// An array that must be here.
    func array(_ key: StaticString) throws -> PlacedElement {
        let member = try required(key, "an array")
        return try member.expecting(.array, "an array")
    }

    /// A string that must be here.
    func string(_ key: StaticString) throws -> String {
        let member = try required(key, "a string")
        return try member.expecting(.string, "a string").element.string ?? ""
    }

    /// A truth value, `standard` where it is absent or null.
    func bool(_ key: StaticString, _ standard: Bool) throws -> Bool {
        guard let member = optional(key) else { return standard }
        guard let value = member.element.bool else { throw member.malformed("true or false") }
        return value
    }

    /// A string, nil where it is absent or null.
    func optionalString(_ key: StaticString) throws -> String? {
        guard let member = optional(key) else { return nil }
        return try member.expecting(.string, "a string").element.string
    }

    /// Self if it is of that kind.
    func expecting(_ kind: JSONElement.Kind, _ expected: String) throws -> PlacedElement {
        if element.kind != kind { throw malformed(expected) }
        return self
    }

    /// Calls `body` with every item of an array.
    func forEachItem(_ body: (PlacedElement) throws -> Void) throws {
        var index = 0
        try element.forEachItem { item in
            try body(PlacedElement(element: item, path: path, place: "\(place)[\(index)]"))
            index += 1
        }
    }

    /// Appends this component, or the components of a `Sequence` of them, which stand under `key`.
    func flatten(_ key: StaticString, _ out: inout [PlacedElement]) throws {
        if try string("type") != "Sequence" {
            out.append(self)
        } else {
            try array(key).forEachItem { try $0.flatten(key, &out) }
        }
    }

    /// A number that is not negative, `standard` where it is absent or null.
    func count(_ key: StaticString, _ standard: Int) throws -> Int {
        guard let member = optional(key) else { return standard }
        guard let value = member.element.int, value >= 0 else { throw member.malformed("a number from 0") }
        return value
    }

    /// The failure that something else was expected here.
    func malformed(_ expected: String) -> TokenizerFailure {
        .malformed(path: path, place: place, expected: expected, found: PlacedElement.name(of: element))
    }

    /// The failure that what stands here is not supported.
    func unsupported(_ found: String, _ supported: String) -> TokenizerFailure {
        .unsupported(path: path, place: place, found: found, supported: supported)
    }

    static func name(of element: JSONElement) -> String {
        switch element.kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .integer: "the number \(element.int ?? 0)"
        case .unsigned, .double: "the number \(element.double ?? 0)"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
