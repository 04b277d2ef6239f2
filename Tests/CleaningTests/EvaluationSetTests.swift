import Cleaning
import Files
import TestSupport
import Testing

@Suite struct EvaluationSetTests {
    private static func set(_ text: String) throws -> EvaluationSet {
        try EvaluationSet(Array(text.utf8), path: "set.json")
    }

    private static func texts(_ item: EvaluationItem, _ kind: EvaluationItem.Kind) -> [String] {
        item.parts.filter { $0.kind == kind }.map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test func questionsUnderKeys() throws {
        let set = try EvaluationSetTests.set(
            """
            {"question 3": {"question": "Q three?", "option 1": "a", "option 2": "b", "answer": "option 2: b", "category": "x"},
             "question 5": {"question": "Q five?", "option 1": "c", "answer": "option 1: c", "explanation": "because"}}
            """)
        #expect(set.items.map(\.id) == ["question 3", "question 5"])
        #expect(set.items.map(\.index) == [0, 1])
        #expect(EvaluationSetTests.texts(set.items[0], .question) == ["Q three?"])
        #expect(EvaluationSetTests.texts(set.items[0], .answer) == ["b"])
        #expect(EvaluationSetTests.texts(set.items[0], .option) == ["a", "b"])
        #expect(set.unrecognised == [])
    }

    @Test func linesOfStatementsAndAnswers() throws {
        let set = try EvaluationSetTests.set(
            """
            {"ID": 7, "Statement": "First one", "Answer": "Because."}

            {"Statement": "Second one", "Answer": ["x", "y"]}
            {"Title": "nothing to ask"}
            """)
        #expect(set.items.map(\.id) == ["7", "1"])
        #expect(EvaluationSetTests.texts(set.items[1], .answer) == ["x", "y"])
        #expect(set.unrecognised == ["line 4"])
    }

    @Test func nestedParagraphs() throws {
        let set = try EvaluationSetTests.set(
            """
            {"version": "1", "data": [{"title": "T", "paragraphs": [{"context": "Some context.", "qas": [
              {"id": "q1", "question": "What?", "answers": [{"text": "This", "answer_start": 0}, {"text": "This"}]},
              {"id": "q2", "question": "Who?", "answers": {"text": ["He"], "answer_start": [3]}}]}]}]}
            """)
        #expect(set.items.map(\.id) == ["q1", "q2"])
        #expect(set.items.map { EvaluationSetTests.texts($0, .answer) } == [["This"], ["He"]])
    }

    @Test(arguments: [
        #"[{"question": "Q?", "choices": ["a", "b", "c"], "answer": 1}]"#,
        #"[{"question": "Q?", "options": {"A": "a", "B": "b", "C": "c"}, "answer": "B"}]"#,
        #"[{"question": "Q?", "choices": {"text": ["a", "b", "c"], "label": ["1", "2", "3"]}, "answer": "2"}]"#,
        #"[{"question": {"stem": "Q?", "choices": [{"label": "A", "text": "a"}, {"label": "B", "text": "b"}, {"label": "C", "text": "c"}]}, "answer": "B"}]"#,
        #"[{"question": "Q?", "A": "a", "B": "b", "C": "c", "answer": "B"}]"#,
        #"[{"ctx": "Q?", "endings": ["a", "b", "c"], "label": "1"}]"#,
        #"[{"sentence": "Q?", "option1": "a", "option2": "b", "option3": "c", "answer": "2"}]"#,
        #"{"rows": [{"row_idx": 0, "row": {"question": "Q?", "choices": ["a", "b", "c"], "answer": "B"}}]}"#,
    ])
    func multipleChoice(_ text: String) throws {
        let set = try EvaluationSetTests.set(text)
        #expect(set.items.count == 1)
        #expect(EvaluationSetTests.texts(set.items[0], .question) == ["Q?"])
        #expect(EvaluationSetTests.texts(set.items[0], .option) == ["a", "b", "c"])
        #expect(EvaluationSetTests.texts(set.items[0], .answer) == ["b"])
    }

    @Test func conversations() throws {
        let set = try EvaluationSetTests.set(
            #"{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q?"}, {"role": "assistant", "content": "A."}]}"#
        )
        #expect(EvaluationSetTests.texts(set.items[0], .question) == ["Q?"])
        #expect(EvaluationSetTests.texts(set.items[0], .answer) == ["A."])
        #expect(EvaluationScope.question.texts(of: set.items[0]).count == 1)
        #expect(EvaluationScope.answers.texts(of: set.items[0]).count == 2)
    }

    @Test(arguments: ["{}", "[]", "[1, 2]", "{\"text\": \"no question\"}", "3", "{\"a\": {\"b\": {}}}"])
    func whatHoldsNoQuestionIsAnError(_ text: String) {
        #expect(throws: DecontaminationFailure.self) { try EvaluationSetTests.set(text) }
    }

    @Test(arguments: ["", "{", "{\"question\": \"a\"}\n{\"question\"", "no JSON", "[{\"question\": \"a\"}"])
    func whatIsNoJSONIsAnError(_ text: String) {
        #expect(throws: FileFailure.self) { try EvaluationSetTests.set(text) }
    }

    @Test(.enabled(if: TestData.isPresent)) func everyQuestionOfTeleQnAIsRead() throws {
        let set = try EvaluationSet(TestData.path("telecom-qa/TeleQnA-80pct.json.zst"))
        #expect(set.items.count == 8000 && set.unrecognised == [])
        #expect(
            set.items.allSatisfy { item in
                item.parts.first?.kind == .question && item.parts.count { $0.kind == .answer } == 1
                    && item.parts.count { $0.kind == .option } >= 2
            })
        // An answer is one of the options, not the label before it.
        #expect(
            set.items.count { item in
                let answer = item.parts.first { $0.kind == .answer }?.text
                return item.parts.contains { $0.kind == .option && $0.text == answer }
            } > 7900)
    }
}
