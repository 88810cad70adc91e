// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// An answer that the gateway gives by itself.
struct OwnAnswer {
    var status: Int
    /// Extra header lines, each with its line end.
    var lines = ""
    var contentType = "application/json"
    var body: String

    /// An error: what is wrong and what to do, for people and programs.
    static func error(
        _ status: Int,
        _ code: String,
        _ message: String,
        lines: String = ""
    ) -> OwnAnswer {
        let body = "{\"error\":{\"code\":\"\(code)\",\"message\":\"\(escaped(message))\"}}\n"
        return OwnAnswer(status: status, lines: lines, body: body)
    }

    /// One line for people.
    static func line(_ status: Int, _ text: String) -> OwnAnswer {
        OwnAnswer(status: status, contentType: "text/plain; charset=utf-8", body: text + "\n")
    }

    /// What MLflow's scoring server answers to its probes.
    static func probe(_ status: Int) -> OwnAnswer { OwnAnswer(status: status, body: "\n") }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case let control where control.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
