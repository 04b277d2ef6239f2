import Files
import TestSupport
import Testing

@testable import Tokenization

@Suite struct InstructionRecordTests {
    private static func record(_ json: String) throws -> InstructionRecord {
        try InstructionRecord(JSONValue(parsing: Array(json.utf8), name: "record"), path: "data.jsonl", place: "line 3")
    }

    private static func learnt(_ rendered: ChatTemplate.Rendered) -> [String] {
        rendered.learnt.map { String(decoding: rendered.text[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        (
            #"{"messages":[{"role":"user","content":"Ask"},{"role":"assistant","content":"Say"}]}"#,
            InstructionRecord.Shape.messages
        ),
        (#"{"conversations":[{"from":"human","value":"Ask"},{"from":"gpt","value":"Say"}]}"#, .conversations),
        (#"{"prompt":"Ask","completion":"Say"}"#, .promptCompletion),
        (
            #"{"prompt":[{"role":"user","content":"Ask"}],"completion":[{"role":"assistant","content":"Say"}]}"#,
            .promptCompletion
        ),
        (#"{"instruction":"Ask","input":"","output":"Say"}"#, .alpaca),
        (#"{"instruction":"Ask","output":"Say"}"#, .alpaca),
        (
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"A"},{"type":"text","text":"sk"}]},{"role":"assistant","content":"Say"}]}"#,
            .messages
        ),
    ])
    func everyShapeIsTheSameConversation(json: String, shape: InstructionRecord.Shape) throws {
        let record = try Self.record(json)
        #expect(record.shape == shape)
        #expect(record.messages == [.init(.user, "Ask"), .init(.assistant, "Say")])
        let rendered = try record.rendered(ChatTemplate(family: "chatml"))
        #expect(
            String(decoding: rendered.text, as: UTF8.self)
                == "<|im_start|>user\nAsk<|im_end|>\n<|im_start|>assistant\nSay<|im_end|>\n")
        #expect(Self.learnt(rendered) == ["Say<|im_end|>\n"])
    }

    @Test func aSystemMessageStandsInFront() throws {
        let json =
            #"{"system":"Be brief.","conversations":[{"from":"human","value":"Ask"},{"from":"gpt","value":"Say"}]}"#
        #expect(try Self.record(json).messages.map(\.role) == [.system, .user, .assistant])
    }

    /// An answer inside the prompt is read and not learnt.
    @Test func onlyTheCompletionIsLearnt() throws {
        let json = #"""
            {"prompt":[{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":"Three"}],
             "completion":[{"role":"assistant","content":"Four"}]}
            """#
        let record = try Self.record(json)
        #expect(Self.learnt(try record.rendered(ChatTemplate(family: "chatml"))) == ["Four<|im_end|>\n"])
        #expect(record.plain == nil)
        let all =
            #"{"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"role":"user","content":"3"},{"role":"assistant","content":"4"}]}"#
        #expect(
            Self.learnt(try Self.record(all).rendered(ChatTemplate(family: "chatml")))
                == ["2<|im_end|>\n", "4<|im_end|>\n"])
    }

    @Test(arguments: [
        (#"{"prompt":"Ask: ","completion":"Say"}"#, "Ask: Say"),
        (#"{"instruction":"Ask","input":"it","output":"Say"}"#, "Ask\n\nit\n\nSay"),
        (#"{"instruction":"Ask","input":null,"output":"Say"}"#, "Ask\n\nSay"),
    ])
    func plainTextsHaveNoMarkup(json: String, text: String) throws {
        let plain = try #require(try Self.record(json).plain)
        #expect(String(decoding: plain.text, as: UTF8.self) == text)
        #expect(Self.learnt(plain) == ["Say"] && plain.contents.count == 2)
    }

    @Test(arguments: [
        (#"{"text":"plain"}"#, "line 3"), (#"[1]"#, "line 3"), (#"{"messages":[]}"#, "line 3"),
        (#"{"messages":[{"role":"user","content":"Ask"}]}"#, "line 3"),
        (#"{"instruction":"Ask","output":""}"#, "line 3"), (#"{"instruction":"Ask","output":7}"#, "line 3: output"),
        (#"{"prompt":"Ask","completion":[]}"#, "line 3: prompt"),
        (#"{"messages":[{"role":"tool","content":"x"}]}"#, "line 3: messages[0]"),
        (#"{"messages":[{"role":"user"}]}"#, "line 3: messages[0]"),
        (#"{"messages":[{"content":"x"}]}"#, "line 3: messages[0]"), (#"{"messages":[3]}"#, "line 3: messages[0]"),
        (#"{"messages":[{"role":"user","content":[{"type":"image"}]}]}"#, "line 3: messages[0]"),
    ])
    func whatIsNoRecordIsNamed(json: String, place: String) {
        let failure = #expect(throws: TokenizerFailure.self) { try Self.record(json) }
        if case .malformed("data.jsonl", let found, _, _)? = failure {
            #expect(found == place)
        } else {
            Issue.record("\(String(describing: failure))")
        }
    }

    /// Real records: all of them are recognised, and what is learnt is the answer and the markup that ends it.
    @Test(.enabled(if: TestData.isPresent))
    func realRecordsAreRead() throws {
        var lines = LineReader(try ByteStream.open(TestData.path("instruct/alpaca_data_first2000.jsonl")))
        let template = try ChatTemplate(family: "llama3")
        var count = 0
        while try lines.next({ line in
            let value = try JSONValue(parsing: Array(line), name: "line \(count)")
            guard value["output"]?.string?.isEmpty == false else { return }
            let record = try InstructionRecord(value, path: "alpaca", place: "line \(count)")
            let answer = String(
                decoding: try record.rendered(template).learnt.flatMap { range in
                    try record.rendered(template).text[range]
                }, as: UTF8.self)
            #expect(answer.hasSuffix("<|eot_id|>"))
            count += 1
        }) != nil {}
        #expect(count > 1900)
    }
}
