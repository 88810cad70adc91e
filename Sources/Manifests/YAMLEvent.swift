// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibYAML

/// One step of a YAML document, as values of ours.
struct YAMLEvent {
    /// What begins, ends or stands here.
    enum Kind {
        case documentStart
        case alias(String)
        case scalar(text: String, isQuoted: Bool)
        case sequenceStart
        case mappingStart
        case collectionEnd
        case streamEnd
        /// The text breaks YAML's grammar: why.
        case broken(String)
        /// A tab stands where YAML takes spaces alone.
        case tab
    }

    /// What begins, ends or stands here.
    let kind: Kind
    /// The line, from 1.
    let line: Int
    /// The column in characters, from 1.
    let column: Int
    /// The anchor's name, where there is one.
    var anchor: String?
    /// The tag, where there is one: `tag:yaml.org,2002:str`.
    var tag: String?
}

/// Runs libyaml over a text; the only place that touches its structures.
enum YAMLEvents {
    /// Calls `body` with each event until it answers false, the text ends or is broken.
    static func forEach(
        in buffer: UnsafeBufferPointer<UInt8>,
        _ body: (YAMLEvent) -> Bool
    ) {
        // On the heap: the parser keeps its own address.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            _ = body(YAMLEvent(kind: .broken("there is no memory"), line: 1, column: 1))
            return
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        let empty: [UInt8] = [0]
        empty.withUnsafeBufferPointer { fallback in
            yaml_parser_set_input_string(
                parser,
                buffer.baseAddress ?? fallback.baseAddress,
                buffer.count
            )
            while let event = next(parser, in: buffer) {
                guard body(event) else { return }
                switch event.kind {
                case .streamEnd, .broken, .tab: return
                default: continue
                }
            }
        }
    }

    private static func next(
        _ parser: UnsafeMutablePointer<yaml_parser_t>,
        in buffer: UnsafeBufferPointer<UInt8>
    ) -> YAMLEvent? {
        while true {
            var raw = yaml_event_t()
            guard yaml_parser_parse(parser, &raw) == 1 else {
                return failure(parser.pointee, in: buffer)
            }
            defer { yaml_event_delete(&raw) }
            if let event = translated(raw) { return event }
            if raw.type == YAML_NO_EVENT { return nil }
        }
    }

    /// The event in our words; nothing for one that says nothing (a stream's start).
    private static func translated(_ raw: yaml_event_t) -> YAMLEvent? {
        func event(
            _ kind: YAMLEvent.Kind,
            anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
            tag: UnsafeMutablePointer<yaml_char_t>? = nil
        ) -> YAMLEvent {
            YAMLEvent(
                kind: kind,
                line: raw.start_mark.line + 1,
                column: raw.start_mark.column + 1,
                anchor: anchor.map { String(cString: $0) },
                tag: tag.map { String(cString: $0) }
            )
        }
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT: return event(.documentStart)
        case YAML_STREAM_END_EVENT: return event(.streamEnd)
        case YAML_ALIAS_EVENT:
            return event(.alias(String(cString: raw.data.alias.anchor)))
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return event(
                .scalar(
                    text: String(decoding: bytes, as: UTF8.self),
                    isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE
                ),
                anchor: scalar.anchor,
                tag: scalar.tag
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = raw.data.sequence_start
            return event(.sequenceStart, anchor: start.anchor, tag: start.tag)
        case YAML_MAPPING_START_EVENT:
            let start = raw.data.mapping_start
            return event(.mappingStart, anchor: start.anchor, tag: start.tag)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return event(.collectionEnd)
        default: return nil
        }
    }

    private static func failure(
        _ parser: yaml_parser_t,
        in buffer: UnsafeBufferPointer<UInt8>
    ) -> YAMLEvent {
        let problem = parser.problem.map { String(cString: $0) } ?? "the text cannot be read"
        let context = parser.context.map { " \(String(cString: $0))" } ?? ""
        let mark = parser.problem_mark
        return YAMLEvent(
            kind: isTab(at: mark, in: buffer) ? .tab : .broken(problem + context),
            line: mark.line + 1,
            column: mark.column + 1
        )
    }

    /// Whether a tab stands where the grammar broke: libyaml calls it a character of some kind.
    private static func isTab(
        at mark: yaml_mark_t,
        in buffer: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let lines = buffer.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: mark.line + 1,
            omittingEmptySubsequences: false
        )
        guard mark.line < lines.count else { return false }
        let line = String(decoding: lines[mark.line], as: UTF8.self).unicodeScalars
        return line.dropFirst(mark.column).first == "\t"
    }
}
