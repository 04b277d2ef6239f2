import Files
import TestSupport
import Testing

@testable import Tokenization

@Suite struct ChatTemplateTests {
    private let conversation: [ChatTemplate.Message] = [
        .init(.system, "Be brief."), .init(.user, " What is a gNB? "), .init(.assistant, "A base station."),
        .init(.user, "Thanks"),
    ]

    /// Written down by hand, one for each family.
    private static let expected = [
        "chatml":
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n What is a gNB? <|im_end|>\n<|im_start|>assistant\nA base station.<|im_end|>\n<|im_start|>user\nThanks<|im_end|>\n<|im_start|>assistant\n",
        "llama2":
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n What is a gNB? [/INST] A base station. </s><s>[INST] Thanks [/INST]",
        "llama3":
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhat is a gNB?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA base station.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "gemma":
            "<bos><start_of_turn>user\nBe brief.\n\n What is a gNB?<end_of_turn>\n<start_of_turn>model\nA base station.<end_of_turn>\n<start_of_turn>user\nThanks<end_of_turn>\n<start_of_turn>model\n",
        "mistral": "<s>[INST] Be brief.\n\n What is a gNB? [/INST] A base station.</s>[INST] Thanks[/INST]",
        "zephyr":
            "<|system|>\nBe brief.</s>\n<|user|>\n What is a gNB? </s>\n<|assistant|>\nA base station.</s>\n<|user|>\nThanks</s>\n<|assistant|>\n",
        "phi3":
            "<|system|>\nBe brief.<|end|>\n<|user|>\n What is a gNB? <|end|>\n<|assistant|>\nA base station.<|end|>\n<|user|>\nThanks<|end|>\n<|assistant|>\n",
    ]

    @Test(arguments: ChatTemplate.families) func aConversationIsWrittenAsTheFamilyDoes(family: String) throws {
        let template = try ChatTemplate(family: family)
        #expect(template.family == family)
        let rendered = try template.render(conversation, asksForAnswer: true)
        #expect(String(decoding: rendered.text, as: UTF8.self) == Self.expected[family])
        let contents = rendered.contents.map { String(decoding: rendered.text[$0], as: UTF8.self) }
        #expect(contents.count == 4 && contents[0] == "Be brief." && contents[2] == "A base station.")
        let learnt = rendered.learnt.map { String(decoding: rendered.text[$0], as: UTF8.self) }
        #expect(
            learnt.count == 1 && learnt[0].drop { $0 == " " }.hasPrefix("A base station.")
                && learnt[0].count > "A base station.".count)
        // These two write the space before an answer themselves.
        #expect(learnt[0].hasPrefix(" ") == ["llama2", "mistral"].contains(family))
    }

    @Test func impossibleConversationsAreNamed() throws {
        let late: [ChatTemplate.Message] = [.init(.user, "a"), .init(.system, "b")]
        let twice: [ChatTemplate.Message] = [.init(.user, "a"), .init(.user, "b")]
        let alone: [ChatTemplate.Message] = [.init(.system, "a")]
        for family in ChatTemplate.families {
            let template = try ChatTemplate(family: family)
            #expect(throws: TokenizerFailure.self) { try template.render(late) }
        }
        for family in ["llama2", "gemma", "mistral"] {
            let template = try ChatTemplate(family: family)
            #expect(throws: TokenizerFailure.self) { try template.render(twice) }
            #expect(throws: TokenizerFailure.self) { try template.render(alone) }
        }
        #expect(throws: TokenizerFailure.self) { try ChatTemplate(family: "nobody") }
    }

    @Test func aFileOfOnesOwnIsReadAndChecked() throws {
        let folder = TemporaryFolder()
        let good = folder.write(
            #"{"family": "own", "system": "refused", "turns": {"user": {"prefix": "Q: ", "suffix": "\n"}, "assistant": {"prefix": "A: ", "suffix": "\n"}}}"#,
            to: "own.json")
        let template = try ChatTemplate(file: good)
        #expect(try template.render([.init(.user, "hi")], asksForAnswer: true).text == Array("Q: hi\nA: ".utf8))
        #expect(throws: TokenizerFailure.self) { try template.render([.init(.system, "x")]) }
        let bad = folder.write(#"{"family": "own", "turns": {"user": {"prefix": "Q: "}}}"#, to: "bad.json")
        #expect(throws: TokenizerFailure.self) { try ChatTemplate(file: bad) }
    }

    /// SmolLM2's own template, rendered by `transformers`.
    @Test(.enabled(if: ParityPython.path != nil && TestData.isPresent)) func chatMLIsWhatTransformersWrites() throws {
        let script = """
            import sys
            from transformers import AutoTokenizer
            tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
            turns = [("system", "Be brief."), ("user", " What is a gNB? "), ("assistant", "A base station."), ("user", "Thanks")]
            messages = [{"role": role, "content": content} for role, content in turns]
            sys.stdout.write(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
            """
        let outcome = ExternalProgram.run([ParityPython.path ?? "", "-c", script, TestData.path("tokenizers/smollm2")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == Self.expected["chatml"])
    }

    /// The formats that the families' makers publish, written once more as templates of `transformers`: text of messages is of any kind.
    @Test(.enabled(if: ParityPython.path != nil && TestData.isPresent)) func allFamiliesAreWhatTransformersWrites()
        throws
    {
        let script = """
            import json, random, sys
            from transformers import AutoTokenizer
            tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
            plain = "{% for m in messages %}{{ BEFORE }}{{ m.content }}{{ AFTER }}{% endfor %}{% if add_generation_prompt %}{{ ASK }}{% endif %}"
            def turns(before, after, ask):
                return plain.replace("BEFORE", before).replace("AFTER", after).replace("ASK", ask)
            first = ("{% set head = messages[0].content + GAP if messages[0].role == 'system' else '' %}"
                     "{% set rest = messages[1:] if messages[0].role == 'system' else messages %}BEGIN"
                     "{% for m in rest %}{% if m.role == 'user' %}{% set text = (head if loop.first else '') + m.content %}USER{% else %}REPLY{% endif %}{% endfor %}ASK")
            def folded(gap, begin, user, reply, ask=""):
                return first.replace("GAP", gap).replace("BEGIN", begin).replace("USER", user).replace("REPLY", reply).replace("ASK", ask)
            templates = {
                "chatml": turns("'<|im_start|>' + m.role + '\\n'", "'<|im_end|>\\n'", "'<|im_start|>assistant\\n'"),
                "zephyr": turns("'<|' + m.role + '|>\\n'", "'</s>\\n'", "'<|assistant|>\\n'"),
                "phi3": turns("'<|' + m.role + '|>\\n'", "'<|end|>\\n'", "'<|assistant|>\\n'"),
                "llama3": "<|begin_of_text|>" + turns("'<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n'", "'<|eot_id|>'",
                    "'<|start_header_id|>assistant<|end_header_id|>\\n\\n'").replace("m.content", "m.content | trim"),
                "llama2": folded("'\\n<</SYS>>\\n\\n'", "", "<s>[INST] {{ text.strip() }} [/INST]", " {{ m.content.strip() }} </s>").replace(
                    "messages[0].content + ", "'<<SYS>>\\n' + messages[0].content + "),
                "mistral": folded("'\\n\\n'", "<s>", "[INST] {{ text }}[/INST]", " {{ m.content }}</s>"),
                "gemma": folded("'\\n\\n'", "<bos>", "{{ '<start_of_turn>user\\n' + text | trim + '<end_of_turn>\\n' }}",
                    "{{ '<start_of_turn>model\\n' + m.content | trim + '<end_of_turn>\\n' }}",
                    "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"),
            }
            random.seed(5)
            parts = ["UE", " ", "\\n", "\\t", "<b>", "{{", "%}", "&", "'", '"', "\\u00a0", "\\u3000", "\\u4e2d", "\\U0001F600", "[INST]", "x"]
            def content(): return "".join(random.choice(parts) for _ in range(random.randint(1, 8))) + "."[:random.randint(0, 1)] + random.choice(["", " ", "\\n"])
            for family, template in sorted(templates.items()):
                for number in range(60):
                    # A system message of white space alone has no place of its own where it is trimmed together with the question.
                    messages = [dict(role="system", content="S" + content())] if number % 2 else []
                    for turn in range(random.randint(1, 5)):
                        messages.append(dict(role=("user", "assistant")[turn % 2], content="x" + content() if turn == 0 else content()))
                    asks = messages[-1]["role"] == "user"
                    text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False, add_generation_prompt=asks)
                    print(json.dumps(dict(family=family, messages=messages, asks=asks, text=text)))
            """
        let outcome = ExternalProgram.run([ParityPython.path ?? "", "-c", script, TestData.path("tokenizers/smollm2")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        var seen: [String: Int] = [:]
        for line in outcome.output.split(separator: "\n") {
            try JSONParser().parse(Array(line.utf8), name: "row") { row in
                let family = row["family"]?.string ?? ""
                var messages: [ChatTemplate.Message] = []
                row["messages"]?.forEachItem { message in
                    let role = ChatTemplate.Role(rawValue: message["role"]?.string ?? "") ?? .system
                    messages.append(.init(role, message["content"]?.string ?? ""))
                }
                let rendered = try ChatTemplate(family: family).render(
                    messages, asksForAnswer: row["asks"]?.bool ?? false)
                #expect(rendered.text == Array((row["text"]?.string ?? "").utf8), "\(line)")
                seen[family, default: 0] += 1
            }
        }
        #expect(seen == Dictionary(uniqueKeysWithValues: ChatTemplate.families.map { ($0, 60) }))
    }
}
