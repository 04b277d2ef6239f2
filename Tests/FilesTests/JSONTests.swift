import Files
import Testing

@Suite struct JSONTests {
    @Test func valuesSurviveARoundTrip() throws {
        let value: JSONValue = ["b": [1, 2.5, "x\n\"\u{1}é", true, .null], "a": ["é": -3], "": []]
        #expect(try JSONValue(parsing: value.encoded(), name: "test") == value)
        #expect(try JSONValue(parsing: value.encoded(.pretty), name: "test") == value)
        #expect(try JSONValue(parsing: value.encoded(.python), name: "test") == value)
    }

    @Test func pythonLayoutIsThatOfJSONDumps() {
        let value: JSONValue = ["zip": .null, "a": [1, 2], "é": "é😀"]
        #expect(value.text(.python) == #"{"a": [1, 2], "zip": null, "\u00e9": "\u00e9\ud83d\ude00"}"#)
    }

    @Test func damageIsNamed() {
        #expect(throws: FileFailure.self) { try JSONValue(parsing: Array(#"{"a":"#.utf8), name: "broken.json") }
        #expect(throws: FileFailure.self) { try JSONValue(parsing: [], name: "empty.json") }
    }
}
