import Parallel

/// The names that one document invents and uses throughout: messages, information elements, timers, states, entities, fields.
struct DocumentLexicon: ~Copyable {
    private let words: SharedWords
    private(set) var messages = NameList()
    private(set) var elements = NameList()
    private(set) var timers = NameList()
    private(set) var states = NameList()
    private(set) var entities = NameList()
    private(set) var entityNames = NameList()
    private(set) var fields = NameList()
    private(set) var types = NameList()
    private(set) var procedures = NameList()
    /// Clause numbers of the document that may be referred to.
    var clauses = NameList()
    /// `LGF TS 71.204` of each entry of the reference list.
    var specifications = NameList()

    init(words: SharedWords) { self.words = words }

    /// Draws the names of a document of about `size` bytes.
    mutating func draw(size: Int, _ random: inout SeededRandom) {
        let scale = min(12, 1 + size / 16_000)
        clearNames()
        for _ in 0..<(3 + random.nextInt(below: 3)) { addEntity(&random) }
        for _ in 0..<(4 + 3 * scale) { addMessage(&random) }
        for _ in 0..<(8 + 6 * scale) { addElement(&random) }
        for _ in 0..<(3 + scale) { addTimer(&random) }
        for _ in 0..<(4 + random.nextInt(below: 4)) { addState(&random) }
        for _ in 0..<(12 + 10 * scale) { addField(&random) }
        for _ in 0..<(6 + 5 * scale) { addType(&random) }
        for _ in 0..<(3 + 2 * scale) { addProcedure(&random) }
    }

    private mutating func clearNames() {
        messages.removeAll()
        elements.removeAll()
        timers.removeAll()
        states.removeAll()
        entities.removeAll()
        entityNames.removeAll()
        fields.removeAll()
        types.removeAll()
        procedures.removeAll()
    }

    private mutating func addEntity(_ random: inout SeededRandom) {
        let first = words.adjectives.pick(&random)
        let second = words.nouns.pick(&random)
        let third = words.nouns.pick(&random)
        entityNames.add {
            $0.append(first, .title)
            $0.append(0x20)
            $0.append(second, .title)
            $0.append(0x20)
            $0.append(third, .title)
            $0.append(" Function")
        }
        entities.add {
            for word in [first, second, third] { $0.append(UnsafeBufferPointer(rebasing: word[..<1]), .upper) }
            $0.append(0x46)
        }
    }

    private mutating func addMessage(_ random: inout SeededRandom) {
        messages.add {
            if random.nextInt(below: 3) == 0 {
                $0.append(words.adjectives.pick(&random), .upper)
                $0.append(0x20)
            }
            $0.append(words.nouns.pick(&random), .upper)
            $0.append(0x20)
            if random.nextInt(below: 2) == 0 {
                $0.append(words.nouns.pick(&random), .upper)
                $0.append(0x20)
            }
            $0.append(words.messageKinds.pick(&random))
        }
    }

    private mutating func addElement(_ random: inout SeededRandom) {
        elements.add {
            $0.append(words.adjectives.pick(&random), .title)
            $0.append(0x20)
            $0.append(words.nouns.pick(&random), .title)
            if random.nextInt(below: 2) == 0 {
                $0.append(0x20)
                $0.append(words.nouns.pick(&random), .title)
            }
        }
    }

    private mutating func addTimer(_ random: inout SeededRandom) {
        timers.add {
            $0.append(0x54)
            $0.append(number: 100 + random.nextInt(below: 3900))
        }
    }

    private mutating func addState(_ random: inout SeededRandom) {
        states.add {
            if random.nextInt(below: 2) == 0 {
                $0.append(words.nouns.pick(&random), .upper)
                $0.append(0x2D)
            }
            $0.append(words.participles.pick(&random), .upper)
        }
    }

    private mutating func addField(_ random: inout SeededRandom) {
        fields.add {
            if random.nextInt(below: 3) > 0 {
                $0.append(words.adjectives.pick(&random))
                $0.append(words.nouns.pick(&random), .title)
            } else {
                $0.append(words.nouns.pick(&random))
            }
            $0.append(words.nouns.pick(&random), .title)
        }
    }

    private mutating func addType(_ random: inout SeededRandom) {
        types.add {
            $0.append(words.nouns.pick(&random), .title)
            $0.append(words.nouns.pick(&random), .title)
            switch random.nextInt(below: 5) {
            case 0: $0.append("Config")
            case 1: $0.append("List")
            case 2: $0.append("Info")
            case 3: $0.append("Report")
            default: $0.append(words.nouns.pick(&random), .title)
            }
        }
    }

    private mutating func addProcedure(_ random: inout SeededRandom) {
        procedures.add {
            $0.append(words.adjectives.pick(&random))
            $0.append(0x20)
            $0.append(words.nouns.pick(&random))
            $0.append(0x20)
            $0.append(words.nouns.pick(&random))
        }
    }

    /// Writes what a slot of the grammar stands for.
    @inline(__always)
    func fill(_ slot: Int, _ random: inout SeededRandom, into out: inout ByteBuffer) {
        switch Grammar.Slot(rawValue: slot) ?? .noun {
        case .noun: out.append(afterArticle: words.nouns.pick(&random))
        case .adjective: out.append(afterArticle: words.adjectives.pick(&random))
        case .verb: out.append(words.verbs.pick(&random))
        case .participle: out.append(afterArticle: words.participles.pick(&random))
        case .adverb: out.append(words.adverbs.pick(&random))
        case .unit: out.append(words.units.pick(&random))
        case .count: out.append(number: random.nextInt(below: 1 << (2 + random.nextInt(below: 9))))
        case .amount: writeAmount(&random, into: &out)
        case .clause: out.append(clauses.pick(&random))
        case .specification: out.append(specifications.pick(&random))
        case .reference:
            out.append(0x5B)
            out.append(number: 1 + random.nextInt(below: specifications.count))
            out.append(0x5D)
        case .message: out.append(messages.pick(&random))
        case .element: out.append(elements.pick(&random))
        case .timer: out.append(timers.pick(&random))
        case .state: out.append(states.pick(&random))
        case .entity: out.append(afterArticle: entities.pick(&random))
        case .field: out.append(fields.pick(&random))
        case .table:
            out.append(clauses.pick(&random))
            out.append("-1")
        case .procedure:
            out.append("the ")
            out.append(procedures.pick(&random))
            out.append(" procedure")
        }
    }

    private func writeAmount(_ random: inout SeededRandom, into out: inout ByteBuffer) {
        out.append(number: random.nextInt(below: 1 << (3 + random.nextInt(below: 8))))
        if random.nextInt(below: 4) == 0 {
            out.append(0x2C)
            out.append(number: 1 + random.nextInt(below: 9))
        }
    }
}

extension ByteBuffer {
    /// Appends a word; where the indefinite article stands before a vowel it becomes "an".
    @inline(__always)
    fileprivate mutating func append(afterArticle word: UnsafeBufferPointer<UInt8>) {
        if count >= 2, base[count &- 1] == 0x20, base[count &- 2] | 0x20 == 0x61, count == 2 || base[count &- 3] == 0x20
        {
            switch word[0] | 0x20 {
            case 0x61, 0x65, 0x69, 0x6F:
                truncate(to: count &- 1)
                append("n ")
            default: break
            }
        }
        append(word)
    }
}
