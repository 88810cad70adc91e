// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Problem {
    /// Why an endpoint that is there takes nothing that only a declared one does; nothing where no
    /// deployment stands behind that name.
    static func undeclared(
        _ name: EndpointName,
        among wanted: [DeploymentDocument]
    ) -> Problem? {
        guard let behind = wanted.first(where: { $0.key.endpoint == name }) else { return nil }
        switch behind.origin {
        case .dropped(_, let path):
            return Problem(
                .conflict,
                code: "endpointNotDeclared",
                what: "the endpoint '\(name)' is what the folder '\(path)' serves: it has one "
                    + "deployment, and nothing of it can be declared",
                remedy: "take the folder out of the models folder, then create the endpoint and "
                    + "deploy its model behind it"
            )
        case .deployed:
            return Problem(
                .conflict,
                code: "endpointNotDeclared",
                what: "the endpoint '\(name)' was made by 'scorekeeper deploy': it has one "
                    + "deployment, and nothing of it was declared",
                remedy: "declare it first, what serves goes on: 'scorekeeper online-endpoint "
                    + "create -n \(name)'"
            )
        }
    }
}
