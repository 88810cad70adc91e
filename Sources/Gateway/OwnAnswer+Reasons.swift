// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary

/// The answers that the gateway gives by itself: what, where, what to do.
extension OwnAnswer {
    static func fault(_ fault: RequestFault) -> OwnAnswer {
        let code =
            switch fault.status {
            case 408: "RequestTimeout"
            case 414: "TargetTooLong"
            case 417: "ExpectationFailed"
            case 431: "HeaderTooLarge"
            case 505: "UnsupportedVersion"
            default: "MalformedRequest"
            }
        return .error(fault.status, code, fault.what)
    }

    static func methodNotAllowed(_ allowed: String) -> OwnAnswer {
        .error(
            405,
            "MethodNotAllowed",
            "this address takes \(allowed)",
            lines: "allow: \(allowed)\r\n"
        )
    }

    static func unknownEndpoint(_ name: String) -> OwnAnswer {
        .error(
            404,
            "UnknownEndpoint",
            "there is no endpoint '\(name.prefix(64))'; 'scorekeeper status' lists those there are"
        )
    }

    static let nowhere = OwnAnswer.error(
        404,
        "UnknownRoute",
        "nothing stands here; score with POST /endpoints/NAME/score"
    )

    static func noRoute(_ deployment: Deployment) -> OwnAnswer {
        let routes =
            switch deployment.contract {
            case .mlflow: "/score, /invocations, /swagger.json, /ping, /health and /version"
            case .native: "/score, /ping and /health"
            case .script: "/score, /swagger.json, /ping and /health"
            }
        return .error(
            404,
            "UnknownRoute",
            "endpoint '\(deployment.key.endpoint)' has no such route; it has \(routes)"
        )
    }

    static func noDeployment(_ endpoint: EndpointName, asked: String) -> OwnAnswer {
        asked.isEmpty
            ? .error(
                404,
                "NoTraffic",
                "no deployment of endpoint '\(endpoint)' gets traffic; name one in the header "
                    + "azureml-model-deployment, or give one a percentage: 'scorekeeper "
                    + "online-endpoint update -n \(endpoint) --traffic DEPLOYMENT=100'"
            )
            : .error(
                404,
                "UnknownDeployment",
                "endpoint '\(endpoint)' has no deployment '\(asked.prefix(64))'; leave the header "
                    + "azureml-model-deployment out or name another"
            )
    }

    static func unsupportedType(_ contentType: String) -> OwnAnswer {
        let what =
            contentType.isEmpty
            ? "the request has no Content-Type"
            : "the Content-Type is '\(contentType.prefix(64))'"
        let isForm = contentType.hasPrefix("application/x-www-form-urlencoded")
        return .error(
            415,
            "UnsupportedMediaType",
            "\(what); send application/json, text/csv or application/vnd.apache.parquet"
                + (isForm ? ": with curl, add -H 'Content-Type: application/json'" : "")
        )
    }

    static func refusal(
        _ refusal: Refusal,
        _ deployment: Deployment,
        _ style: StatusStyle
    ) -> OwnAnswer {
        switch refusal {
        case .tooManyPending:
            .error(
                429,
                "TooManyPending",
                "as many requests as may be under way in deployment '\(deployment.key)' are; try "
                    + "again in a second, or raise 'max_concurrent_requests_per_instance' or "
                    + "'instance_count'",
                lines: "retry-after: 1\r\n"
                    + modelError(429, reason: "too_many_pending_request", style)
            )
        case .tooManyWaiting:
            .error(
                429,
                "TooManyWaiting",
                "as many requests as may wait for deployment '\(deployment.key)' are waiting; "
                    + "try again in a second, or give it more instances",
                lines: "retry-after: 1\r\n"
            )
        case .tooManyBytes:
            .error(
                429,
                "TooManyBytesWaiting",
                "the long bodies that wait take all the memory they may; try again in a second",
                lines: "retry-after: 1\r\n"
            )
        case .bodyTooLong:
            .error(
                413,
                "BodyTooLong",
                "the body is longer than the \(deployment.bodyLimit) bytes that deployment "
                    + "'\(deployment.key)' takes; send less, or set 'scorekeeper.body_limit'"
            )
        case .closed: .unavailable(deployment, style)
        }
    }

    private static func unavailable(_ deployment: Deployment, _ style: StatusStyle) -> OwnAnswer {
        .error(
            503,
            "Unavailable",
            deployment.failure ?? "the deployment '\(deployment.key)' is not served",
            lines: "retry-after: 10\r\n" + modelError(503, reason: "model_not_ready", style)
        )
    }

    /// The lines that tell a program of a managed endpoint's why it was not the model that answered.
    static func modelError(
        _ status: Int,
        reason: String,
        _ style: StatusStyle = .managed
    ) -> String {
        style == .direct
            ? ""
            : "ms-azureml-model-error-statuscode: \(status)\r\n"
                + "ms-azureml-model-error-reason: \(reason)\r\n"
    }

    static func failure(
        _ failure: RequestFailure,
        of exchange: Exchange,
        _ deployment: Deployment,
        run: Run?
    ) -> OwnAnswer {
        let style = exchange.statuses
        let place =
            run.map { "run '\($0)' of deployment '\(deployment.key)'" }
            ?? "a run of deployment '\(deployment.key)'"
        switch failure {
        case .deadline:
            return .error(
                style == .managed ? 408 : 504,
                "DeadlinePassed",
                "no answer of deployment '\(deployment.key)' came within the request's time"
            )
        case .lost:
            return .error(
                502,
                "ScorerLost",
                "\(place) ended while it scored this request, which may not be scored twice; "
                    + "set 'scorekeeper.retry: once' where scoring has no effects"
            )
        case .convicted:
            return .error(
                502,
                "ScorerKilled",
                "this request ended scorers of deployment '\(deployment.key)' twice, the second "
                    + "time alone; its body is refused for ten minutes, by this revision"
            )
        case .outlivedLanes:
            return .error(
                502,
                "ScorersLost",
                "scorers of deployment '\(deployment.key)' ended again and again under this request"
            )
        case .brokenOff:
            return .error(502, "AnswerBrokenOff", "\(place) did not finish its answer")
        case .closed: return .unavailable(deployment, style)
        case .tooManyWaiting: return .refusal(.tooManyWaiting, deployment, style)
        case .tooManyPending: return .refusal(.tooManyPending, deployment, style)
        case .unsendable:
            return .error(
                503,
                "CannotHandOver",
                "cannot hand the request to \(place): \(exchange.unsent?.description ?? "it is gone")",
                lines: "retry-after: 1\r\n"
            )
        }
    }
}
