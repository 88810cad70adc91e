// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension ModelKind {
    /// What it is, in a few words.
    public var words: String {
        switch self {
        case .mlflow: "an MLflow model"
        case .modelBelow(let below): "a directory with an MLflow model in '\(below)'"
        case .severalModels(let all): "a directory with \(all.count) MLflow models inside"
        case .modelAbove: "a directory inside an MLflow model"
        case .triton: "a Triton model repository"
        case .directory: "a directory without a model"
        case .archive(let form): "an archive ('\(form.rawValue)')"
        case .foreignArchive(let word): "an archive (\(word))"
        case .address(let scheme): "an address ('\(scheme):')"
        case .program: "a program"
        case .script: "a script"
        case .file(let ending): ending.isEmpty ? "a file" : "a '.\(ending)' file"
        case .emptyFile: "an empty file"
        case .missing: "nothing"
        case .unreadable(let why): "unreadable: \(why)"
        }
    }

    /// Why a model cannot be served from `path`, and what to do; nothing when it can.
    ///
    /// Programs and scripts are scorers of one's own and are served when they are named as such.
    public func refusal(of path: String) -> Problem? {
        func problem(
            _ kind: Problem.Kind,
            _ code: String,
            _ what: String,
            _ remedy: String
        )
            -> Problem
        {
            Problem(
                kind,
                code: code,
                what: what,
                remedy: remedy,
                location: Problem.Location(file: path)
            )
        }
        let name = RelativePath.lastComponent(of: path)
        switch self {
        case .mlflow, .modelBelow: return nil
        case .severalModels(let all):
            return Self.several(all, in: path)
        case .modelAbove:
            return problem(
                .invalid,
                "modelAbove",
                "'\(name)' is a part of a model: 'MLmodel' lies one level above",
                "name the directory above"
            )
        case .triton:
            return problem(
                .unsupported,
                "triton",
                "'\(name)' is a Triton model repository, which is not served yet",
                "save the model with MLflow"
            )
        case .directory:
            return problem(
                .invalid,
                "noModel",
                "the directory has no 'MLmodel' file",
                MisplacedDocument.inside(path).map(Self.naming(document:))
                    ?? "save the model with MLflow, for example "
                    + "mlflow.sklearn.save_model(model, '\(name)')"
            )
        case .archive(let form):
            let (stem, called) = ArchiveForm.split(name)
            guard called != form else { return nil }
            let bare = stem.hasSuffix(".gz") ? String(stem.dropLast(3)) : stem
            return problem(
                .invalid,
                "archiveFormat",
                "'\(name)' begins as a '\(form.rawValue)' does"
                    + (called.map { ", not as a '\($0.rawValue)'" } ?? ""),
                "if a model's directory is packed in it, call it '\(bare)\(form.rawValue)'"
            )
        case .foreignArchive(let word):
            return problem(
                .unsupported,
                "archiveFormat",
                "'\(name)' is an archive of another form (\(word))",
                "pack the model's directory as .tar.gz, .tar.zst or .zip"
            )
        case .address(let scheme):
            return problem(
                .unsupported,
                "address",
                "'\(path)' is an address, and models are taken from directories",
                Self.download(path, scheme: scheme)
            )
        case .program, .script:
            return problem(
                .invalid,
                "scorerProgram",
                "'\(name)' is \(words), not a model",
                "deploy it as a scorer: 'scorekeeper deploy --scorer \(path)'"
            )
        case .file(let ending):
            if let called = ArchiveForm.split(name).form {
                return problem(
                    .invalid,
                    "archiveDamaged",
                    "'\(name)' does not begin as a '\(called.rawValue)' does: it is damaged, "
                        + "or something else",
                    "copy or download it again"
                )
            }
            return problem(
                .invalid,
                "noModel",
                "'\(name)' is \(words), not a model's directory",
                Self.saving(ending: ending, at: path)
            )
        case .emptyFile:
            return problem(
                .invalid,
                "noModel",
                "'\(name)' is an empty file",
                "name a model's directory"
            )
        case .missing:
            return problem(
                .notFound,
                "noModel",
                "there is nothing at '\(path)'",
                "name a model's directory"
            )
        case .unreadable(let why):
            return problem(.failed, "cannotRead", "cannot read '\(path)': \(why)", "")
        }
    }

    /// Why a folder or archive with models in `all` is refused; `path` is what it is called.
    static func several(_ all: [String], in path: String) -> Problem {
        let named = all.prefix(4).map { $0.isEmpty ? "itself" : "'\($0.excerpt)'" }
        let more = all.count > 4 ? ", and \(all.count - 4) more" : ""
        return Problem(
            .invalid,
            code: "severalModels",
            what: "\(all.count) models lie inside: \(named.joined(separator: ", "))\(more)",
            remedy: "name one of them",
            location: Problem.Location(file: path)
        )
    }

    private static func download(_ path: String, scheme: String) -> String {
        switch scheme {
        case "models", "runs", "mlflow", "dbfs":
            "download it: mlflow artifacts download --artifact-uri \(quoted(path)) "
                + "--dst-path DIRECTORY"
        case "file":
            "name the directory itself, without 'file:'"
        case "azureml":
            "download it: az ml model download --name NAME --version VERSION"
        default:
            "download it into a directory first"
        }
    }

    private static func naming(document path: String) -> String {
        "serve what its document says: 'scorekeeper deploy -f \(quoted(path))'"
    }

    private static func saving(ending: String, at path: String) -> String {
        switch ending {
        case "yml", "yaml":
            "a document that says what is served is named with -f: "
                + "'scorekeeper deploy -f \(quoted(path))'"
        case "py":
            "a scoring script is deployed by a document that names it "
                + "('scorekeeper deploy -f'), and tried with 'scorekeeper debug \(quoted(path))'"
        case "onnx": "save it with mlflow.onnx.save_model"
        case "pkl", "pickle", "joblib", "skops": "save it with mlflow.sklearn.save_model"
        case "pt", "pth": "save it with mlflow.pytorch.save_model"
        case "ubj": "save it with mlflow.xgboost.save_model"
        case "keras", "h5": "save it with mlflow.keras.save_model"
        default: "name a directory with an 'MLmodel' file"
        }
    }

    /// A word of a shell command: as it is where it is plain, else in single quotes.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            $0.isASCIILetterOrDigit || "/._-".utf8.contains($0)
        }
        if isPlain, !text.hasPrefix("-") { return text }
        return "'"
            + text.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
