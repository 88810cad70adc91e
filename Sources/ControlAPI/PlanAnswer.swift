// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to make the server as documents say, or to tell what that would change.
public struct PlanRequest: Codable, Sendable, Hashable {
    /// The absolute path of a document, or of a folder of documents.
    public var path: String
    /// Whether it is done, or only told.
    public var isApplied: Bool
    /// Whether traffic may be given to deployments that do not serve yet.
    public var hurriesTraffic: Bool
    /// Where a program's libraries are looked for besides, as `LD_LIBRARY_PATH` has it.
    public var libraryPath: String?

    /// Makes a request.
    public init(
        path: String,
        isApplied: Bool,
        hurriesTraffic: Bool = false,
        libraryPath: String? = nil
    ) {
        self.path = path
        self.isApplied = isApplied
        self.hurriesTraffic = hurriesTraffic
        self.libraryPath = libraryPath
    }
}

/// What documents would change, or have changed.
public struct PlanAnswer: Codable, Sendable, Hashable {
    /// One thing that a document is about.
    public struct Step: Codable, Sendable, Hashable {
        /// What becomes of it.
        public enum Action: String, Codable, Sendable, Hashable {
            /// It is made.
            case create
            /// It is changed.
            case update
            /// It is as the document says.
            case unchanged
            /// It waits until what it names serves.
            case later
        }

        /// What kind of thing it is: `environment`, `model`, `endpoint`, `deployment`, `traffic`.
        public var kind: String
        /// Its name.
        public var name: String
        /// What becomes of it.
        public var action: Action
        /// What changes, a sentence each.
        public var changes: [String]
        /// The machine that is reserved for it, with the arithmetic; nothing where it takes none.
        public var capacity: String?
        /// What its callers will notice.
        public var callers: String?
        /// Why it cannot be done; then nothing is.
        public var refusal: ProblemBody?
        /// What kind of problem that is; nothing from an older server.
        public var refusalKind: Problem.Kind?
        /// The revision of a deployment that was taken up.
        public var revision: Revision?

        /// Makes a step.
        public init(
            _ kind: String,
            _ name: String,
            _ action: Action,
            changes: [String] = [],
            capacity: String? = nil,
            callers: String? = nil,
            refusal: ProblemBody? = nil,
            revision: Revision? = nil
        ) {
            self.kind = kind
            self.name = name
            self.action = action
            self.changes = changes
            self.capacity = capacity
            self.callers = callers
            self.refusal = refusal
            self.revision = revision
        }

        /// Refuses the step.
        public mutating func refuse(_ problem: Problem) {
            refusal = ProblemBody(problem)
            refusalKind = problem.kind
        }
    }

    /// The steps, in the order in which they are taken.
    public var steps: [Step]
    /// What a person should be told.
    public var notices: [String]
    /// What is wrong with the documents; then there are no steps.
    public var problems: [ProblemBody]
    /// Problems beyond those that are listed.
    public var unlisted: Int

    /// Makes an answer.
    public init(
        steps: [Step],
        notices: [String] = [],
        problems: [ProblemBody] = [],
        unlisted: Int = 0
    ) {
        self.steps = steps
        self.notices = notices
        self.problems = problems
        self.unlisted = unlisted
    }

    /// What kind of problem refuses the first step that is refused; nothing where none is.
    public var refusalKind: Problem.Kind? {
        let refused = steps.first { $0.refusal != nil }
        return refused.map { $0.refusalKind ?? .conflict }
    }

    /// Whether anything refuses it.
    public var isRefused: Bool {
        !problems.isEmpty || steps.contains { $0.refusal != nil }
    }

    /// How many things are made or changed.
    public var changes: Int { steps.count { $0.action == .create || $0.action == .update } }

    /// Whether something waits until deployments serve.
    public var isIncomplete: Bool { steps.contains { $0.action == .later } }
}

/// What the control plane asks of a server about documents.
public protocol PlanControl: Sendable {
    /// Tells what documents would change, or changes it.
    ///
    /// Shape: what is refused stands in its step, and then nothing is done.
    /// Errors: `invalid` for documents that break a rule.
    func plan(_ request: PlanRequest) async throws(Problem) -> PlanAnswer
}

extension PlanAnswer {
    /// The same, with what waited as it went the second time.
    public func completed(by second: PlanAnswer) -> PlanAnswer {
        var whole = self
        for place in whole.steps.indices where whole.steps[place].action == .later {
            let step = whole.steps[place]
            guard
                let done = second.steps.first(where: {
                    ($0.kind, $0.name) == (step.kind, step.name)
                })
            else { continue }
            whole.steps[place] = done
        }
        return whole
    }
}
