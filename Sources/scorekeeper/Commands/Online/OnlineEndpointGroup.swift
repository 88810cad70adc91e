// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `scorekeeper online-endpoint`.
struct OnlineEndpointGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "online-endpoint",
        abstract: "Endpoints as Azure ML's command line knows them: made, shared out, deleted.",
        discussion: """
            An endpoint is a stable address; deployments stand behind it, and its traffic says which \
            of them answers how many of the requests. The options are those of 'az ml \
            online-endpoint'.

            EXAMPLE
              scorekeeper online-endpoint create -f endpoint.yml
              scorekeeper online-endpoint update -n iris --traffic "blue=90 green=10"
              scorekeeper online-endpoint update -n iris --mirror-traffic "green=10"
              scorekeeper online-endpoint show -n iris --output json
            """,
        subcommands: [
            OnlineEndpointCreate.self, OnlineEndpointUpdate.self, OnlineEndpointShow.self,
            OnlineEndpointList.self, OnlineEndpointDelete.self, OnlineEndpointInvoke.self,
        ]
    )
}
