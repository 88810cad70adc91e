// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Releases that break with later ones of what they need, and that do not say so themselves.
///
/// A resolver takes the newest that a release allows: scikit-learn 1.2.2 allows NumPy 2, whose
/// binary interface it was not built for. Each line is a package, the first release of it that is
/// free of the trouble, and what earlier ones need.
enum KnownConflicts {
    private static let table: [(name: String, fixedIn: String, needs: String, below: String)] = [
        ("catboost", "1.2.8", "numpy", "2"), ("flask", "2.2.5", "werkzeug", "3"),
        ("h5py", "3.11", "numpy", "2"), ("jinja2", "3.0", "markupsafe", "2.1"),
        ("lightgbm", "4.4", "numpy", "2"), ("matplotlib", "3.8.4", "numpy", "2"),
        ("numba", "0.60", "numpy", "2"), ("onnxruntime", "1.19", "numpy", "2"),
        ("pandas", "2.2.2", "numpy", "2"), ("pyarrow", "16.1", "numpy", "2"),
        ("scikit-image", "0.23", "numpy", "2"), ("scikit-learn", "1.4.2", "numpy", "2"),
        ("scipy", "1.13", "numpy", "2"), ("shap", "0.46", "numpy", "2"),
        ("statsmodels", "0.14.2", "numpy", "2"), ("tensorflow", "2.18", "numpy", "2"),
        ("torch", "2.3", "numpy", "2"), ("xgboost", "2.1", "numpy", "2"),
    ]

    /// One constraint, and the pinned requirement that needs it.
    struct Conflict: Hashable {
        let requirement: EnvironmentDefinition.Requirement
        let cause: EnvironmentDefinition.Requirement
    }

    /// What the pinned ones among `requirements` need besides, one for each package.
    ///
    /// Shape: nothing for packages in `named`: their versions are the model's own to choose.
    static func among(
        _ requirements: [EnvironmentDefinition.Requirement],
        named: Set<String>
    ) -> [Conflict] {
        var conflicts: [String: Conflict] = [:]
        for cause in requirements.sorted(by: { $0.text < $1.text }) {
            guard let pinned = pinned(cause) else { continue }
            for line in table
            where line.name == cause.name && !named.contains(line.needs)
                && conflicts[line.needs] == nil && isEarlier(pinned, than: line.fixedIn)
            {
                let requirement = EnvironmentDefinition.Requirement(
                    text: "\(line.needs)<\(line.below)",
                    name: line.needs,
                    location: cause.location
                )
                conflicts[line.needs] = Conflict(requirement: requirement, cause: cause)
            }
        }
        return conflicts.values.sorted { $0.requirement.text < $1.requirement.text }
    }

    /// The one version that is asked for; nothing for a range, an alternative or a marker.
    private static func pinned(_ requirement: EnvironmentDefinition.Requirement) -> Substring? {
        let rest = requirement.text.drop { $0 != "=" }
        guard rest.hasPrefix("=="), !rest.contains(where: { ",;*".contains($0) }) else {
            return nil
        }
        return rest.drop { $0 == "=" }
    }

    /// Whether a release comes before another; by their numbers, so that `1.4rc1` is 1.4.
    static func isEarlier(_ left: some StringProtocol, than right: String) -> Bool {
        let left = numbers(left)
        let right = numbers(right)
        for index in 0..<max(left.count, right.count) {
            let pair = (
                index < left.count ? left[index] : 0, index < right.count ? right[index] : 0
            )
            if pair.0 != pair.1 { return pair.0 < pair.1 }
        }
        return false
    }

    private static func numbers(_ version: some StringProtocol) -> [Int] {
        version.split(separator: ".").map { part in Int(part.prefix { $0.isNumber }) ?? 0 }
    }
}
