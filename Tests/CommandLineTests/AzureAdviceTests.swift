// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct `Words of Azure's command line` {
    @Test(arguments: [
        ("online-endpoint list --resource-group rg", "'--resource-group' is Azure's: a server has"),
        ("online-endpoint list -g rg -w ws", "'-w' is Azure's: a server has"),
        ("online-endpoint show -n iris --query scoring_uri", "write '--output json' and ask jq"),
        ("online-endpoint show -n iris -o tsv", "'tsv' is Azure's: write '--output json'"),
        ("online-deployment create -f b.yml --local", "'scorekeeper up' serves a model"),
        ("online-deployment create -f b --skip-script-validation", "'scorekeeper check -f FILE'"),
        ("online-deployment get-logs -e a -n b --container x", "each scorer has one log"),
        ("online-endpoint get-credentials -n iris", "there are no keys and tokens yet"),
        ("online-deployment scale -n blue", "update -f FILE --set instance_count=N"),
        ("online-endpoint create -n iris --auth-mode key", "write 'auth_mode: key' in the"),
        ("ml online-endpoint list", "'ml' is Azure's: leave it out"),
    ])
    func `that mean nothing here are refused with what takes their place`(
        line: String,
        advice: String
    ) throws {
        let run = try CommandRun(arguments: line.split(separator: " ").map(String.init))

        #expect(run.status == 64)
        #expect(run.complaints.contains("Error: "))
        #expect(run.complaints.contains(advice), "\(run.complaints)")
    }

    @Test(arguments: [
        "get-credentials -n iris", "regenerate-keys -n iris --key-type primary",
        "get-credentials --name iris -o tsv",
    ])
    func `for keys that are not there are told in one line, whatever options follow`(
        line: String
    ) throws {
        let words = ["online-endpoint"] + line.split(separator: " ").map(String.init)
        let run = try CommandRun(arguments: words)
        let told = run.complaints.split(separator: "\n")

        #expect(run.status == 64)
        #expect(
            told.first?.hasPrefix(
                "Error: there is no command 'online-endpoint \(words[1])': there are no keys"
            ) == true,
            "\(run.complaints)"
        )
        #expect(!run.complaints.contains("Unknown option"))
        #expect(told.count == (line.hasSuffix("tsv") ? 2 : 1))
    }

    @Test func `are no matter where the command is right`() throws {
        let run = try CommandRun("deploy", "--scorer", "/nowhere/x", "--", "--local", "-w")

        #expect(run.status != 64)
        #expect(!run.complaints.contains("Azure"))
    }

    @Test(arguments: [
        "online-deployment show --endpoint iris --name blue",
        "online-deployment list --endpoint iris",
        "online-deployment get-logs --endpoint iris -n blue",
        "online-endpoint invoke -n iris --deployment blue -r -",
        "online-endpoint list -o json",
        "online-endpoint create -n iris --no-wait",
        "online-endpoint update -n iris --traffic blue=100 --no-wait",
        "quota -o table",
    ])
    func `that mean the same here are taken`(line: String) throws {
        let run = try CommandRun(arguments: line.split(separator: " ").map(String.init))

        #expect(run.status == 3, "\(run.complaints)")
    }

    @Test func `or no words at all are named as what they are not`() throws {
        let run = try CommandRun("online-endpoint", "shwo", "-n", "iris")

        #expect(run.complaints.contains("there is no command 'online-endpoint shwo'"))
    }
}
