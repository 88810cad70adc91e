// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of our additions to a deployment.
extension ManifestRule {
    /// A property, what it must be, a value that it is not, what is told.
    private static func property(
        _ name: String,
        _ rule: String,
        _ value: String,
        _ code: String,
        _ advice: String
    ) -> ManifestRule {
        let key = "scorekeeper.\(name)"
        return ManifestRule(
            .deployment,
            "properties.\(key)",
            rule,
            "properties: {\(key): \(value)}",
            "\(code) 5:\(16 + key.count)",
            advice
        )
    }

    static let properties: [ManifestRule] = [
        property("retry", "is once or never", "twice", "word", "'never' or 'once'"),
        property("python", "is exact or nearest", "newest", "word", "'exact' or 'nearest'"),
        property("statuses", "is managed, azure or direct", "424", "word", "'managed'"),
        property("fork_server", "is on or off", "true", "word", "'off' or 'on'"),
        property("merge", "is auto, on or off", "never", "word", "'auto' or 'off' or 'on'"),
        property("debug_errors", "is on or off", "loud", "word", "'off' or 'on'"),
        property("isolation", "is a level", "jail", "word", "'sandbox'"),
        property("start_deadline", "is from 1 to 3600 seconds", "0", "range", "from 1 to 3600"),
        property("body_limit", "is bytes up to 4 GiB", "5GiB", "size", "from 1 to 4 GiB"),
        property("rollout.compare", "is off, report or require", "on", "word", "'require'"),
        property("rollout.tolerance", "is a number, 0 or more", "-0.1", "range", "from 0"),
        property("rollout.compare_requests", "is from 1 to 1000", "0", "range", "to 1000"),
        property("rollout.failure_percent", "is from 1 to 100", "101", "range", "from 1 to 100"),
        property("rollout.failure_requests", "is 1 or more", "0", "range", "from 1"),
        .init(
            .deployment,
            "properties.scorekeeper.rollout.tolerance",
            "is for comparing",
            "properties: {scorekeeper.rollout.compare: off, scorekeeper.rollout.tolerance: 1}",
            "comparisonOff 5:48",
            "write 'report' there"
        ),
        .init(
            .deployment,
            "properties.scorekeeper.NAME",
            "is one of ours",
            "properties: {scorekeeper.rollout.tolerence: 1}",
            "unknownKey 5:14",
            "did you mean 'scorekeeper.rollout.tolerance'?"
        ),
        .init(
            .deployment,
            "properties.NAME",
            "is a text",
            "properties: {mine: [1]}",
            "notAText 5:20",
            "write a text"
        ),
        .init(
            .deployment,
            "scorekeeper.NAME",
            "stands under properties",
            "scorekeeper.retry: once",
            "misplacedKey 5:1",
            "under 'properties'"
        ),
    ]
}
