// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a server is bounded to that is started to be tried, as `scorekeeper escape-test` does.
public struct TrialOptions: Sendable, Hashable {
    /// The highest isolation that its node may use.
    public var highestIsolation: IsolationLevel
    /// What each instance gets, whatever is deployed.
    public var instanceType: InstanceType
    /// Whole time a request may take.
    public var deadlineMilliseconds: Int

    /// Makes options.
    public init(
        highestIsolation: IsolationLevel,
        instanceType: InstanceType,
        deadlineMilliseconds: Int
    ) {
        self.highestIsolation = highestIsolation
        self.instanceType = instanceType
        self.deadlineMilliseconds = deadlineMilliseconds
    }
}
