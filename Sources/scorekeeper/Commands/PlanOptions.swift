// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// Which documents are meant.
struct PlanOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A document, or a folder of them; those in folders below are not read.",
            valueName: "path"
        )
    )
    var file: String

    func request(isApplied: Bool, hurriesTraffic: Bool = false) -> PlanRequest {
        PlanRequest(
            path: absolutePath(file),
            isApplied: isApplied,
            hurriesTraffic: hurriesTraffic,
            libraryPath: OwnLibraries.path
        )
    }

    /// Prints an answer; one that is refused makes the exit status.
    func tell(
        _ answer: PlanAnswer,
        isApplied: Bool,
        _ format: OutputOptions.Format
    ) throws {
        for notice in answer.notices { Output.tell("notice: \(notice.printable)") }
        for problem in answer.problems where format == .table {
            let place = problem.error.target.map { "\($0): " } ?? ""
            Output.tell("problem: \(place.printable)\(problem.error.message.printable)")
        }
        if answer.unlisted > 0 { Output.tell("and \(answer.unlisted) more problems") }
        try Output.print(answer, as: PlanReport.lines(answer, isApplied: isApplied), format)
        if !answer.problems.isEmpty { throw ExitCode(CommandStatus.badInput.rawValue) }
        if let kind = answer.refusalKind { throw ExitCode(CommandStatus(kind).rawValue) }
    }
}
