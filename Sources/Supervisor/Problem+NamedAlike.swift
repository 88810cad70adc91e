// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Problem {
    /// What is wrong with a new endpoint's name beside the names there are; nothing where all is well.
    ///
    /// A Host header addresses endpoints and knows no case: a request for one of two names that
    /// differ in nothing else could reach the other.
    static func namedAlike(
        _ name: EndpointName,
        among names: some Sequence<EndpointName>
    ) -> Problem? {
        var alike: EndpointName?
        let lowercased = name.text.lowercased()
        for other in names {
            if other == name { return nil }
            if other.text.lowercased() == lowercased { alike = other }
        }
        return alike.map { other in
            Problem(
                .conflict,
                code: "nameAlike",
                what: "cannot make the endpoint '\(name)': there is '\(other)', and requests that "
                    + "name their endpoint as a host would reach either",
                remedy: "choose a name that differs in more than case"
            )
        }
    }
}
