// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Glibc
import Vocabulary

/// `scorekeeper patch`.
struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Resolves environments again, within their pins, and rolls in what is newer.",
        discussion: """
            What would change is shown first: packages, Python's patch release, the deployments that \
            run in it, the machine that is reserved for them. Everything is built before anything \
            is rolled. Then each deployment gets its next revision, with the same model and \
            settings, and the next one's turn comes when it serves; at one that is given up the \
            patch ends. It can be broken off at any time and asked for again: what is patched has \
            nothing more to do.

            EXAMPLE
              scorekeeper patch --dry-run
              scorekeeper patch iris/default --yes
              scorekeeper patch azureml:forecasting
            """
    )

    @Argument(
        help: ArgumentHelp(
            "ENDPOINT, ENDPOINT/DEPLOYMENT, azureml:NAME[:VERSION], or the first digits of an "
                + "environment; all that are in use where none is named.",
            valueName: "name"
        )
    )
    var names: [String] = []

    @Flag(
        name: [.customLong("dry-run"), .customLong("plan")],
        help: "Only tell what would change."
    )
    var isDryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Wait for no rollout: all begin at once, and none is stopped by another's failure.")
    var noWait = false

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let client = server.client
        let plan = try await client.planPatch(PatchRequest(names: names))
        if format.output == .table { PatchReport.lines(plan).forEach(Output.print) }
        guard !isDryRun, !plan.steps.isEmpty else { return try end(PatchResult(plan: plan)) }
        try confirm(plan)
        try await build(plan, client)
        var outcome = PatchOutcome(of: plan.steps)
        for step in plan.steps where outcome.failed == nil {
            await roll(step, client, &outcome)
        }
        if !noWait { await lookBack(client, &outcome) }
        if format.output == .table { PatchReport.lines(outcome).forEach(Output.print) }
        try end(PatchResult(plan: plan, outcome: outcome))
    }

    private func confirm(_ plan: PatchPlan) throws(Problem) {
        if yes { return }
        if isatty(0) == 1 {
            Output.tell("patch \(Counted(plan.steps.count, "deployment"))? [y/N]")
            if ["y", "yes"].contains(readLine()?.lowercased() ?? "") { return }
        }
        throw Problem(
            .conflict,
            code: "notConfirmed",
            what: "nothing was patched: nobody said yes",
            remedy: "say --yes, or --dry-run to be told only"
        )
    }

    /// Builds everything, before anything is rolled.
    private func build(_ plan: PatchPlan, _ client: ControlClient) async throws(Problem) {
        for settlement in plan.builds {
            let meant = plan.environments.filter { $0.settlement == settlement }
            let old = meant.compactMap { $0.digest?.short }.joined(separator: " and ")
            Output.tell("building what takes the place of \(old)")
            do throws(Problem) {
                try await client.buildPatch(settlement)
            } catch {
                throw Problem(
                    error.kind,
                    code: error.code,
                    what: "nothing was patched: what takes the place of \(old) cannot be built: "
                        + "\(error.what)",
                    remedy: error.remedy,
                    location: error.location
                )
            }
        }
    }

    /// Rolls one deployment, and waits until it serves.
    private func roll(
        _ step: PatchStep,
        _ client: ControlClient,
        _ outcome: inout PatchOutcome
    ) async {
        if !noWait { await lookBack(client, &outcome) }
        guard outcome.failed == nil else { return }
        Output.tell("rolling \(step.key)")
        do throws(Problem) {
            let answer = try await client.patch(step)
            if !noWait {
                let serving = try await client.waitUntilServing(answer)
                guard serving.revision == answer.revision else {
                    throw Self.changed(step.key, to: serving.revision)
                }
            }
            outcome.note(answer, isServing: !noWait)
        } catch {
            outcome.note(error, of: step.key)
        }
    }

    /// Looks whether what serves already has been given up since: answers are watched for a while.
    private func lookBack(_ client: ControlClient, _ outcome: inout PatchOutcome) async {
        guard outcome.failed == nil, !outcome.patched.isEmpty,
            let status = try? await client.status(),
            let lost = outcome.givenUp({ status.endpoint($0) })
        else { return }
        let rollout = try? await client.rollout(of: lost.key)
        outcome.note(
            Problem(
                .failed,
                code: "givenUp",
                what: "\(lost.revision) served and was given up since: "
                    + (rollout?.why ?? rollout?.sentence ?? "it failed")
            ),
            of: lost.key
        )
    }

    private static func changed(_ key: DeploymentKey, to revision: Revision) -> Problem {
        Problem(
            .conflict,
            code: "changedMeanwhile",
            what: "'\(key)' was changed by somebody else while it was rolled: \(revision) serves"
        )
    }

    private func end(_ result: PatchResult) throws {
        if format.output == .json { try Output.print(json: result) }
        guard !result.plan.isPartial, result.outcome?.failed == nil else {
            throw ExitCode(CommandStatus.failed.rawValue)
        }
    }
}
